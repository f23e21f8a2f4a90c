// Build or station? What the canary stations say apart, and whether enough of them are heard at all.
import type { Verdict } from '../../server/domain/gates/verdict.ts'
import type { StationId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { oneLine } from './markup.ts'
import { evidence, share } from './numbers.ts'
import { verdictWords } from './wording.ts'

/** As a breach keeps it, or as a verdict has it with the evidence. */
type Suspect = { stationId: StationId; isSuspected: boolean; logEvidenceAlone?: number }

/** Null where nobody asked: no breach, or a single canary station. */
export function suspicion(view: RolloutView, suspect: Suspect | null): string | null {
  if (suspect === null) return null
  if (!suspect.isSuspected) return 'all canary stations lean the same way: the build is suspected'
  const alone =
    suspect.logEvidenceAlone === undefined ? '' : `evidence alone ${evidence(suspect.logEvidenceAlone)}; `
  return `station suspected before the build: ${stationName(view, suspect.stationId)} (${alone}the others show nothing)`
}

/** "blind: canary stations make 8 % of the runs, 21 % is usual"; null while they are heard. */
export function blindness(verdict: Verdict | null): string | null {
  const throughput = verdict?.throughput
  if (!throughput?.isBlind) return null
  return `blind: canary stations make ${share(throughput.share)} of the runs, ${share(throughput.pastShare)} is usual`
}

/** What the gates together say, with the shares where they are blind. */
export function overallWord(verdict: Verdict | null): string {
  if (verdict === null) return 'not judged yet'
  const word = verdictWords[verdict.overall]
  return verdict.overall === 'blind' ? (blindness(verdict) ?? word) : word
}

export function stationName(view: RolloutView, id: StationId): string {
  const station = view.stations.find((each) => each.id === id)
  return station ? oneLine(station.name, 40) : `station ${id.slice(0, 8)}`
}

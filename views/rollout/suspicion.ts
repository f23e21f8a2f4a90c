// Build or station? What the canary stations say apart, and whether enough of them are heard at all.
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import type { StationId } from '../../server/domain/ids.ts'
import type { BreachView, RolloutView } from '../../server/domain/rollout-view.ts'
import { evidenceSize } from '../format/evidence.ts'
import { probability, roundPercent } from '../format/rate.ts'
import { verdictWords } from '../format/words.ts'

type Suspect = NonNullable<BreachView['suspect']> & Partial<NonNullable<GateVerdict['suspect']>>

/** Null where nobody asked: no breach, or a single canary station. */
export function suspicion(view: RolloutView, suspect: Suspect | null): string | null {
  if (suspect === null) return null
  const { stationId, isSuspected, logEvidenceAlone, logEvidenceOfOthers, probabilityOthersWorse } = suspect
  const numbers = [
    ...(logEvidenceAlone === undefined ? [] : [`evidence alone ${evidenceSize(logEvidenceAlone)}`]),
    ...(logEvidenceOfOthers === undefined ? [] : [`of the others ${evidenceSize(logEvidenceOfOthers)}`]),
    ...(probabilityOthersWorse === undefined
      ? []
      : [`others worse with ${probability(probabilityOthersWorse)}`]),
  ]
  const name = stationName(view, stationId)
  const told = numbers.length === 0 ? '' : ` (${numbers.join(', ')})`
  return isSuspected
    ? `Station suspected before the build: ${name}; the others show nothing${told}.`
    : `All canary stations lean the same way: the build is suspected. Loudest: ${name}${told}.`
}

/** "canary stations make 8 % of the runs, 21 % is usual" */
export function throughputShares({ share, pastShare }: NonNullable<Verdict['throughput']>): string {
  return `canary stations make ${roundPercent(share)} of the runs, ${roundPercent(pastShare)} is usual`
}

/** What the gates together say, with the shares where they are blind. */
export function overallWord({ overall, throughput }: Verdict): string {
  return overall === 'blind' && throughput?.isBlind
    ? `${verdictWords.blind}, ${throughputShares(throughput)}`
    : verdictWords[overall]
}

function stationName(view: RolloutView, id: StationId): string {
  return view.stations.find((station) => station.id === id)?.name ?? `station ${id.slice(0, 8)}`
}

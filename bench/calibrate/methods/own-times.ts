// Our duration gate, on counts as the product makes them: beyond the station's own past median, or not.
import { defaultGates, gates, isCounted } from '../../../server/domain/gates/gate.ts'
import { gateJudge, stops } from '../gate-judge.ts'
import { gateLooks } from '../gate-looks.ts'
import { lineCounts } from '../line-counts.ts'
import type { TimesMethod } from './times-method.ts'

/** The default plan's with its part of the alarm budget, and the same at a plain 5 %. */
export const ownTimesGates = [
  ...gates
    .parse(defaultGates)
    .filter(isCounted)
    .filter(({ metric }) => metric === 'duration')
    .map((gate) => ({ name: 'ours, defaults (α .01, 10 % tolerated)', gate })),
  ...gates
    .parse([{ metric: 'duration', alpha: 0.05 }])
    .filter(isCounted)
    .map((gate) => ({ name: 'ours, α .05, 10 % tolerated', gate })),
]
const all = ownTimesGates.map(({ gate }) => gate)

export const ownTimes: TimesMethod = {
  names: ownTimesGates.map(({ name }) => name),
  begin: (line) => {
    const counts = lineCounts(line, all)
    const judge = gateJudge({ driftNoise: counts.driftNoise })
    const looks = gateLooks(all)
    return (arm, run) => {
      const badBy = counts.count(arm, run)
      if (arm === 'base') return []
      const due = looks.due(badBy)
      if (due.length === 0) return []
      const now = counts.stations(due)
      return ownTimesGates.flatMap(({ name, gate }) => {
        if (!due.includes(gate)) return []
        const evidence = judge.evidence(gate, now)
        looks.seen(gate, evidence)
        const isNear = evidence.logEvidence >= Math.log(1 / gate.alpha)
        return isNear && judge.verdict([gate], now, 0).gates.some(stops) ? [name] : []
      })
    }
  },
}

// Our gate as a method among the others: latched at the first breach, three bad runs at least.
import type { ModelOptions } from '../../../server/domain/statistics/canary-model.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import type { Fleet } from '../fleet.ts'
import type { Look, Method } from '../watch.ts'
import { type OwnGate, ownEvidence } from './own-evidence.ts'
import { leastBad } from './usual-line.ts'

/**
 * Looks after every run, but computes only where a breach can come:
 *
 * - below three bad canary runs there is none, whatever the evidence;
 * - a good canary run speaks against every larger bad rate more than against a smaller one, so it
 *   lowers the evidence; what base does in the meantime moves it little. The evidence is computed at
 *   every bad canary run, and after every run while it is within `closeToTheLine` of the line.
 *
 * `isEveryLook` computes at every look; a test holds the two against each other.
 */
export function ownGate(
  gate: OwnGate,
  { isEveryLook = false, options = {} }: { isEveryLook?: boolean; options?: Partial<ModelOptions> } = {},
): Method {
  const needed = Math.log(1 / gate.alpha)
  return {
    name: gate.name,
    begin: (fleet) => {
      let isClose = false
      return (look) => {
        if (look.canaryBad < leastBad) return false
        if (!look.lastWasBad && !isClose && !isEveryLook) return false
        const [evidence = 0] = ownEvidence(talliesOf(fleet, look), [gate], options)
        isClose = evidence > needed - closeToTheLine
        return evidence >= needed
      }
    },
  }
}

const closeToTheLine = 1.5

function talliesOf({ canary, past }: Fleet, look: Look): StationTally[] {
  return past.map((before, station) => ({
    id: String(station),
    arm: station < canary ? 'canary' : 'base',
    pastRuns: before.runs,
    pastBad: before.bad,
    runs: look.runs[station] ?? 0,
    bad: look.bad[station] ?? 0,
  }))
}

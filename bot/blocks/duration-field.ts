// Duration in seconds, which people can picture, with what its gate says of the runs beyond the usual.
import { gateReading } from '../../server/domain/gate-reading.ts'
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { durationGate, fieldTitle } from './comparison.ts'
import { type Markup, markup } from './markup.ts'
import { percent, seconds, signed } from './numbers.ts'
import { observes } from './wording.ts'

/** Median seconds of PASS runs: failed runs end sooner and would flatter. */
export function durationField(view: RolloutView): Markup {
  const { canaryArm: canary, baseArm: base } = view
  const gate = durationGate(view)
  const title = fieldTitle(gate?.name ?? 'duration', gate !== undefined && observes(gate))
  const beyond = gate === undefined ? markup`` : beyondUsual(gate)
  const counts = `n ${canary.passRuns} canary / ${base.passRuns} base PASS runs`
  if (canary.passSeconds === null) return markup`${title}\nno canary PASS runs yet\n${counts}`
  if (base.passSeconds === null) return markup`${title}\n*${seconds(canary.passSeconds)}*\n${beyond}${counts}`
  const delta = `${signed(canary.passSeconds - base.passSeconds, 1)}\u00a0s, median`
  return markup`${title}\n*${seconds(canary.passSeconds)}* vs base *${seconds(base.passSeconds)}*\n${delta}\n${beyond}${counts}`
}

/** What the gate judges: runs that take longer than their own station's past allows. */
function beyondUsual(gate: GateVerdict): Markup {
  const { observed, tolerated } = gateReading(gate)
  if (observed === null || tolerated === null) return markup``
  return markup`runs over the usual: ${percent(observed)}, tolerated ${percent(tolerated)}\n`
}

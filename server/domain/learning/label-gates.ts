// Which kinds of changes fail at which gates: of the rollouts with a label, how many a gate alarmed in.
import { z } from 'zod'
import { alarmsOf } from './alarms.ts'
import { hasGate } from './gate-record.ts'
import type { EndedRollout } from './outcome.ts'
import { share, shareOf } from './share.ts'

export const labelGates = z.object({
  /** Null: rollouts without a label. */
  label: z.string().nullable(),
  gates: z.array(
    z.object({
      gate: z.string(),
      /** Rollouts that it alarmed in and could stop, of those that had it. */
      alarmed: share,
      /** Of those, where an alarm was confirmed. */
      confirmed: z.int(),
    }),
  ),
})
export type LabelGates = z.infer<typeof labelGates>

/** Gates that never alarmed are left out; labels and gates in the order given. */
export function labelsByGates(
  rollouts: EndedRollout[],
  labels: (string | null)[],
  gates: string[],
): LabelGates[] {
  const told = rollouts.map((rollout) => ({
    rollout,
    alarms: alarmsOf(rollout).filter(({ observed }) => !observed),
  }))
  const alarming = gates.filter((gate) =>
    told.some(({ alarms }) => alarms.some((each) => each.gate === gate)),
  )
  return labels.map((label) => {
    const own = told.filter(({ rollout }) =>
      label === null ? rollout.labels.length === 0 : rollout.labels.includes(label),
    )
    return {
      label,
      gates: alarming.map((gate) => {
        const alarmed = own.filter(({ alarms }) => alarms.some((each) => each.gate === gate))
        const had = own.filter((each) => hasGate(each.rollout, gate) || alarmed.includes(each))
        const confirmed = alarmed.filter(({ alarms }) =>
          alarms.some((each) => each.gate === gate && each.result === 'confirmed'),
        )
        return { gate, alarmed: shareOf(alarmed.length, had.length), confirmed: confirmed.length }
      }),
    }
  })
}

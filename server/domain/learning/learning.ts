// All that is learned from the rollouts of a time: outcomes, what gates were worth, how fast, and what it spared.
import { z } from 'zod'
import type { Gate } from '../gates/gate.ts'
import { gateRecord, gateRecords, wasSeenByNone } from './gate-record.ts'
import { labelGates, labelsByGates } from './label-gates.ts'
import { withOutcomes } from './outcome.ts'
import { outcomeRow, outcomesBy, outcomesOf } from './outcome-table.ts'
import { prevented, preventedSum } from './prevented.ts'
import { proposal, proposalFor } from './proposal.ts'
import { detectedMs, revertedMs, spreadOf, timeSpread } from './times.ts'
import type { ToldRollback, ToldRollout } from './told-rollout.ts'

export const learning = z.object({
  from: z.number(),
  to: z.number(),
  /** Older ones of the time that were not read: there are too many. */
  leftOut: z.int(),
  all: outcomeRow,
  labels: z.array(outcomeRow),
  sites: z.array(outcomeRow),
  labelGates: z.array(labelGates),
  /** A proposal is made for the gates that the policy has now, and for one procedure only. */
  gates: z.array(gateRecord.extend({ proposal: proposal.nullable() })),
  /** Rolled back after completion, and no gate ever alarmed. */
  seenByNone: z.int(),
  detected: timeSpread,
  reverted: timeSpread,
  prevented,
})
export type Learning = z.infer<typeof learning>

/** @param gates of the policy as it is now; empty where several procedures are looked at together. */
export function learningFrom(
  told: { rollouts: ToldRollout[]; rollbacks: ToldRollback[]; leftOut: number },
  period: { from: number; to: number },
  gates: Gate[],
): Learning {
  const rollouts = withOutcomes(told.rollouts, told.rollbacks)
  const records = gateRecords(rollouts)
  const labels = outcomesBy(rollouts, (each) => each.labels)
  return {
    ...period,
    leftOut: told.leftOut,
    all: outcomesOf(null, rollouts),
    labels,
    sites: outcomesBy(rollouts, (each) => each.sites),
    labelGates: labelsByGates(
      rollouts,
      labels.map(({ name }) => name),
      records.map(({ gate }) => gate),
    ),
    gates: records.map((record) => ({ ...record, proposal: proposalFor(record, gates) })),
    seenByNone: rollouts.filter(wasSeenByNone).length,
    detected: spreadOf(rollouts.map(detectedMs)),
    reverted: spreadOf(rollouts.map(revertedMs)),
    prevented: preventedSum(rollouts),
  }
}

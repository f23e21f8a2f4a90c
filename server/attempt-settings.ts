// Which runs of a procedure are first attempts: a change counts everything anew, and is part of the record.
import type { Db } from '../db/client.ts'
import { rebuildTallies } from '../db/rebuild-tallies.ts'
import { changeProcedure, type Procedure, recordProcedureEvent } from '../db/registry.ts'
import { judgedRollouts } from '../db/rollout-storage.ts'
import type { Actor } from './domain/actor.ts'
import type { AttemptSettings } from './domain/attempt-rule.ts'
import type { Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { refuse } from './refuse.ts'

/**
 * The caller holds the procedure's lock. Refused while a rollout counts: its past is frozen under the present rule, and
 * numbers of another meaning would be held against it. Null when done.
 * @param say hears how far the counting is.
 */
export async function changeAttemptSettings(
  tx: Db,
  procedure: Procedure,
  to: AttemptSettings,
  by: Actor,
  now: Instant,
  say: (step: string, ms: number) => void,
): Promise<Refusal | null> {
  const { id, attemptRule, zone } = procedure
  if (!changesAttempts(procedure, to)) {
    if (zone !== to.zone) await changeProcedure(tx, id, { zone: to.zone })
    return null
  }
  const counting = await judgedRollouts(tx, now, { procedureId: id })
  if (counting.length > 0)
    return refuse(
      'not now',
      `a rollout of ${procedure.name} is live or watched (${counting[0]?.id}), and what counts as a first attempt may not change under it`,
      'Change attempt_rule or zone when it has ended and its watch is over.',
    )
  await changeProcedure(tx, id, to)
  const rebuilt = await rebuildTallies(tx, id, say)
  await recordProcedureEvent(tx, {
    procedureId: id,
    type: 'AttemptRuleChanged',
    body: { from: { attemptRule, zone }, to, rebuilt, by },
    at: new Date(now),
  })
  return null
}

/** A zone says which day a run is of, and nothing where a unit has one first attempt for ever. */
function changesAttempts(from: AttemptSettings, to: AttemptSettings): boolean {
  return from.attemptRule !== to.attemptRule || (to.attemptRule === 'day' && from.zone !== to.zone)
}

// Counts a procedure anew from its stored runs: when its rule of first attempts changes, and to mend its tallies.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { beganSince, countAnew } from './count-anew.ts'
import { firstAttemptsAnew } from './first-attempts-anew.ts'
import { windowOf } from './rollout-windows.ts'
import { runsKeptSince } from './run-deletion.ts'
import { lockProcedure } from './store-runs.ts'
import { sumRollouts } from './sum-rollouts.ts'

/** How many of each were counted anew. */
export type Rebuilt = { runs: number; firstAttempts: number; rollouts: number }

/**
 * First attempts by the procedure's present rule and zone, and from them all tallies: what counting run by run gives.
 * Where runs were deleted, first attempts and tallies of that time are all there is, and stay. The pasts that rollouts
 * froze at their start stay as they were. Takes the procedure's lock: its runs wait meanwhile.
 * @param say hears of each step that is done, and how many milliseconds it took.
 */
export async function rebuildTallies(
  tx: Db,
  procedureId: ProcedureId,
  say: (step: string, ms: number) => void = () => {},
): Promise<Rebuilt> {
  async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const begun = performance.now()
    const result = await work()
    say(name, Math.round(performance.now() - begun))
    return result
  }
  await step('waited for its runs', () => lockProcedure(tx, procedureId))
  // A statement over years of runs may take longer than one that a person waits for, and hashes more than others do:
  // with the usual 4 MB it would be done on the disk.
  await tx.execute(sql`set local statement_timeout = 0`)
  await tx.execute(sql`set local work_mem = '64MB'`)
  // No runs are deleted from here on.
  await tx.execute(sql`lock table runs in access share mode`)
  const since = await runsKeptSince(tx)
  const windows = await windowsOf(tx, procedureId, since)
  await step('first attempts', () => firstAttemptsAnew(tx, procedureId, since))
  const counted = await step('counts', () => countAnew(tx, procedureId, windows, since))
  const rebuilt = await step('hours', () => replaceHours(tx, procedureId, since))
  await step('rollouts', () => sumRollouts(tx, procedureId, windows, counted))
  await tx.execute(sql`drop table counted_hours, counted_pieces`)
  return { ...rebuilt, rollouts: windows.length }
}

/** Of the rollouts that lost no runs. */
async function windowsOf(tx: Db, procedureId: ProcedureId, since: Instant | null) {
  const started = await rows<{ id: RolloutId }>(
    tx,
    sql`select id::text as id from rollouts where procedure_id = ${procedureId}::uuid and started_at is not null
        order by started_at, id`,
  )
  const found = []
  for (const { id } of started) {
    const window = await windowOf(tx, procedureId, id)
    if (window && (since === null || window.startedAt >= since)) found.push(window)
  }
  return found
}

/** Writes only those that differ. */
async function replaceHours(
  tx: Db,
  procedureId: ProcedureId,
  since: Instant | null,
): Promise<Omit<Rebuilt, 'rollouts'>> {
  const key = sql.raw('(h.deployment_id, h.station_id, h.hour) = (c.deployment_id, c.station_id, c.hour)')
  await tx.execute(sql`analyze counted_hours`)
  await tx.execute(
    sql`delete from hourly_tallies h where h.procedure_id = ${procedureId}::uuid ${beganSince('h.hour', since)} and not exists (
          select from counted_hours c where ${key}
            and (h.units, h.passed, h.runs, h.errors, h.timeouts, h.pass_runs, h.pass_ms)
              = (c.units, c.passed, c.runs, c.errors, c.timeouts, c.pass_runs, c.pass_ms))`,
  )
  await tx.execute(
    sql`insert into hourly_tallies (procedure_id, deployment_id, station_id, hour, units, passed, runs, errors, timeouts, pass_runs, pass_ms)
        select ${procedureId}::uuid, deployment_id, station_id, hour, units, passed, runs, errors, timeouts, pass_runs, pass_ms
        from counted_hours c where not exists (
          select from hourly_tallies h where h.procedure_id = ${procedureId}::uuid and ${key})`,
  )
  const [sum] = await rows<Omit<Rebuilt, 'rollouts'>>(
    tx,
    sql`select coalesce(sum(runs), 0)::int as runs, coalesce(sum(units), 0)::int as "firstAttempts" from counted_hours`,
  )
  return sum ?? { runs: 0, firstAttempts: 0 }
}

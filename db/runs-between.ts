// How many runs of a procedure there were in a time, and how many of them did not pass.
import { sql } from 'drizzle-orm'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** Whole hours, [from, to). Aborted runs and those of reference samples are no runs here. */
export async function runsBetween(
  db: Db,
  procedureId: ProcedureId,
  from: Instant,
  to: Instant,
): Promise<{ runs: number; failed: number }> {
  const [found] = await rows<{ runs: number; failed: number }>(
    db,
    sql`select coalesce(sum(runs), 0)::int as runs, coalesce(sum(runs - pass_runs), 0)::int as failed from hourly_tallies
        where procedure_id = ${procedureId}::uuid and hour >= ${new Date(from).toISOString()}::timestamptz
          and hour < ${new Date(to).toISOString()}::timestamptz`,
  )
  return found ?? { runs: 0, failed: 0 }
}

// The runs of a procedure's stations over a stretch of time: what a backtest replays.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'
import { pages } from './pages.ts'

/** A run that counts: neither aborted nor a shadow run nor of a reference sample. */
export type CountedRunRow = {
  /** Null: nobody knows which build made it. */
  deploymentId: DeploymentId | null
  outcome: RunOutcome
  startedAt: Instant
  endedAt: Instant
  product: string | null
  shift: number
  measurementCount: number | null
  /** Null where they were not asked for. */
  metrics: Record<string, number> | null
  /** The earliest counted run of its unit. */
  isFirstAttempt: boolean
}

/** When the newest run of any station linked to the procedure began; null when none has run. */
export async function newestRunAt(db: Db, procedureId: ProcedureId): Promise<Instant | null> {
  const [found] = await rows<{ at: Instant | null }>(
    db,
    sql`select (extract(epoch from max(newest.started_at)) * 1000)::float8 as at
        from station_procedures s cross join lateral (
          select started_at from runs where procedure_id = s.procedure_id and station_id = s.station_id
          order by started_at desc limit 1) newest
        where s.procedure_id = ${procedureId}::uuid`,
  )
  return found?.at ?? null
}

/**
 * Those of one station that started in [from, to), in the order of their starts, a page at a time. In a transaction only.
 * First attempts are looked up in a hash, never joined: without statistics, as the embedded database has none for its
 * first minutes, 120,000 runs took a minute by a join and take seconds so.
 */
export function countedRuns(
  tx: Db,
  of: { procedureId: ProcedureId; stationId: StationId; from: Instant; to: Instant; withMetrics: boolean },
): AsyncGenerator<CountedRunRow[]> {
  const within = sql`procedure_id = ${of.procedureId}::uuid and station_id = ${of.stationId}::uuid
    and started_at >= ${new Date(of.from).toISOString()}::timestamptz and started_at < ${new Date(of.to).toISOString()}::timestamptz`
  return pages<CountedRunRow>(
    tx,
    sql`select r.deployment_id::text as "deploymentId", r.outcome, (extract(epoch from r.started_at) * 1000)::float8 as "startedAt",
          (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt", r.product, r.shift::int as shift,
          r.measurement_count as "measurementCount", ${of.withMetrics ? sql`r.metrics` : sql`null`} as metrics,
          r.id in (select run_id from first_attempts where ${within}) as "isFirstAttempt"
        from runs r where ${within} and r.outcome <> 'ABORTED' and r.sample is null and not r.shadow
        order by r.started_at, r.id`,
  )
}

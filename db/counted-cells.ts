// What the gates of a rollout count, from the stored runs themselves: to count anew, and what is not judged yet.
import { type SQL, sql } from 'drizzle-orm'
import { type CountedRun, isBad } from '../server/domain/gates/counting.ts'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { CountedCell } from '../server/domain/metric-tally.ts'
import { type Arm, armOf } from '../server/domain/tally.ts'
import {
  counted,
  type GateCountings,
  gateCountings,
  jsonOf,
  measuredColumns,
  runCounts,
  runKeys,
} from './built-in-countings.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'
import { pages } from './pages.ts'
import type { RolloutWindow } from './rollout-windows.ts'
import { firstId } from './run-partitions.ts'

/** The earliest start that is looked at, of each arm. */
type Since = { canary: Instant; base: Instant }
type Place = { arm: Arm; stationId: StationId; product: string | null; shift: number }

/** What had started before the watermark of its arm, and had arrived by that moment; null: whenever it did. */
type Until = { before: { canary: Instant; base: Instant }; by: Instant | null }

/** With a span of time the builds that are in neither arm are left out. */
export async function countedCells(
  tx: Db,
  procedureId: ProcedureId,
  window: RolloutWindow,
  span?: Since | Until,
): Promise<CountedCell[]> {
  const asked = gateCountings(window.gates)
  const claimed = claim(procedureId, window, span)
  const isWhole = span === undefined
  return [
    ...(await builtInCells(tx, asked, claimed, isWhole)),
    ...(await customCells(tx, asked, window, claimed)),
  ]
}

/** Of the gates whose counting only the process can do, over all that the rollout has a claim on. */
export function customCellsOf(
  tx: Db,
  procedureId: ProcedureId,
  window: RolloutWindow,
): Promise<CountedCell[]> {
  return customCells(tx, gateCountings(window.gates), window, claim(procedureId, window))
}

/** The runs `t` that rollout `r` has a claim on, with what else is to be joined to each. */
type Claimed = (joins?: SQL[]) => SQL

/** Runs of both arms that had started before the watermark, and arrived after that moment. */
export async function runsArrivedSince(
  tx: Db,
  procedureId: ProcedureId,
  window: RolloutWindow,
  { before, by }: Until & { by: Instant },
): Promise<number> {
  const [found] = await rows<{ runs: number }>(
    tx,
    sql`select count(*)::int as runs from ${claim(procedureId, window, { before, by: null })()}
        and t.received_at > ${moment(by)}`,
  )
  return found?.runs ?? 0
}

function claim(procedureId: ProcedureId, window: RolloutWindow, span?: Since | Until): Claimed {
  const { rolloutId, startedAt } = window
  const late = span
    ? sql`and t.deployment_id in (r.deployment_id, r.base_deployment_id) ${within(span)}`
    : sql`and t.id >= ${firstId(Math.floor(startedAt))}::uuid`
  return (joins = []) => sql`(select *, ${measuredColumns} from runs) t
    join rollouts r on r.procedure_id = t.procedure_id and r.id = ${rolloutId}::uuid
    join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    ${sql.join(joins, sql` `)}
    where t.procedure_id = ${procedureId}::uuid and t.deployment_id is not null
      and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at) ${late}
      and ${countsThere('t.started_at', 's')}
      and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow`
}

function within(span: Since | Until): SQL {
  const ofItsArm = ({ canary, base }: Since) =>
    sql`case t.deployment_id when r.deployment_id then ${moment(canary)} else ${moment(base)} end`
  if (!('by' in span)) {
    const earliest = Math.min(span.canary, span.base)
    // No run is stored as begun later than its id says: partitions of before are not even looked at.
    return sql`and t.id >= ${firstId(Math.max(0, Math.floor(earliest)))}::uuid and t.started_at >= ${moment(earliest)} and t.started_at >= ${ofItsArm(span)}`
  }
  const { before, by } = span
  const arrived = by === null ? sql`` : sql`and t.received_at <= ${moment(by)}`
  return sql`and t.started_at < ${ofItsArm(before)} ${arrived}`
}

function moment(at: Instant): SQL {
  return sql`${new Date(at).toISOString()}::timestamptz`
}

async function builtInCells(
  tx: Db,
  asked: GateCountings,
  claimed: Claimed,
  isWhole: boolean,
): Promise<CountedCell[]> {
  const keys = [...asked.attempts, ...runKeys(asked)]
  if (keys.length === 0) return []
  // One look into an index for each run: joins are planned by statistics that freezing has only just made wrong. All runs
  // of a rollout may be millions, and their first attempts are best read at one go then.
  const joins = [
    isWhole
      ? sql`left join first_attempts first
          on first.procedure_id = t.procedure_id and first.unit = t.unit and first.run_id = t.id`
      : sql`left join lateral (select f.passed from first_attempts f
          where f.procedure_id = t.procedure_id and f.unit = t.unit and f.run_id = t.id limit 1) first on true`,
    ...asked.measures.map(
      ({ key }, place) => sql`left join lateral (select p.usual from station_pasts p
        where p.procedure_id = t.procedure_id and p.rollout_id = r.id and p.station_id = t.station_id and p.metric = ${key}
        limit 1) ${past(place)} on true`,
    ),
  ]
  const counts = [
    ...asked.attempts.map(() => sql`count(first.passed), count(*) filter (where not first.passed)`),
    ...runCounts(asked, (_, place) => sql`${past(place)}.usual`, sql`t.deployment_id = r.deployment_id`),
  ]
  const found = await rows<Place & { counts: number[] }>(
    tx,
    sql`select case t.deployment_id when r.deployment_id then 'canary' when r.base_deployment_id then 'base' else 'other' end as arm,
          t.station_id::text as "stationId", t.product, t.shift::int as shift, ${jsonOf(counts)} as counts
        from ${claimed(joins)} group by 1, 2, 3, 4`,
  )
  return found.flatMap(({ counts: each, ...place }) =>
    counted(keys, each).map((count) => ({ ...place, ...count })),
  )
}

function past(place: number): SQL {
  return sql.raw(`past_${place}`)
}

type ReadRun = CountedRun & {
  stationId: StationId
  deploymentId: DeploymentId
  product: string | null
  shift: number
}

async function customCells(
  tx: Db,
  { custom }: GateCountings,
  window: RolloutWindow,
  claimed: Claimed,
): Promise<CountedCell[]> {
  if (custom.length === 0) return []
  const cells = new Map<string, CountedCell>()
  const statement = sql`select t.station_id::text as "stationId", t.deployment_id::text as "deploymentId", t.outcome,
      (extract(epoch from t.started_at) * 1000)::float8 as "startedAt", (extract(epoch from t.ended_at) * 1000)::float8 as "endedAt",
      t.measurement_count as "measurementCount", t.metrics, t.product, t.shift::int as shift
    from ${claimed()}`
  for await (const page of pages<ReadRun>(tx, statement))
    for (const run of page) {
      const arm = armOf(run, window)
      if (arm === null) continue
      const { stationId, product, shift } = run
      const usual = window.stations.get(stationId)
      for (const counting of custom) {
        const bad = isBad(counting, run, arm, usual?.get(counting.key) ?? null)
        if (bad === undefined) continue
        const key = `${arm}/${stationId}/${counting.key}/${shift}/${product}`
        const cell = cells.get(key) ?? { arm, stationId, product, shift, metric: counting.key, n: 0, bad: 0 }
        cell.n += 1
        cell.bad += bad ? 1 : 0
        cells.set(key, cell)
      }
    }
  return [...cells.values()]
}

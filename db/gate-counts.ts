// What a verdict counts of each station of a rollout: its frozen past, its tallies, and of these what is not judged yet.
import { sql } from 'drizzle-orm'
import type { JudgedTally } from '../server/domain/gates/gate-counts.ts'
import type { MetricPast } from '../server/domain/gates/metric-past.ts'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { metricSums } from '../server/domain/metric-tally.ts'
import { type Db, rows } from './client.ts'
import { countedCells } from './counted-cells.ts'
import { windowOf } from './rollout-windows.ts'

// Both read a column as one array: 2,000 stations with six metrics in three shifts take 35 ms so on PGlite, a row each
// 330 ms.

/** Frozen at the start. */
export async function metricPastsOf(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<Omit<MetricPast, 'usual'>[]> {
  const found = await rows<{
    metric: string
    stations: StationId[]
    n: number[]
    bad: number[]
    expected: number[]
  }>(
    db,
    sql`select metric, json_agg(station_id) as stations, json_agg(n) as n, json_agg(bad) as bad, json_agg(expected) as expected
        from station_pasts where procedure_id = ${procedureId}::uuid and rollout_id = ${rolloutId}::uuid
        group by metric`,
  )
  return found.flatMap(({ metric, stations, n, bad, expected }) =>
    stations.map((stationId, place) => ({
      stationId,
      metric,
      n: n[place] ?? 0,
      bad: bad[place] ?? 0,
      expected: expected[place] ?? 0,
    })),
  )
}

/**
 * Of both arms. A station whose runs on the new build counted for no gate has run it all the same: it has a tally of
 * nothing, under no metric.
 */
export async function talliesToJudge(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<JudgedTally[]> {
  const found = await rows<{
    arm: 'canary' | 'base'
    metric: string
    shift: number
    stations: StationId[]
    n: number[]
    bad: number[]
    expected: number[]
  }>(
    db,
    sql`select arm, metric, shift::int as shift, json_agg(station_id) as stations, json_agg(n) as n, json_agg(bad) as bad,
          json_agg(expected) as expected
        from metric_tallies
        where procedure_id = ${procedureId}::uuid and rollout_id = ${rolloutId}::uuid and arm in ('canary', 'base')
        group by arm, metric, shift
        union all
        select arm, '', 0, json_agg(station_id), '[]'::json, '[]'::json, '[]'::json
        from arm_tallies
        where procedure_id = ${procedureId}::uuid and rollout_id = ${rolloutId}::uuid and arm = 'canary'
        group by arm`,
  )
  return found.flatMap(({ stations, n, bad, expected, ...of }) =>
    stations.map((stationId, place) => ({
      ...of,
      stationId,
      n: n[place] ?? 0,
      bad: bad[place] ?? 0,
      expected: expected[place] ?? 0,
    })),
  )
}

/**
 * What is counted already of runs that started at or after the watermark of their arm: not to be judged yet, since of
 * the runs that started together the failures end first.
 */
export async function talliesAfter(
  tx: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  watermark: { canary: Instant; base: Instant },
): Promise<JudgedTally[]> {
  const window = await windowOf(tx, procedureId, rolloutId)
  if (!window) return []
  const sums = metricSums()
  for (const cell of await countedCells(tx, procedureId, window, watermark)) sums.add(window, cell)
  return sums.tallies().flatMap(({ arm, ...tally }) => (arm === 'other' ? [] : { ...tally, arm }))
}

// What rollouts count, summed from the counts of pieces that counting anew left behind (db/count-anew.ts).
import { type SQL, sql } from 'drizzle-orm'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { CountedCell } from '../server/domain/metric-tally.ts'
import { counted, gateCountings, jsonOf, runKeys } from './built-in-countings.ts'
import { type Db, rows } from './client.ts'
import { type CountedAnew, isOneOf } from './count-anew.ts'
import { customCellsOf } from './counted-cells.ts'
import { countsThere } from './counts-there.ts'
import { replaceMetrics } from './recount.ts'
import type { RolloutWindow } from './rollout-windows.ts'

/** Replaces the tallies of these rollouts; those of others stay. */
export async function sumRollouts(
  tx: Db,
  procedureId: ProcedureId,
  windows: RolloutWindow[],
  anew: CountedAnew,
): Promise<void> {
  await replaceArms(tx, procedureId, windows, anew)
  for (const window of windows) {
    const cells = await builtInCells(tx, procedureId, window, anew)
    await replaceMetrics(tx, procedureId, window, [
      ...cells,
      ...(await customCellsOf(tx, procedureId, window)),
    ])
  }
}

/** The pieces `t` that rollouts `r` have a claim on. One has a piece from its beginning on, or none of it. */
function claimed(
  procedureId: ProcedureId,
  windows: Pick<RolloutWindow, 'rolloutId'>[],
  { bounds }: CountedAnew,
): SQL {
  return sql`counted_pieces t
    join unnest(${bounds}::text::timestamptz[]) with ordinality as cut (at, piece) on cut.piece = t.piece
    join rollouts r on r.procedure_id = ${procedureId}::uuid and ${isOneOf('r.id', windows)}
      and cut.at >= r.started_at and (r.ended_at is null or cut.at < r.ended_at)
    join rollout_stations s on s.procedure_id = r.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    where ${countsThere('cut.at', 's')}`
}

const arm = sql.raw(
  `case t.deployment_id when r.deployment_id then 'canary' when r.base_deployment_id then 'base' else 'other' end`,
)

async function replaceArms(
  tx: Db,
  procedureId: ProcedureId,
  windows: RolloutWindow[],
  anew: CountedAnew,
): Promise<void> {
  await tx.execute(
    sql`delete from arm_tallies where procedure_id = ${procedureId}::uuid and ${isOneOf('rollout_id', windows)}`,
  )
  await tx.execute(
    sql`insert into arm_tallies (procedure_id, rollout_id, arm, station_id, units, passed, runs, errors, timeouts, pass_runs, pass_ms)
        select r.procedure_id, r.id, ${arm}, t.station_id, sum(units), sum(passed), sum(runs), sum(errors), sum(timeouts),
          sum(pass_runs), sum(pass_ms)
        from ${claimed(procedureId, windows, anew)} group by 1, 2, 3, 4`,
  )
}

type Place = Pick<CountedCell, 'arm' | 'stationId' | 'product' | 'shift'>

async function builtInCells(
  tx: Db,
  procedureId: ProcedureId,
  { rolloutId, gates }: RolloutWindow,
  anew: CountedAnew,
): Promise<CountedCell[]> {
  const asked = gateCountings(gates)
  const keys = [...asked.attempts, ...runKeys(asked)]
  if (keys.length === 0) return []
  const sum = (column: string) => sql.raw(`coalesce(sum(t.${column}), 0)`)
  const counts = [
    ...asked.attempts.map(() => sql`${sum('units')}, ${sum('units - t.passed')}`),
    ...asked.outcomes.map(({ outcome }) => sql`${sum('runs')}, ${sum(columnOf[outcome])}`),
    ...asked.measures.map((measure) => {
      const place = anew.slots.findIndex(
        (slot) =>
          JSON.stringify(slot.measure) === JSON.stringify(measure) &&
          slot.rollouts.some(({ id }) => id === rolloutId),
      )
      // A claim on no time at all has no slot.
      if (place === -1) return sql`0, 0`
      const bad = `case when t.deployment_id = r.deployment_id then t.beyond_${place} else t.over_${place} end`
      return sql.raw(`sum(t.n_${place}), sum(${bad})`)
    }),
  ]
  const found = await rows<Place & { counts: number[] }>(
    tx,
    sql`select ${arm} as arm, t.station_id::text as "stationId", t.product, t.shift::int as shift, ${jsonOf(counts)} as counts
        from ${claimed(procedureId, [{ rolloutId }], anew)} group by 1, 2, 3, 4`,
  )
  return found.flatMap(({ counts: each, ...place }) =>
    counted(keys, each).map((count) => ({ ...place, ...count })),
  )
}

const columnOf = { ERROR: 'errors', TIMEOUT: 'timeouts' } as const

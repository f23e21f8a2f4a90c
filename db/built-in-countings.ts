// The countings that the database does by itself, over all runs at once: the same numbers as `isBad` gives run by run.
import { type SQL, sql } from 'drizzle-orm'
import { type Counting, countings, type RunCounting } from '../server/domain/gates/counting.ts'
import type { Gate } from '../server/domain/gates/gate.ts'

export type GateCountings = {
  /** Keys of what is counted of first attempts. */
  attempts: string[]
  /** By the outcome that is bad. */
  outcomes: { key: string; outcome: 'ERROR' | 'TIMEOUT' }[]
  measures: Measure[]
  /** What only the process can decide, from what each run reports. */
  custom: RunCounting[]
}

/** A number of PASS runs that is held against the station's own usual one. `value` is null where a run has none. */
export type Measure = { key: string; value: SQL; sign: 1 | -1; shiftRelative: number; shiftBy: number }

/** In the statements that these parts go into, runs are called `t`. */
export function gateCountings(gates: Gate[]): GateCountings {
  const of = (metric: Gate['metric']) => countings(gates.filter((gate) => gate.metric === metric))
  return {
    attempts: countings(gates)
      .filter((counting) => counting.of === 'first attempts')
      .map(({ key }) => key),
    outcomes: [
      ...of('error rate').map(({ key }) => ({ key, outcome: 'ERROR' as const })),
      ...of('timeout rate').map(({ key }) => ({ key, outcome: 'TIMEOUT' as const })),
    ],
    measures: [
      ...measures(of('duration'), sql`(extract(epoch from t.ended_at - t.started_at) * 1000)::float8`),
      ...measures(of('measurement coverage'), sql`t.measurement_count::float8`),
    ],
    custom: of('custom').filter((counting) => counting.of === 'runs'),
  }
}

function measures(all: Counting[], value: SQL): Measure[] {
  return all.flatMap((counting): Measure[] => {
    if (counting.of !== 'runs' || counting.usual === null) return []
    const { key, direction, shiftRelative, shiftBy } = counting
    const ofPasses = sql`case when t.outcome = 'PASS' then ${value} end`
    return [{ key, value: ofPasses, sign: direction === 'increase' ? 1 : -1, shiftRelative, shiftBy }]
  })
}

/**
 * A JSON array with n and bad of each counting of runs, in the order of `runKeys`. Of a measure a run counts where
 * both it and the station have a number.
 * @param usual where the station's usual number stands, by the place of the measure.
 * @param isCanary whether a run may lie beyond it by the gate's shift; null: none may.
 */
export function runCounts(
  { outcomes, measures }: GateCountings,
  usual: (place: number) => SQL,
  isCanary: SQL | null,
): SQL {
  const counts = [
    ...outcomes.map(({ outcome }) => sql`count(*), count(*) filter (where t.outcome = ${outcome})`),
    ...measures.map(({ value, sign, shiftRelative, shiftBy }, place) => {
      const shift = sql`${shiftRelative}::float8 * abs(${usual(place)}) + ${shiftBy}::float8`
      const tolerated = isCanary ? sql`case when ${isCanary} then ${shift} else 0 end` : sql`0`
      return sql`count(${value} - ${usual(place)}),
        count(*) filter (where ${sql.raw(sign === 1 ? '' : '-')}(${value} - ${usual(place)}) > ${tolerated})`
    }),
  ]
  return sql`jsonb_build_array(${sql.join(counts, sql`, `)})`
}

export function runKeys({ outcomes, measures }: GateCountings): string[] {
  return [...outcomes, ...measures].map(({ key }) => key)
}

/** What a JSON array of `runCounts` says, without the countings that counted nothing. */
export function counted(keys: string[], counts: number[]): { metric: string; n: number; bad: number }[] {
  return keys
    .map((metric, place) => ({ metric, n: counts[2 * place] ?? 0, bad: counts[2 * place + 1] ?? 0 }))
    .filter(({ n }) => n > 0)
}

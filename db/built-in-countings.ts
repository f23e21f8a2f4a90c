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

/** What is measured of PASS runs and held against the station's own usual number. */
export type Measure = {
  key: string
  of: 'passed_ms' | 'passed_measurements'
  sign: 1 | -1
  shiftRelative: number
  shiftBy: number
}

/** What measures are of, of a run; null where it has none. Milliseconds are whole: what arithmetic adds is taken off. */
export const measuredColumns = sql.raw(`
  case when outcome = 'PASS' then round(date_part('epoch', ended_at - started_at) * 1000) end as passed_ms,
  case when outcome = 'PASS' then measurement_count::float8 end as passed_measurements`)

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
      ...measures(of('duration'), 'passed_ms'),
      ...measures(of('measurement coverage'), 'passed_measurements'),
    ],
    custom: of('custom').filter((counting) => counting.of === 'runs'),
  }
}

function measures(all: Counting[], of: Measure['of']): Measure[] {
  return all.flatMap((counting): Measure[] => {
    if (counting.of !== 'runs' || counting.usual === null) return []
    const { key, direction, shiftRelative, shiftBy } = counting
    return [{ key, of, sign: direction === 'increase' ? 1 : -1, shiftRelative, shiftBy }]
  })
}

/**
 * n and bad of each counting of runs `t` (with their `measuredColumns`), in the order of `runKeys`. Of a measure a run
 * counts where both it and the station have a number.
 * @param usual where the station's usual number stands.
 * @param isCanary whether a run may lie beyond it by the gate's shift; null: none may.
 */
export function runCounts(
  { outcomes, measures }: GateCountings,
  usual: (measure: Measure, place: number) => SQL,
  isCanary: SQL | null,
): SQL[] {
  return [
    ...outcomes.map(({ outcome }) => sql`count(*), count(*) filter (where t.outcome = ${outcome})`),
    ...measures.map((measure, place) => {
      const { of, sign, shiftRelative, shiftBy } = measure
      const number = usual(measure, place)
      const beyond = sql.raw(sign === 1 ? `t.${of} - ` : `-t.${of} + `)
      const shift = sql`${shiftRelative}::float8 * abs(${number}) + ${shiftBy}::float8`
      const tolerated = isCanary ? sql`case when ${isCanary} then ${shift} else 0 end` : sql`0`
      return sql`count(${beyond}${number}), count(*) filter (where ${beyond}${number} > ${tolerated})`
    }),
  ]
}

export function runKeys({ outcomes, measures }: GateCountings): string[] {
  return [...outcomes, ...measures].map(({ key }) => key)
}

/** A JSON array of pairs of n and bad. */
export function jsonOf(counts: SQL[]): SQL {
  return sql`jsonb_build_array(${sql.join(counts, sql`, `)})`
}

/** What such an array says, without the countings that counted nothing. */
export function counted(keys: string[], counts: number[]): { metric: string; n: number; bad: number }[] {
  return keys
    .map((metric, place) => ({ metric, n: counts[2 * place] ?? 0, bad: counts[2 * place + 1] ?? 0 }))
    .filter(({ n }) => n > 0)
}

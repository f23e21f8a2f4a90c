// What a verdict was computed from, in a form that is kept with it: whoever asks later computes the same from it.

import { fieldsOf } from './expression.ts'
import { fieldUnits } from './expression-durations.ts'
import {
  type Conditions,
  type GateQuestion,
  type GateStation,
  type MetricCount,
  noConditions,
} from './question.ts'

/**
 * `fixed`: what stays the same from verdict to verdict and is kept once: gates, stations with their names and frozen
 * pasts, the noise of drift. `asked`: the rest, its counts a column for each counting, in the order of the stations.
 */
export type KeptQuestion = { fixed: KeptFixed; asked: KeptAsked }
type Columns = Record<string, { n: number[]; bad: number[] }>
export type KeptFixed = Pick<
  GateQuestion,
  'gates' | 'expectedYieldChange' | 'passes' | 'driftNoise' | 'names'
> & { stations: GateStation['id'][]; past: Columns }
export type KeptAsked = Omit<
  GateQuestion,
  'gates' | 'expectedYieldChange' | 'passes' | 'driftNoise' | 'names' | 'stations' | 'conditions'
> & {
  /** Canary stations, by their place. */
  canary: number[]
  since: Columns
  mix: Record<string, number[]>
  conditions: Partial<Conditions>
}

/** Thousandths of a count, ten-thousandths of a log-odd: finer than anybody could measure, and a third of the bytes. */
const countDigits = 1000
const mixDigits = 10_000

/** Counts of base that were weighted, and shifts of the mix, as they are judged and kept. */
export function roundedStations(stations: GateStation[]): GateStation[] {
  const rounded = (value: number, digits: number) => Math.round(value * digits) / digits
  return stations.map((station) => ({
    ...station,
    since: mapValues(station.since, ({ n, bad }) => {
      return { n: rounded(n, countDigits), bad: rounded(bad, countDigits) }
    }),
    mix: mapValues(station.mix, (shift) => rounded(shift, mixDigits)),
  }))
}

export function keptQuestion(question: GateQuestion): KeptQuestion {
  const { gates, expectedYieldChange, passes, driftNoise, names, stations, conditions, ...asked } = question
  return {
    fixed: {
      ...{ gates, expectedYieldChange, passes, driftNoise, names },
      stations: stations.map(({ id }) => id),
      past: columnsOf(stations.map(({ past }) => past)),
    },
    asked: {
      ...asked,
      previous: asked.previous && { drift: asked.previous.drift, failing: asked.previous.failing },
      open: asked.open.map(({ gate, severity }) => ({ gate, severity })),
      canary: stations.flatMap(({ arm }, place) => (arm === 'canary' ? [place] : [])),
      since: columnsOf(stations.map(({ since }) => since)),
      mix: mixColumns(stations),
      conditions: keptConditions(question),
    },
  }
}

export function questionOf({ fixed, asked }: KeptQuestion): GateQuestion {
  const { stations: ids, past, ...same } = fixed
  const { canary, since, mix, conditions, ...rest } = asked
  const canaries = new Set(canary)
  return {
    ...same,
    ...rest,
    conditions: { ...noConditions, ...conditions },
    stations: ids.map((id, place) => ({
      id,
      arm: canaries.has(place) ? 'canary' : 'base',
      past: countsAt(past, place),
      since: countsAt(since, place),
      mix: Object.fromEntries(
        Object.entries(mix).flatMap(([key, shifts]) => (shifts[place] ? [[key, shifts[place]]] : [])),
      ),
    })),
  }
}

/** Of heartbeats only the fields that gates read: stations send many more. */
function keptConditions({ gates, conditions }: GateQuestion): Partial<Conditions> {
  const named = gates.flatMap((gate) => (gate.metric === 'telemetry' ? fieldsOf(gate.expression) : []))
  const read = new Set(named.flatMap((name) => [name, ...fieldUnits.map(({ ending }) => `${name}${ending}`)]))
  const isKept = ([name, value]: [string, unknown]) =>
    read.has(name) && (typeof value !== 'number' || Number.isFinite(value))
  const heartbeats = conditions.heartbeats.map((each) => {
    return { ...each, fields: Object.fromEntries(Object.entries(each.fields).filter(isKept)) }
  })
  return Object.fromEntries(
    Object.entries({ ...conditions, heartbeats }).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  )
}

function columnsOf(counts: Record<string, MetricCount>[]): Columns {
  const keys = [...new Set(counts.flatMap((each) => Object.keys(each)))].sort()
  return Object.fromEntries(
    keys.map((key) => [
      key,
      { n: counts.map((each) => each[key]?.n ?? 0), bad: counts.map((each) => each[key]?.bad ?? 0) },
    ]),
  )
}

function countsAt(columns: Columns, place: number): Record<string, MetricCount> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([key, column]) => {
      const [n = 0, bad = 0] = [column.n[place], column.bad[place]]
      return n === 0 && bad === 0 ? [] : [[key, { n, bad }]]
    }),
  )
}

function mixColumns(stations: GateStation[]): Record<string, number[]> {
  const keys = [...new Set(stations.flatMap(({ mix }) => Object.keys(mix)))].sort()
  const columns = keys.map((key): [string, number[]] => [key, stations.map(({ mix }) => mix[key] ?? 0)])
  return Object.fromEntries(columns.filter(([, shifts]) => shifts.some((shift) => shift !== 0)))
}

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

import type { Counts } from './estimate-drift-noise.ts'
import type { Alternative, TwoByTwo } from './fisher-exact.ts'
import type { StationTally } from './station-tally.ts'

/** The input of a reference case: fields by name, checked one by one as they are read. */
export type ReferenceInput = Readonly<Record<string, unknown>>

/** What a field should have been, what came instead. */
export class UnreadableCase extends Error {}

export function readNumber(input: ReferenceInput, name: string, otherwise?: number): number {
  const value = input[name] ?? otherwise
  if (typeof value === 'number') return value
  throw new UnreadableCase(`expected a number in ${name}, got ${JSON.stringify(value)}`)
}

export function readNumbers(input: ReferenceInput, name: string): number[] {
  return readList(input, name).map((value, place) =>
    readNumber({ [`${name}[${place}]`]: value }, `${name}[${place}]`),
  )
}

export function readList(input: ReferenceInput, name: string): unknown[] {
  const value = input[name]
  if (Array.isArray(value)) return value
  throw new UnreadableCase(`expected a list in ${name}, got ${JSON.stringify(value)}`)
}

export function readObject(input: ReferenceInput, name: string): ReferenceInput {
  const value = input[name]
  if (isObject(value)) return value
  throw new UnreadableCase(`expected an object in ${name}, got ${JSON.stringify(value)}`)
}

export function readChoice<Choice extends string>(
  input: ReferenceInput,
  name: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === input[name])
  if (found !== undefined) return found
  throw new UnreadableCase(`expected ${choices.join(' or ')} in ${name}, got ${JSON.stringify(input[name])}`)
}

export function readAlternative(input: ReferenceInput): Alternative {
  return readChoice(input, 'alternative', ['greater', 'less', 'two-sided'])
}

export function readNumbersByName(input: ReferenceInput, name: string): Map<string, number> {
  const object = readObject(input, name)
  return new Map(Object.keys(object).map((key) => [key, readNumber(object, key)]))
}

/** `{ "A": [bad, runs] }`. */
export function readCountsByName(input: ReferenceInput, name: string): Map<string, Counts> {
  const object = readObject(input, name)
  return new Map(Object.keys(object).map((key) => [key, countsFrom(readNumbers(object, key))]))
}

/** `[[bad, runs], …]`. */
export function readCounts(input: ReferenceInput, name: string): Counts[] {
  return readRows(input, name).map(countsFrom)
}

/** `[[1, 2], [3, 4], …]`. */
export function readRows(input: ReferenceInput, name: string): number[][] {
  return readList(input, name).map((row, place) =>
    readNumbers({ [`${name}[${place}]`]: row }, `${name}[${place}]`),
  )
}

export function readTable(input: ReferenceInput, name: string): TwoByTwo {
  const [[bad1 = 0, good1 = 0] = [], [bad2 = 0, good2 = 0] = []] = readRows(input, name)
  return [
    [bad1, good1],
    [bad2, good2],
  ]
}

export function readStations(input: ReferenceInput): StationTally[] {
  return readList(input, 'stations').map((value, place) => {
    const station = readObject({ [`stations[${place}]`]: value }, `stations[${place}]`)
    return {
      id: String(station.id),
      arm: readChoice(station, 'arm', ['base', 'canary']),
      pastRuns: readNumber(station, 'n0'),
      pastBad: readNumber(station, 'f0'),
      runs: readNumber(station, 'n1'),
      bad: readNumber(station, 'f1'),
    }
  })
}

function countsFrom([bad = 0, runs = 0]: readonly number[]): Counts {
  return { bad, runs }
}

function isObject(value: unknown): value is ReferenceInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// A number for a run, where a client expects its place in a list as one: 43 bits of when it began, 10 of its hash.
import { type RunId, runId } from '../ids.ts'

const since = Date.parse('2000-01-01T00:00:00Z')
const perMillisecond = 1024

/** Exact as a JSON number up to the year 2200. Two runs that began in one millisecond may share it, one in a thousand. */
export function runNumber(id: RunId): number {
  const hex = id.replaceAll('-', '')
  const at = Number.parseInt(hex.slice(0, 12), 16) - since
  return at * perMillisecond + (Number.parseInt(hex.slice(13, 16), 16) >> 2)
}

/** The first and the last id that have this number; null when it is none of a run. */
export function idsOfNumber(number: number): { first: RunId; last: RunId } | null {
  if (!Number.isSafeInteger(number) || number < 0) return null
  const time = (Math.floor(number / perMillisecond) + since).toString(16).padStart(12, '0')
  const hash = (number % perMillisecond) * 4
  const id = (low: number, rest: string) =>
    runId.parse(
      `${time.slice(0, 8)}-${time.slice(8)}-8${low.toString(16).padStart(3, '0')}-${rest.slice(0, 4)}-${rest.slice(4)}`,
    )
  return { first: id(hash, '8000000000000000'), last: id(hash + 3, 'bfffffffffffffff') }
}

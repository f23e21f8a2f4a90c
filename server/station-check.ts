// Holds what this process knows of stations against the database, again and again.
import type { Db } from '../db/client.ts'
import { bucketMarks, marksIn } from '../db/station-snapshot.ts'
import type { StationId } from './domain/ids.ts'
import type { KnownStation } from './known-station.ts'

type Deps = {
  db: Db
  known: () => KnownStation[]
  /** Called before the comparison where something has changed: what is being read may be from before that. */
  doubt: () => void
  /** Called for each station that differs. */
  differs: (id: StationId) => void
}

/** One look. Stations of a bucket are compared one by one only after something in it has changed. */
export function stationCheck({ db, known, doubt, differs }: Deps): () => Promise<void> {
  let marks = new Map<number, string>()
  return async () => {
    const found = await bucketMarks(db)
    const changed = new Set(
      [...found.keys(), ...marks.keys()].filter((bucket) => found.get(bucket) !== marks.get(bucket)),
    )
    if (changed.size > 0) {
      doubt()
      const concerned = known().filter(({ bucket }) => changed.has(bucket))
      const present = concerned.length > 0 ? await marksIn(db, [...changed]) : new Map<StationId, string>()
      // A station is known by each of its keys.
      const different = concerned.filter(({ id, mark }) => present.get(id) !== mark)
      for (const id of new Set(different.map(({ id }) => id))) differs(id)
    }
    // Only now: a look that failed in between is to find the same again.
    marks = found
  }
}

/** The least part of the time that is left to others: of 10,000 stations a look takes PostgreSQL some 20 ms. */
const restFactor = 20
const mostRestMs = 5_000

/**
 * Looks at once and `everyMs` after each look, later where looks take long, until the returned function is called. Tells
 * of the first of several faults.
 */
export function lookAgain(
  look: () => Promise<void>,
  everyMs: number,
  log: { warn: (fault: unknown, said: string) => void },
): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let isFailing = false
  async function next(): Promise<void> {
    const began = performance.now()
    try {
      await look()
      isFailing = false
    } catch (fault) {
      if (!isFailing && !isStopped) log.warn(fault, 'what is known of stations could not be checked')
      isFailing = true
    }
    const rest = Math.max(everyMs, restFactor * (performance.now() - began))
    if (!isStopped) timer = setTimeout(() => void next(), Math.min(rest, mostRestMs))
  }
  void next()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}

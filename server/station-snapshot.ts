// What this process knows of stations, so that a question is answered from memory: forgotten when the database announces
// a change, and checked against it now and then, because an announcement can be lost with the connection that it comes by.
import type { Database } from '../db/client.ts'
import { pinsChannel } from '../db/pins.ts'
import { keyedStations } from '../db/station-snapshot.ts'
import type { Instant } from './domain/instant.ts'
import { hasBeenTold, type KnownStation, knownStation } from './known-station.ts'
import { remembered } from './remembered.ts'
import { lookAgain, stationCheck } from './station-check.ts'
import { stationNotes } from './station-notes.ts'

export type StationSnapshot = Awaited<ReturnType<typeof stationSnapshot>>

/** Some 1.2 kB each. Stations beyond are read at every question. */
const mostStations = 200_000
const mostUnknownKeys = 10_000

/** Real milliseconds. */
type Timing = {
  /** From one check to the next; null: only when `check` is called. */
  checkEvery: number | null
  /** For so long after the last good check, or after it was read, what is known is believed: docs/stations.md tells it. */
  believedFor: number
  /** The present moment, counted from any. */
  present: () => number
}
const usual: Timing = { checkEvery: 2_000, believedFor: 60_000, present: () => performance.now() }

type Deps = {
  database: Pick<Database, 'db' | 'listen'>
  now: () => Instant
  log: { warn: (fault: unknown, said: string) => void }
  /** Called when what was known of a station is forgotten. */
  forgot: (stationId: string) => void
}

export async function stationSnapshot(deps: Deps, timing: Partial<Timing> = {}) {
  const { now, log, forgot } = deps
  const { db } = deps.database
  const { checkEvery, believedFor, present } = { ...usual, ...timing }
  let goodAt = Number.NEGATIVE_INFINITY

  const stations = remembered<KnownStation>({
    read: async (hashes) =>
      new Map((await keyedStations(db, hashes)).map((found) => [found.keyHash, knownStation(found)])),
    ownerOf: ({ id }) => id,
    believedSince: () =>
      present() - goodAt <= believedFor ? Number.NEGATIVE_INFINITY : present() - believedFor,
    now: present,
    most: mostStations,
    mostAbsent: mostUnknownKeys,
  })
  const forget = (id: string) => {
    stations.forget(id)
    forgot(id)
  }
  const unlisten = await deps.database.listen(pinsChannel, forget)
  const notes = stationNotes({ db, now, log })

  const look = stationCheck({ db, known: stations.values, doubt: stations.doubt, differs: forget })
  async function check(): Promise<void> {
    const began = present()
    await look()
    goodAt = began
  }
  const stopChecking = checkEvery === null ? () => {} : lookAgain(check, checkEvery, log)

  return {
    /** The station that the key of that hash opens, or opened until it ended. Null: nobody's. */
    byKey: stations.get,
    /** Whether it is known so still. If not, that has been told to `forgot`. */
    isPresent: (station: KnownStation): boolean => stations.has(station.keyHash, station),
    /** Notes that it is being answered with its pins. False: one of them is over, so look at it again. */
    async told(station: KnownStation): Promise<boolean> {
      if (hasBeenTold(station) || (await notes.told(station))) return true
      forget(station.id)
      return false
    },
    used: notes.used,
    /** Until all uses so far are noted. */
    settled: notes.settled,
    /** Forgets what is not as the database has it, though nobody announced that. */
    check,
    size: stations.size,
    async stop(): Promise<void> {
      stopChecking()
      await unlisten()
      await notes.settled()
    },
  }
}

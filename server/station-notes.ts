// What is noted of stations that ask: which pins they were told, and that their keys are used. Many at a time.
import type { Db } from '../db/client.ts'
import { notePinServed, notePinsServed } from '../db/pins.ts'
import { type KeyUse, noteKeysUsed } from '../db/station-keys.ts'
import { type Instant, minute } from './domain/instant.ts'
import { gathered } from './gathered.ts'
import type { KnownStation, UntoldPin } from './known-station.ts'

/** A station asks many times a minute; when it was last heard need not be known more closely. */
const usedEveryMs = 3 * minute

const atATime = { most: 1_000, atOnce: 1 }

export function stationNotes(deps: {
  db: Db
  now: () => Instant
  log: { warn: (fault: unknown, said: string) => void }
}) {
  const { db, now, log } = deps

  const noteServed = gathered<UntoldPin, boolean>(async (pins) => {
    const noted = await notePinsServed(db, pins, now())
    return ({ id }) => noted.has(id)
  }, atATime)

  const lost = (fault: unknown) => log.warn(fault, 'that keys are used could not be noted')
  const noteUse = gathered<KeyUse, boolean>(async (uses) => {
    // Told once, not for each of a thousand stations.
    const noted = await noteKeysUsed(db, uses).catch(lost)
    return ({ hash }) => noted?.has(hash) ?? true
  }, atATime)
  const underWay = new Set<Promise<void>>()

  return {
    /**
     * Notes that the station is being answered with its pins, the first time that it is. Before the answer goes: a build
     * that a station could have got must never be missed. False: one of them is over, and what is known is old.
     */
    async told(station: KnownStation): Promise<boolean> {
      const noted = await Promise.all(
        station.untold.map(async (pin) => (await noteServed(pin)) || (await notePinServed(db, pin, now()))),
      )
      if (!noted.every(Boolean)) return false
      station.untold = []
      return true
    },
    /** Nobody waits for it: one that is lost comes again with a later use. */
    used(station: KnownStation): void {
      const at = now()
      if (station.usedAt !== null && at - station.usedAt < usedEveryMs) return
      station.usedAt = at
      const use = { hash: station.keyHash, stationId: station.id, at }
      const note = noteUse(use)
        .then(async (isNoted) => void (isNoted || (await noteKeysUsed(db, [use], 'wait'))))
        .catch(lost)
        .finally(() => underWay.delete(note))
      underWay.add(note)
    },
    /** Until all uses so far are noted. */
    async settled(): Promise<void> {
      await Promise.all(underWay)
    },
  }
}

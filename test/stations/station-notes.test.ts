// What is noted of stations, when it cannot be.
import { expect, test } from 'vitest'
import type { Db } from '../../db/client.ts'
import type { KnownStation } from '../../server/known-station.ts'
import { stationNotes } from '../../server/station-notes.ts'

test('a thousand uses that are lost with the database are told once', async () => {
  const warnings: string[] = []
  const away = { execute: async () => Promise.reject(new Error('away')) } as unknown as Db
  const notes = stationNotes({
    db: away,
    now: () => 0,
    log: { warn: (_fault, said) => void warnings.push(said) },
  })
  for (let place = 0; place < 1_000; place++)
    notes.used({ id: `station ${place}`, keyHash: `key ${place}`, usedAt: null } as KnownStation)
  await notes.settled()
  expect(warnings).toEqual(['that keys are used could not be noted'])
})

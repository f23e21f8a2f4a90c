// kill -9 under load, again and again, with duplicates: what was acknowledged is what is stored is what is counted.
import { setTimeout as pause } from 'node:timers/promises'
import { driftOf } from '../drift.ts'
import { seedFleet, startRollout } from '../fleet.ts'
import { outbox } from '../load/outbox.ts'
import type { Measure, Row } from '../measure.ts'
import type { Engine, Place } from '../place.ts'
import { startService } from '../servers/service.ts'

export const crash: Measure = {
  name: 'crash',
  about: 'kill -9 under load with duplicates, then acknowledged against stored against tallies',
  async run(place) {
    const onPostgres = await killed(place, 'postgres')
    return place.quick ? [onPostgres] : [onPostgres, await killed(place, 'pglite')]
  },
}

async function killed(place: Place, engine: Engine): Promise<Row> {
  const kills = place.quick ? 2 : 6
  const where = await place.database(engine)
  const seeded = await seedFleet(where, 32)
  let service = await startService(where)
  place.atEnd(() => service.kill())
  const port = Number(new URL(service.url).port)
  const fleet = await startRollout(service, seeded)
  const stations = outbox(service.url, fleet)
  for (let kill = 0; kill < kills; kill++) {
    await acknowledgedSince(stations, place.quick ? 50 : 500)
    // In the middle of whatever it is doing then.
    await pause(100 * Math.random())
    await service.kill()
    service = await startService(where, { port })
  }
  await acknowledgedSince(stations, 50)
  await stations.drain()
  await service.stop()
  const drift = await driftOf(where, fleet, stations.acknowledged)
  const { stored, missing, extra, differing } = drift
  return {
    measure: `drift after ${kills} kills, ${engine}`,
    ours: missing + extra + differing,
    unit: 'rows',
    goal: { at: 'most', figure: 0 },
    note: `${stations.sent()} runs sent, ${stations.acknowledged.size} acknowledged, ${stored} stored; ${missing} missing, ${extra} never acknowledged, ${differing} rows counted otherwise; ${stations.unanswered()} requests had no answer`,
  }
}

/** @throws when nothing is acknowledged for a minute. */
async function acknowledgedSince({ acknowledged }: ReturnType<typeof outbox>, more: number): Promise<void> {
  const until = acknowledged.size + more
  const from = performance.now()
  while (acknowledged.size < until) {
    if (performance.now() - from > 60_000)
      throw new Error(`expected ${more} more runs to be acknowledged within a minute`)
    await pause(20)
  }
}

// What does not go as it should: batches of faults, a station that asks without pause, a fleet that comes back at once,
// a database that answers late. Each is to stay bounded, and nothing acknowledged to be lost.
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { openDatabase, rows } from '../../../db/client.ts'
import { seedFleet } from '../fleet.ts'
import { beginLoad, type LoadSpec } from '../load/load.ts'
import { manyConnections } from '../load/many-connections.ts'
import type { Measure, Row } from '../measure.ts'
import type { Place, Where } from '../place.ts'
import { residentKb } from '../servers/child-server.ts'
import { startService } from '../servers/service.ts'
import { tcpProxy } from '../servers/tcp-proxy.ts'
import { pollsOf, runsOf } from '../traffics.ts'

export const badInput: Measure = {
  name: 'bad-input',
  isLong: true,
  about:
    'batches of 999 faults, 1,000 polls/s of one station, 10,000 stations back at once, a database 500 ms late',
  async run(place) {
    return [
      await badBatches(place),
      await oneWithoutPause(place),
      await allBackAtOnce(place),
      await lateDatabase(place),
    ]
  },
}

/** Others' reports are timed without and with two connections that send nothing but such batches. */
async function badBatches(place: Place): Promise<Row> {
  const where = await place.database('postgres')
  const fleet = await seedFleet(where, 100)
  const service = await startService(where)
  place.atEnd(service.stop)
  const usual = { url: service.url, warmupMs: place.roundMs / 4, ms: place.roundMs }
  const others = { ...usual, connections: 16, pauseMs: 50, traffic: runsOf(fleet) }
  const alone = await beginLoad(others, service.pid).done
  const bad = beginLoad(
    { ...usual, connections: 2, ms: null, traffic: runsOf(fleet, { batch: 1_000, bad: 999 }) },
    service.pid,
  )
  await bad.begun
  const beside = await beginLoad({ ...others, traffic: runsOf(fleet) }, service.pid).done
  bad.stop()
  const batches = await bad.done
  return {
    measure: 'batches of 1,000 with 999 faults, p99',
    ours: batches.p99,
    unit: 'ms',
    note: `${batches.perSecond.toFixed(1)} batches/s, median ${batches.p50.toFixed(0)} ms, answered ${JSON.stringify(batches.statuses)}; others' single reports p99 ${alone.p99.toFixed(0)} ms alone, ${beside.p99.toFixed(0)} ms beside, ${JSON.stringify(beside.statuses)}`,
  }
}

async function oneWithoutPause(place: Place): Promise<Row> {
  const where = await place.database('postgres')
  const fleet = await seedFleet(where, 200)
  const [hasty, ...others] = fleet.stations
  if (hasty === undefined) throw new Error('expected stations')
  const service = await startService(where)
  place.atEnd(service.stop)
  const usual: Omit<LoadSpec, 'traffic'> = {
    url: service.url,
    connections: 16,
    warmupMs: place.roundMs / 4,
    ms: place.roundMs,
    pauseMs: 100,
  }
  const quiet = { ...usual, traffic: pollsOf({ stations: others }) }
  await beginLoad(quiet, service.pid).done
  const alone = await beginLoad(quiet, service.pid).done
  const flood = beginLoad(
    { ...usual, connections: 8, ms: null, pauseMs: 8, traffic: pollsOf({ stations: [hasty] }) },
    service.pid,
  )
  await flood.begun
  const beside = await beginLoad(quiet, service.pid).done
  flood.stop()
  const flooded = await flood.done
  return {
    measure: "others' polls beside one station that polls without pause, p99",
    ours: beside.p99,
    unit: 'ms',
    peer: { name: 'without it', figure: alone.p99 },
    ratio: beside.p99 / alone.p99,
    note: `it asked ${flooded.perSecond.toFixed(0)} times a second and was answered ${JSON.stringify(flooded.statuses)}; the others ${JSON.stringify(beside.statuses)}`,
  }
}

/** All long polls are cut by the end of the process; a new one takes its place, and every station asks again at once. */
async function allBackAtOnce(place: Place): Promise<Row> {
  const count = place.quick ? 500 : 10_000
  const where = await place.database('postgres')
  const fleet = await seedFleet(where, count)
  const keys = fleet.stations.map(({ key }) => key)
  let service = await startService(where)
  place.atEnd(() => service.stop())
  const waiting = manyConnections({ url: service.url, keys, waitSeconds: 60 })
  await waiting.answered
  await service.kill()
  await waiting.end()
  service = await startService(where, { port: Number(new URL(service.url).port) })
  const before = residentKb(service.pid)
  const back = manyConnections({ url: service.url, keys, waitSeconds: 60 })
  let peak = before
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      peak = Math.max(peak ?? 0, residentKb(service.pid) ?? 0)
      await pause(25)
    }
  })()
  const { ms, again, statuses } = await back.answered
  isOver = true
  await looking
  await back.end()
  return {
    measure: `${count.toLocaleString('en')} stations back at once, until all are answered`,
    ours: ms / 1000,
    unit: 's',
    note: `resident ${megabytes(before)} before, ${megabytes(peak)} at the most; answers ${JSON.stringify(statuses)}, asked again ${again} times`,
  }
}

/** Every answer of the database comes 500 ms late while the load goes on. What was acknowledged is counted after it. */
async function lateDatabase(place: Place): Promise<Row> {
  const where = await place.database('postgres')
  if (!('url' in where)) throw new Error('expected PostgreSQL')
  const fleet = await seedFleet(where, 100)
  const address = new URL(where.url)
  const proxy = await tcpProxy([Number(address.port)])
  place.atEnd(proxy.close)
  address.port = String(proxy.port)
  const service = await startService({ url: address.href })
  place.atEnd(service.stop)
  const connections = place.quick ? 32 : 256
  const load = { url: service.url, connections, warmupMs: 0 }
  const before = await beginLoad({ ...load, ms: place.roundMs, traffic: runsOf(fleet) }, service.pid).done
  proxy.delay(500)
  const ms = place.quick ? 5_000 : 30_000
  const late = await beginLoad({ ...load, ms, traffic: runsOf(fleet) }, service.pid).done
  proxy.delay(0)
  const acknowledged = (before.ever[200] ?? 0) + (late.ever[200] ?? 0)
  // What was under way when the load ended is stored soon, if at all.
  await service.stop()
  const stored = await countStored(where)
  return {
    measure: 'reports with the database 500 ms late, p99',
    ours: late.p99,
    unit: 'ms',
    peer: { name: 'not late', figure: before.p99 },
    ratio: late.p99 / before.p99,
    note: `median ${late.p50.toFixed(0)} ms, ${late.perSecond.toFixed(0)} runs/s by ${connections} connections, answers ${JSON.stringify(late.ever)}, ${late.failures} cut; with all before it ${acknowledged} acknowledged, ${stored} stored: ${Math.max(0, acknowledged - stored)} lost`,
  }
}

async function countStored(where: Where): Promise<number> {
  const database = await openDatabase(where)
  try {
    const [found] = await rows<{ count: number }>(
      database.db,
      sql`select count(*)::float8 as count from runs`,
    )
    return found?.count ?? 0
  } finally {
    await database.close()
  }
}

function megabytes(kb: number | null): string {
  return kb === null ? 'n/a' : `${(kb / 1024).toFixed(0)} MB`
}

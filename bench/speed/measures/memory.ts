// What the service holds in memory: at rest, for each idle long poll, and after many runs.
import { setTimeout as pause } from 'node:timers/promises'
import { type Fleet, seedFleet } from '../fleet.ts'
import { beginLoad } from '../load/load.ts'
import { manyConnections } from '../load/many-connections.ts'
import type { Measure, Row } from '../measure.ts'
import type { Place } from '../place.ts'
import { residentKb } from '../servers/child-server.ts'
import { type Service, startService } from '../servers/service.ts'
import { runsOf } from '../traffics.ts'
import { warmedUp } from '../warm-up.ts'

export const memory: Measure = {
  name: 'memory',
  about: 'resident memory at rest, with 10,000 idle long polls, after a million runs',
  async run(place) {
    const count = place.quick ? 500 : 10_000
    const where = await place.database('postgres')
    const fleet = await seedFleet(where, count)
    const service = await startService(where)
    place.atEnd(service.stop)
    const rest = await settled(service.pid, place)
    const polls = await idlePolls(place, service, fleet)
    return [
      {
        measure: 'memory at rest',
        ours: rest === null ? null : rest / 1024,
        unit: 'MB',
        note: 'just started',
      },
      polls,
      await afterRuns(place, service, fleet),
    ]
  },
}

async function idlePolls(place: Place, { url, pid }: Service, fleet: Fleet): Promise<Row> {
  const count = fleet.stations.length
  const keys = fleet.stations.map(({ key }) => key)
  // A heap that has never worked grows with the first work, and what is remembered of each station with its first
  // question: waiting is not to be charged for either.
  await warmedUp(url, fleet, pid)
  const worked = await settled(pid, place)
  const polls = manyConnections({ url, keys, waitSeconds: 60 })
  await polls.answered
  const waiting = await settled(pid, place)
  await polls.end()
  return {
    measure: `an idle long poll, of ${count.toLocaleString('en')}`,
    ours: worked === null || waiting === null ? null : (waiting - worked) / count,
    unit: 'kB',
    goal: { at: 'most', figure: 20 },
    // Of fewer polls the figure is mostly noise.
    ...(place.quick ? {} : { name: 'longpoll_kb' }),
    note: `resident: ${megabytes(worked)} after ordinary polls, ${megabytes(waiting)} with all waiting, each from a station and a connection of its own`,
  }
}

async function afterRuns(place: Place, { url, pid }: Service, fleet: Fleet): Promise<Row> {
  const wanted = place.quick ? 2_000 : 1_000_000
  const [batch, connections] = [500, 8]
  const spec = { url, connections, warmupMs: 0, ms: null, traffic: runsOf(fleet, { batch }) }
  const from = performance.now()
  const load = beginLoad({ ...spec, most: wanted / batch }, pid)
  const { ever } = await load.done
  const seconds = (performance.now() - from) / 1000
  const stored = batch * (ever[207] ?? 0)
  const resident = await settled(pid, place)
  return {
    measure: `memory after ${stored.toLocaleString('en')} runs`,
    ours: resident === null ? null : resident / 1024,
    unit: 'MB',
    note: `the same process, after all of that; ${(stored / seconds).toFixed(0)} runs/s in batches of ${batch}`,
  }
}

/** The least of some looks: garbage comes and goes. */
async function settled(pid: number, { quick }: Place): Promise<number | null> {
  const seen: number[] = []
  for (let look = 0; look < (quick ? 3 : 10); look++) {
    await pause(quick ? 100 : 1_000)
    const resident = residentKb(pid)
    if (resident !== null) seen.push(resident)
  }
  return seen.length === 0 ? null : Math.min(...seen)
}

function megabytes(kb: number | null): string {
  return kb === null ? 'n/a' : `${(kb / 1024).toFixed(0)} MB`
}

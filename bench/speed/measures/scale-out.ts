// Three processes of the service on one PostgreSQL behind a proxy that takes turns, against one behind the same proxy.
import { cpus } from 'node:os'
import { type Fleet, seedFleet, startRollout } from '../fleet.ts'
import { load, type ServerLoad } from '../load/load.ts'
import type { Measure, Row } from '../measure.ts'
import type { Place } from '../place.ts'
import { interleaved, median, medianRatio } from '../rounds.ts'
import { processorSeconds } from '../servers/child-server.ts'
import { type Service, startService } from '../servers/service.ts'
import { tcpProxy } from '../servers/tcp-proxy.ts'
import { pollsOf, runsOf } from '../traffics.ts'
import { warmedUp } from '../warm-up.ts'

export const scaleOut: Measure = {
  name: 'scale-out',
  isLong: true,
  about: 'three processes of the service on one PostgreSQL behind a round-robin proxy, against one',
  async run(place) {
    const one = await cluster(place, 1)
    const three = await cluster(place, 3)
    const seen = { one: [] as string[], three: [] as string[] }
    const contender = (name: 'one' | 'three', what: 'runs' | 'polls') => async () => {
      const { told, words } = await under(name === 'one' ? one : three, place, what)
      seen[name].push(`${what}: ${words}`)
      return told.perSecond
    }
    const figures = await interleaved(place.rounds, {
      'one runs': contender('one', 'runs'),
      'three runs': contender('three', 'runs'),
      'one polls': contender('one', 'polls'),
      'three polls': contender('three', 'polls'),
    })
    const row = (what: 'runs' | 'polls'): Row => ({
      measure: `${what} of three processes against one`,
      ours: median(figures(`three ${what}`)),
      unit: `${what}/s`,
      peer: { name: 'one process', figure: median(figures(`one ${what}`)) },
      ratio: medianRatio(figures(`three ${what}`), figures(`one ${what}`)),
      note: `${cpus().length} cores for client, proxy, services and PostgreSQL. One process, ${last(seen.one, what)}. Three, ${last(seen.three, what)}`,
    })
    return [row('runs'), row('polls')]
  },
}

type Cluster = { url: string; services: Service[]; fleet: Fleet }

async function cluster(place: Place, count: number): Promise<Cluster> {
  const where = await place.database('postgres')
  const seeded = await seedFleet(where, 4_000)
  const services: Service[] = []
  for (let number = 0; number < count; number++) {
    const service = await startService(where)
    place.atEnd(service.stop)
    services.push(service)
  }
  const [first] = services
  if (first === undefined) throw new Error('expected one process at least')
  const proxy = await tcpProxy(services.map(({ url }) => Number(new URL(url).port)))
  place.atEnd(proxy.close)
  const fleet = await startRollout(first, seeded)
  const url = `http://127.0.0.1:${proxy.port}`
  await warmedUp(url, fleet, first.pid, count)
  return { url, services, fleet }
}

/** With what each process used, and how busy the machine was: where all its cores are, no process of ours is the limit. */
async function under(
  { url, services, fleet }: Cluster,
  { roundMs }: Place,
  what: 'runs' | 'polls',
): Promise<{ told: ServerLoad; words: string }> {
  const traffic = what === 'runs' ? runsOf(fleet) : pollsOf(fleet)
  const used = () => services.map(({ pid }) => processorSeconds(pid) ?? Number.NaN)
  const [before, busyBefore, from] = [used(), busySeconds(), performance.now()]
  const spec = { url, connections: 255, warmupMs: roundMs / 4, ms: roundMs, traffic }
  const told = await load(spec, services[0]?.pid ?? 0, what === 'runs' ? [200] : [200, 304])
  const seconds = (performance.now() - from) / 1000
  const cores = used().map((after, place) => ((after - (before[place] ?? 0)) / seconds).toFixed(2))
  const busy = (busySeconds() - busyBefore) / seconds / cpus().length
  return { told, words: `${cores.join(' + ')} core, the machine ${(100 * busy).toFixed(0)} % busy` }
}

function busySeconds(): number {
  const ms = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
  return ms / 1000
}

function last(words: string[], what: string): string {
  return words.findLast((each) => each.startsWith(what)) ?? 'nothing seen'
}

// Runs reported one by one, each committed before its answer: against an INSERT a request, and against no work at all.
import { commits } from '../commits.ts'
import { seedFleet, startRollout } from '../fleet.ts'
import { load } from '../load/load.ts'
import type { Measure } from '../measure.ts'
import { interleaved, median, medianRatio } from '../rounds.ts'
import { seenLoads } from '../seen.ts'
import { bareServer, insertServer } from '../servers/peers.ts'
import { startService } from '../servers/service.ts'
import { runsOf } from '../traffics.ts'

export const runs: Measure = {
  name: 'runs',
  about:
    'durable single-run POSTs a second, in a live rollout: one INSERT a request, a bare Fastify, bare commits',
  async run(place) {
    const where = await place.database('postgres')
    const peers = await place.database('postgres')
    if (!('url' in peers)) throw new Error('expected PostgreSQL for the peer')
    const seeded = await seedFleet(where, stations)
    const peerFleet = await seedFleet(peers, stations)
    const service = await startService(where)
    place.atEnd(service.stop)
    const fleet = await startRollout(service, seeded)
    const [insert, bare] = [await insertServer(peers.url), await bareServer()]
    place.atEnd(insert.stop)
    place.atEnd(bare.stop)
    const seen = seenLoads()
    const usual = { connections, warmupMs: place.roundMs / 4, ms: place.roundMs }
    const figures = await interleaved(place.rounds, {
      async ours() {
        const told = await load({ url: service.url, ...usual, traffic: runsOf(fleet) }, service.pid, [200])
        return seen.add('ours', told).perSecond
      },
      async insert() {
        const traffic = runsOf(peerFleet, { path: '/runs' })
        const told = await load({ url: insert.url, ...usual, traffic }, insert.pid, [200])
        return seen.add('insert', told).perSecond
      },
      async bare() {
        const traffic = runsOf(fleet, { path: '/runs' })
        const told = await load({ url: bare.url, ...usual, traffic }, bare.pid, [200])
        return seen.add('bare', told).perSecond
      },
      commits: () => commits.perSecond(peers.url, place.roundMs),
    })
    const own = { ours: median(figures('ours')), unit: 'runs/s' }
    const against = (peer: 'insert' | 'bare' | 'commits', name: string) => ({
      ...own,
      peer: { name, figure: median(figures(peer)) },
      ratio: medianRatio(figures('ours'), figures(peer)),
    })
    return [
      {
        measure: 'single-run POSTs against an INSERT a request',
        ...against('insert', 'INSERT + the same tallies, one transaction each'),
        goal: { at: 'least', figure: 5 },
        name: 'runs_vs_insert',
        note: `${seen.words('ours')}; ${seen.words('insert')}; ${connections} connections`,
      },
      {
        measure: 'single-run POSTs against a bare route',
        ...against('bare', 'bare Fastify'),
        goal: { at: 'least', figure: 0.5 },
        name: 'runs_vs_bare_post',
        note: seen.words('bare'),
      },
      {
        measure: 'single-run POSTs against commits of one row',
        ...against('commits', commits.by),
        note: commits.note,
      },
    ]
  },
}

const stations = 200
const connections = 256

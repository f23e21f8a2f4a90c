// Polls of the whole service, three of four answered 304: against a constant answer, and against Unleash.

import { seedFleet } from '../fleet.ts'
import { load } from '../load/load.ts'
import type { Traffic } from '../load/traffic.ts'
import type { Measure, Row } from '../measure.ts'
import type { Place } from '../place.ts'
import { interleaved, median, medianRatio } from '../rounds.ts'
import { type Seen, seenLoads } from '../seen.ts'
import type { ChildServer } from '../servers/child-server.ts'
import { bareServer } from '../servers/peers.ts'
import { startService } from '../servers/service.ts'
import { startUnleash, unleashVersion } from '../servers/unleash.ts'
import { pollsOf } from '../traffics.ts'
import { warmedUp } from '../warm-up.ts'

export const polls: Measure = {
  name: 'polls',
  about: 'polls a second: the full handler, a bare Fastify, Unleash',
  async run(place) {
    const where = await place.database('postgres')
    const fleet = await seedFleet(where, 5_000)
    const service = await startService(where)
    place.atEnd(service.stop)
    const bare = await bareServer()
    place.atEnd(bare.stop)
    const seen = seenLoads()
    const contender =
      (name: string, server: ChildServer, traffic: Traffic, expected: number[]) => async () => {
        const told = await load(
          {
            url: server.url,
            connections,
            warmupMs: place.roundMs / 4,
            ms: place.roundMs,
            traffic,
            awake: true,
          },
          server.pid,
          expected,
        )
        return seen.add(name, told).perSecond
      }
    const contenders = {
      ours: contender('ours', service, pollsOf(fleet), [200, 304]),
      bare: contender('bare', bare, barePolls, [200]),
      ...(place.quick ? {} : await unleashContenders(place, contender)),
    }
    // Every key is looked up, and every pin noted as served, once: a fleet that has just come back is another measure.
    await warmedUp(service.url, fleet, service.pid)
    const figures = await interleaved(place.rounds, contenders)
    return rows(figures, seen)
  },
}

const connections = 64

const barePolls: Traffic = {
  kind: 'gets',
  requests: [{ path: '/poll', headers: { authorization: 'Bearer fps_00000000000000000000000000000000' } }],
  taggedOfFour: 0,
}

type Contending = (
  name: string,
  server: ChildServer,
  traffic: Traffic,
  expected: number[],
) => () => Promise<number>

/** Its client interface as SDKs of servers poll it, and its frontend, which decides for one user as our answer does. */
async function unleashContenders(place: Place, contender: Contending) {
  place.say(`installing unleash-server ${unleashVersion}, unless it is there`)
  const unleash = await startUnleash(await place.emptyDatabase())
  place.atEnd(unleash.stop)
  const client = (taggedOfFour: number): Traffic => ({
    kind: 'gets',
    requests: [{ path: '/api/client/features', headers: { authorization: unleash.clientKey } }],
    taggedOfFour,
  })
  const frontend: Traffic = {
    kind: 'gets',
    requests: Array.from({ length: 1_000 }, (_, user) => ({
      path: `/api/frontend?userId=station-${user}`,
      headers: { authorization: unleash.frontendKey },
    })),
    taggedOfFour: 3,
  }
  return {
    unleash: contender('unleash', unleash, client(4), [200, 304]),
    frontend: contender('frontend', unleash, frontend, [200, 304]),
  }
}

type Figures = (name: 'ours' | 'bare' | 'unleash' | 'frontend') => number[]

function rows(figures: Figures, seen: Seen): Row[] {
  const ours = figures('ours')
  const against = (
    peer: 'bare' | 'unleash' | 'frontend',
    name: string,
  ): Pick<Row, 'peer' | 'ratio' | 'note'> => ({
    peer: { name, figure: median(figures(peer)) },
    ratio: medianRatio(ours, figures(peer)),
    note: `${seen.words('ours')}; ${seen.words(peer)}. A figure of polls counts from 0.9 core on`,
  })
  const own = { ours: median(ours), unit: 'polls/s' }
  return [
    {
      measure: 'polls against a constant answer',
      ...own,
      ...against('bare', 'bare Fastify'),
      goal: { at: 'least', figure: 0.75 },
      name: 'polls_vs_bare',
    },
    ...(figures('unleash').length === 0
      ? []
      : [
          {
            measure: 'polls against Unleash, client API, 304',
            ...own,
            ...against('unleash', `Unleash ${unleashVersion}`),
            goal: { at: 'least' as const, figure: 4 },
            name: 'polls_vs_unleash' as const,
          },
          {
            measure: 'polls against Unleash, frontend API',
            ...own,
            ...against('frontend', `Unleash ${unleashVersion}`),
            goal: { at: 'least' as const, figure: 5 },
          },
        ]),
  ]
}

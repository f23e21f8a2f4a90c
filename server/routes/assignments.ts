// What a station should run: answered from memory, or as soon as it changes.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { hasBeenTold, type KnownStation } from '../known-station.ts'
import type { PinWaiters, WaitEnd } from '../pin-waiters.ts'
import { spread } from '../spread.ts'
import type { StationPace } from '../station-pace.ts'
import type { StationSnapshot } from '../station-snapshot.ts'
import type { Authentication } from './authentication.ts'
import { demandsStation } from './demands.ts'
import { HttpNo } from './errors.ts'
import { tooOftenBody } from './too-often.ts'

type Deps = {
  authentication: Authentication
  stations: Pick<StationSnapshot, 'told' | 'isPresent'>
  waiters: PinWaiters
  pace: StationPace
  /** Hears the status of every answer. */
  polled: (status: number) => void
}

const longestWaitSeconds = 60

/** Milliseconds after which a station that does not wait may as well ask again, give or take a quarter. */
const usualPauseMs = 10_000
/** While the process stops, of those who waited so many a second come again: 10,000 within 20 s. */
const comeAgainASecond = 500

export function assignmentRoutes(app: FastifyInstance, deps: Deps): void {
  const { authentication, stations, waiters, pace, polled } = deps
  const spreadOver = spread()

  app.get(
    '/api/v1/stations/me/assignments',
    {
      onResponse: (_request, reply, done) => {
        polled(reply.statusCode)
        done()
      },
      // Described for /docs, and read by hand.
      validatorCompiler: () => () => true,
      schema: {
        tags: ['stations'],
        security: demandsStation(),
        summary: 'What this station should run',
        description:
          'The pins of all its procedures. Send the ETag back as If-None-Match for a 304; with wait the answer comes as soon as a pin changes, at the latest after that many seconds. X-Poll-After-Ms says after how many milliseconds to ask again; 429 and Retry-After, that it asks too often.',
        querystring: z.object({ wait: z.coerce.number().min(0).max(longestWaitSeconds).default(0) }),
      },
    },
    (request, reply) => {
      const waitMs = secondsToWait(request.query) * 1_000
      const station = authentication.station(request)
      // Without a promise where nothing is waited for, as at nearly every poll.
      if (waitMs > 0 || station instanceof Promise || !hasBeenTold(station))
        return answered(request, reply, station, waitMs)
      const early = pace.early(station.id)
      if (early > 0) tooOften(reply, early)
      else answer(reply, station, sameTag(request.headers['if-none-match'], station.tag), pause(0, 'over'))
    },
  )

  async function answered(
    request: FastifyRequest,
    reply: FastifyReply,
    asking: KnownStation | Promise<KnownStation>,
    waitMs: number,
  ): Promise<FastifyReply> {
    const until = performance.now() + waitMs
    const known = request.headers['if-none-match']
    let station = await asking
    const early = pace.early(station.id)
    if (early > 0) return tooOften(reply, early)
    for (let end: WaitEnd = 'changed'; ; ) {
      const isOld = !(await stations.told(station))
      if (!isOld && (end !== 'changed' || !sameTag(known, station.tag) || performance.now() >= until))
        return answer(reply, station, sameTag(known, station.tag), pause(waitMs, end))
      // Forgotten since it was read: then nothing would wake it.
      if (!isOld && stations.isPresent(station))
        end = await waiters.wait(station.id, until - performance.now(), reply.raw)
      // A key that was revoked while its poll waited is told nothing more.
      station = await authentication.station(request)
    }
  }

  function pause(waitMs: number, end: WaitEnd): number {
    if (end === 'stopping') return spreadOver(Math.max(1_000, (waiters.count() / comeAgainASecond) * 1_000))
    return waitMs > 0 ? 0 : usualPauseMs * 0.75 + spreadOver(usualPauseMs * 0.5)
  }

  function tooOften(reply: FastifyReply, early: number): FastifyReply {
    return reply
      .code(429)
      .header('retry-after', '1')
      .header('x-poll-after-ms', String(Math.ceil(early) + spreadOver(1_000)))
      .type('application/json')
      .send(tooOftenBody)
  }
}

function answer(
  reply: FastifyReply,
  { body, tag }: KnownStation,
  isKnown: boolean,
  pauseMs: number,
): FastifyReply {
  reply.header('etag', tag).header('x-poll-after-ms', String(pauseMs))
  return isKnown ? reply.code(304).send() : reply.type('application/json').send(body)
}

function secondsToWait(query: FastifyRequest['query']): number {
  const said = typeof query === 'object' && query !== null && 'wait' in query ? query.wait : 0
  const seconds = Number(said)
  if (seconds >= 0 && seconds <= longestWaitSeconds) return seconds
  const message = `expected a number of seconds from 0 to ${longestWaitSeconds}, got ${JSON.stringify(said)}`
  throw new HttpNo(422, 'invalid', `querystring.wait: ${message}`, {
    issues: [{ path: 'querystring.wait', message }],
  })
}

/** Weak comparison: the tag of any form, in any place of the list. */
function sameTag(header: string | undefined, tag: string): boolean {
  if (header === undefined || header === tag) return header === tag
  const bare = (text: string) => text.trim().replace(/^W\//, '')
  return header.split(',').some((each) => bare(each) === bare(tag) || each.trim() === '*')
}

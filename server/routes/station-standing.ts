// What keeps a station out of rollouts, over HTTP: a hold, an exclusion, an experiment of which it is part.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { experiments, rolloutsWith } from '../../db/experiments.ts'
import { changeStation, proceduresOf, type Station } from '../../db/registry.ts'
import { keyPrefixes } from '../../db/station-keys.ts'
import { recordStation, type StationAct } from '../../db/station-record.ts'
import { lockProcedure } from '../../db/store-runs.ts'
import type { Actor } from '../domain/actor.ts'
import { type ProcedureId, type StationId, stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { excludedNow, heldNow } from '../domain/takes-part.ts'
import { readTime } from '../domain/time-text.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { HttpNo } from './errors.ts'
import { theStation } from './lookup.ts'
import { stationJson } from './station-json.ts'
import { words } from './words.ts'

type Deps = {
  database: Database
  authentication: Authentication
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}
/** An act that changes nothing is not recorded. */
type Act = { change: Partial<Station>; type: StationAct; why: string | null; body?: Record<string, unknown> }

export function stationStandingRoutes(
  app: FastifyInstance,
  { database, authentication, now, changed }: Deps,
): void {
  const { db } = database
  const tags = ['registry']
  const oneStation = z.object({ id: stationId })
  const reason = words(500).trim().min(1, 'expected a reason')
  const aside = z.strictObject({
    reason,
    until: z
      .string()
      .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
      .nullish()
      .describe('From then on it counts as none, by itself. Without: until somebody ends it.'),
  })

  async function act(id: StationId, by: Actor, made: Act | null, tx: Db): Promise<void> {
    if (!made) return
    await changeStation(tx, id, made.change)
    const { type, why, body = {} } = made
    await recordStation(tx, { stationId: id, type, body, by, why, at: new Date(now()) })
  }

  async function answer(id: StationId) {
    for (const procedure of await proceduresOf(db, id)) changed(procedure)
    return stationJson(await theStation(database, id), (await keyPrefixes(db, [id])).get(id) ?? null, now())
  }

  function end(until: string | null | undefined): Date | null {
    const at = until ? (readTime(until)?.at ?? null) : null
    if (at !== null && at <= now())
      throw new HttpNo(422, 'invalid', `until: expected a moment after ${new Date(now()).toISOString()}`, {
        issues: [{ path: 'body.until', message: 'expected a moment in the future' }],
      })
    return at === null ? null : new Date(at)
  }

  /** `set` and `ended` of a kind of standing, by PUT and DELETE. */
  function routes(
    name: 'hold' | 'exclusion',
    summaries: { set: string; end: string; description: string },
    set: (reason: string, until: Date | null) => Act,
    ended: (station: Station) => Act | null,
  ): void {
    const path = `/api/v1/stations/:id/${name}`
    app.put(
      path,
      {
        schema: {
          tags,
          security: demands('configure'),
          summary: summaries.set,
          description: summaries.description,
          params: oneStation,
          body: aside,
        },
      },
      async (request) => {
        const by = authentication.caller(request)
        const { id } = await theStation(database, oneStation.parse(request.params).id)
        const { reason, until } = aside.parse(request.body)
        const made = set(reason, end(until))
        await db.transaction((tx) => act(id, by, made, tx))
        return answer(id)
      },
    )
    app.delete(
      path,
      { schema: { tags, security: demands('configure'), summary: summaries.end, params: oneStation } },
      async (request) => {
        const by = authentication.caller(request)
        const station = await theStation(database, oneStation.parse(request.params).id)
        await db.transaction((tx) => act(station.id, by, ended(station), tx))
        return answer(station.id)
      },
    )
  }

  routes(
    'hold',
    {
      set: 'Hold a station: no rollout takes it',
      end: 'Give a held station back to rollouts',
      description:
        'It stays on what it runs. In a live rollout it is passed over while it waits for its stage, and comes back when the hold is over; one that has the build stays on it.',
    },
    (why, heldUntil) => ({
      change: { heldReason: why, heldUntil },
      type: 'held',
      why,
      body: { until: heldUntil?.toISOString() ?? null },
    }),
    (station) => {
      const isOver = heldNow(station, now()) === null
      const change = { heldReason: null, heldUntil: null }
      return isOver ? null : { change, type: 'given back', why: null }
    },
  )
  routes(
    'exclusion',
    {
      set: 'Exclude a station: it leaves live rollouts too',
      end: 'Take an excluded station back in',
      description:
        'It goes back on base at once and counts in neither arm from then on. An abort still waits until it has shown that it is back. Without an end, with its keys revoked, it is retired.',
    },
    (why, excludedUntil) => ({
      change: { excludedReason: why, excludedUntil },
      type: 'excluded',
      why,
      body: { until: excludedUntil?.toISOString() ?? null },
    }),
    (station) => {
      const isOver = excludedNow(station, now()) === null
      const change = { excludedReason: null, excludedUntil: null }
      return isOver ? null : { change, type: 'taken back in', why: null }
    },
  )

  const joining = z.strictObject({ experiment: words(100).trim().min(1, 'expected a name'), reason })
  app.put(
    '/api/v1/stations/:id/experiment',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Put a station into an experiment',
        description:
          'It belongs to that alone: no rollout takes it, and shares are of the other stations. Refused while it is in a live rollout, or in another experiment.',
        params: oneStation,
        body: joining,
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      const { experiment, reason } = joining.parse(request.body)
      await db.transaction(async (tx) => {
        // A start waits for the same locks: it finds the station in the experiment, or the experiment finds it.
        for (const procedure of await proceduresOf(tx, id)) await lockProcedure(tx, procedure)
        const station = await theStation({ ...database, db: tx }, id)
        if (station.experiment?.toLowerCase() === experiment.toLowerCase()) return
        if (station.experiment !== null)
          throw new HttpNo(
            409,
            'not_now',
            `${station.name} is in the experiment ${station.experiment}: end that first.`,
          )
        const [live] = await rolloutsWith(tx, id)
        if (live)
          throw new HttpNo(
            409,
            'not_now',
            `${station.name} is in the live rollout of ${live.procedure} ${live.version} (${live.status}): exclude it from that first, or wait for its end.`,
          )
        const body = { experiment }
        await act(id, by, { change: { experiment }, type: 'put into an experiment', why: reason, body }, tx)
      })
      return answer(id)
    },
  )

  const takeOut = ({ experiment }: Pick<Station, 'experiment'>): Act | null =>
    experiment === null
      ? null
      : { change: { experiment: null }, type: 'taken out of an experiment', why: null, body: { experiment } }
  app.delete(
    '/api/v1/stations/:id/experiment',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Take a station out of its experiment',
        description: 'A live rollout takes it in at its next stage.',
        params: oneStation,
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const station = await theStation(database, oneStation.parse(request.params).id)
      await db.transaction((tx) => act(station.id, by, takeOut(station), tx))
      return answer(station.id)
    },
  )

  app.get(
    '/api/v1/experiments',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Experiments, with the stations that belong to each alone',
      },
    },
    async (request) => {
      authentication.caller(request)
      return { data: await experiments(db) }
    },
  )
  const oneExperiment = z.object({ experiment: z.string().min(1).max(100) })
  app.delete(
    '/api/v1/experiments/:experiment',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'End an experiment: all its stations are given back',
        params: oneExperiment,
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { experiment } = oneExperiment.parse(request.params)
      const found = (await experiments(db)).find(
        (each) => each.experiment.toLowerCase() === experiment.toLowerCase(),
      )
      if (!found)
        throw new HttpNo(
          404,
          'not_found',
          `There is no experiment "${experiment}". GET /api/v1/experiments lists them.`,
        )
      await db.transaction(async (tx) => {
        for (const { id } of found.stations) await act(id, by, takeOut(found), tx)
      })
      for (const { id } of found.stations) await answer(id)
      return found
    },
  )
}

// Procedures that keep TofuPilot for their runs and stations: linked to it here, and how far things have come there.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { recordProcedureEvent } from '../../db/registry.ts'
import { lockProcedure } from '../../db/store-runs.ts'
import {
  addTofupilotLink,
  dropTofupilotLink,
  foreignBuilds,
  nameForeignBuild,
  type TofupilotLink,
  tofupilotLink,
} from '../../db/tofupilot-links.ts'
import { forgetDeliveries, type PinOnItsWay, pinsOnTheirWay, sendAgain } from '../../db/tofupilot-pins.ts'
import type { Deliveries } from '../apply-command.ts'
import type { TofupilotClient } from '../backends/tofupilot/client.ts'
import { failureOf } from '../backends/tofupilot/failure.ts'
import { deploymentId, procedureId, stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { isSettled } from '../domain/tofupilot/pin-delivery.ts'
import { alreadyLive, liveRollout } from '../live-rollout.ts'
import { unheardOf } from '../tofupilot-standing.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody } from './errors.ts'
import { theDeployment, theProcedure } from './lookup.ts'
import { words } from './words.ts'

type Deps = {
  database: Database
  authentication: Authentication
  deliveries: Deliveries
  now: () => Instant
  /** Null: TOFUPILOT_URL is not set. */
  tofupilot: Pick<TofupilotClient, 'procedure'> | null
}

const moment = z.string().nullable()
const standingAnswer = z.object({
  tofupilot_id: z.string(),
  linked_at: z.string(),
  read_at: moment,
  read_through: moment.describe('Runs that TofuPilot had stored by then, by its clock, are known here.'),
  not_heard: z.string().nullable().describe('Why nothing is known of its stations now; null: all is well.'),
  failing_since: moment,
  error: z.string().nullable(),
  runs_passed_over: z.int(),
  stations: z.array(
    z.object({
      id: stationId,
      name: z.string(),
      tofupilot_id: z.string().nullable(),
      wanted: z.object({
        deployment_id: deploymentId,
        version: z.string(),
        tofupilot_id: z.string().nullable(),
        since: z.string(),
      }),
      taken: z
        .object({ deployment_id: deploymentId, at: moment })
        .nullable()
        .describe('What TofuPilot has taken; null: it has not answered yet.'),
      waits: z.boolean(),
      error: z.string().nullable(),
      tries: z.int(),
      found: z
        .object({ sha: z.string(), since: moment, at: moment })
        .nullable()
        .describe('What TofuPilot gives the station; null: it does not say.'),
    }),
  ),
})
const noes = { 404: errorBody, 409: errorBody, 422: errorBody, 503: errorBody }

const foreignId = words(200).min(1, 'expected the id that TofuPilot has for it')
const linkBody = z.strictObject({ tofupilot_id: foreignId })
const oneProcedure = z.object({ id: procedureId })

export function tofupilotBackendRoutes(app: FastifyInstance, deps: Deps): void {
  const { database, authentication, deliveries, now, tofupilot } = deps
  const { db } = database
  const tags = ['TofuPilot behind it']

  app.put(
    '/api/v1/procedures/:id/tofupilot',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Keep TofuPilot for the runs and stations of a procedure',
        description:
          'From then on its stations, builds and runs are read from TofuPilot, and what stations are asked to run is pinned there. TofuPilot is asked whether it has the procedure.',
        params: oneProcedure,
        body: linkBody,
        response: { 200: standingAnswer, ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { tofupilot_id } = linkBody.parse(request.body)
      const { id, name } = await theProcedure(database, oneProcedure.parse(request.params).id)
      await expectThere(tofupilot_id)
      const at = new Date(now())
      await db.transaction(async (tx: Db) => {
        await expectNoneLive(tx, id)
        const present = await tofupilotLink(tx, id)
        if (present?.foreignId === tofupilot_id) return
        if (present)
          throw new HttpNo(
            409,
            'taken',
            `${name} is linked to ${present.foreignId} of TofuPilot. Unlink it first.`,
          )
        const link = { procedureId: id, foreignId: tofupilot_id, linkedAt: at, linkedBy: by }
        if (!(await addTofupilotLink(tx, link)))
          throw new HttpNo(
            409,
            'taken',
            `Another procedure is linked to ${tofupilot_id} of TofuPilot already.`,
          )
        const body = { foreignId: tofupilot_id, by }
        await recordProcedureEvent(tx, { procedureId: id, type: 'TofupilotLinked', body, at })
        await deliveries.send(tx, { kind: 'tofupilot reading', procedureId: id })
      })
      return standing(id)
    },
  )

  app.get(
    '/api/v1/procedures/:id/tofupilot',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'How far its pins have come in TofuPilot, and what is read from there',
        params: oneProcedure,
        response: { 200: standingAnswer, ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      return standing((await theProcedure(database, oneProcedure.parse(request.params).id)).id)
    },
  )

  app.delete(
    '/api/v1/procedures/:id/tofupilot',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Leave TofuPilot: its stations have to ask this service from then on',
        params: oneProcedure,
        response: { 204: z.null(), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = await theProcedure(database, oneProcedure.parse(request.params).id)
      await db.transaction(async (tx: Db) => {
        await expectNoneLive(tx, id)
        const present = await tofupilotLink(tx, id)
        if (present === null) return
        await dropTofupilotLink(tx, id)
        await forgetDeliveries(tx, id)
        const body = { foreignId: present.foreignId, by }
        await recordProcedureEvent(tx, {
          procedureId: id,
          type: 'TofupilotUnlinked',
          body,
          at: new Date(now()),
        })
      })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/v1/procedures/:id/tofupilot/pins',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Send the pins of all its stations to TofuPilot once more',
        description: 'For stations that were given another build there: by hand, or by automatic pushes.',
        params: oneProcedure,
        response: { 200: standingAnswer, ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = await theProcedure(database, oneProcedure.parse(request.params).id)
      const at = now()
      await db.transaction(async (tx: Db) => {
        await linked(tx, id)
        const stations = (await pinsOnTheirWay(tx, id, at)).map(({ stationId }) => stationId)
        await sendAgain(tx, id, stations, at)
        await recordProcedureEvent(tx, {
          procedureId: id,
          type: 'TofupilotPinsSent',
          body: { stations, by },
          at: new Date(at),
        })
        await deliveries.send(tx, { kind: 'tofupilot pins', procedureId: id, isUrgent: true })
      })
      return standing(id)
    },
  )

  const oneBuild = z.object({ id: deploymentId })
  app.put(
    '/api/v1/deployments/:id/tofupilot',
    {
      schema: {
        tags,
        security: demands('deploy'),
        summary: 'Name the deployment that a build is in TofuPilot',
        description: 'Needed only where TofuPilot does not list its deployments.',
        params: oneBuild,
        body: linkBody,
        response: { 204: z.null(), ...noes },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const { tofupilot_id } = linkBody.parse(request.body)
      const build = await theDeployment(database, oneBuild.parse(request.params).id)
      const named = { deploymentId: build.id, procedureId: build.procedureId, foreignId: tofupilot_id }
      const isNamed = await db.transaction((tx: Db) => nameForeignBuild(tx, named))
      const present = (await foreignBuilds(db, build.procedureId)).get(build.id)
      if (!isNamed && present !== tofupilot_id)
        throw new HttpNo(
          409,
          'taken',
          present === undefined
            ? `${tofupilot_id} of TofuPilot is another build here.`
            : `${build.version} is ${present} in TofuPilot.`,
        )
      return reply.code(204).send(null)
    },
  )

  async function expectThere(id: string): Promise<void> {
    if (tofupilot === null)
      throw new HttpNo(
        409,
        'not_now',
        'TOFUPILOT_URL and TOFUPILOT_TOKEN are not set: expected both, to ask TofuPilot for this procedure. Set them and start the service again.',
      )
    try {
      await tofupilot.procedure(id)
    } catch (error) {
      const failure = failureOf(error)
      const why = `TofuPilot was asked for the procedure ${id} and answered ${failure.message}.`
      if (failure.kind === 'refused')
        throw new HttpNo(422, 'invalid', `${why} Give the id that it has there.`)
      throw new HttpNo(503, 'unavailable', `${why} Try again when it answers.`)
    }
  }

  /** Its arms would be counted from two places. */
  async function expectNoneLive(tx: Db, id: z.infer<typeof procedureId>): Promise<void> {
    await lockProcedure(tx, id)
    const live = await liveRollout(tx, id)
    if (!live) return
    const procedure = await theProcedure({ db: tx }, id)
    throw new HttpNo(409, 'not_now', refusalBody(alreadyLive(procedure, live)).message)
  }

  async function linked(tx: Db, id: z.infer<typeof procedureId>): Promise<TofupilotLink> {
    const found = await tofupilotLink(tx, id)
    if (found) return found
    throw new HttpNo(404, 'not_found', 'The procedure is not linked to TofuPilot: PUT its tofupilot_id here.')
  }

  async function standing(id: z.infer<typeof procedureId>) {
    const link = await linked(db, id)
    const pins = await pinsOnTheirWay(db, id, now())
    return {
      tofupilot_id: link.foreignId,
      linked_at: link.linkedAt.toISOString(),
      read_at: link.readAt?.toISOString() ?? null,
      read_through: link.readThrough?.toISOString() ?? null,
      not_heard: (await unheardOf(db, id, now()))?.why ?? null,
      failing_since: link.failingSince?.toISOString() ?? null,
      error: link.error,
      runs_passed_over: link.passedOver,
      stations: pins.map(stationJson),
    }
  }
}

function stationJson(pin: PinOnItsWay): z.infer<typeof standingAnswer>['stations'][number] {
  const { stationId: id, name, wanted, version, taken, error, tries, foundSha: sha } = pin
  return {
    id,
    name,
    tofupilot_id: pin.foreignStation,
    wanted: { deployment_id: wanted, version, tofupilot_id: pin.foreignBuild, since: iso(pin.since) },
    taken: taken === null ? null : { deployment_id: taken, at: isoOrNull(pin.takenAt) },
    waits: !isSettled(pin),
    error,
    tries,
    found: sha === null ? null : { sha, since: isoOrNull(pin.foundSince), at: isoOrNull(pin.foundAt) },
  }
}

const iso = (at: Instant) => new Date(at).toISOString()
const isoOrNull = (at: Instant | null) => (at === null ? null : iso(at))

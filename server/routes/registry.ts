// The registry over HTTP: procedures, deployments, stations and their links.
import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { pinStations, unpinStation } from '../../db/pins.ts'
import {
  activateDeployment,
  addDeployment,
  addProcedure,
  addStation,
  allProcedures,
  allStations,
  changeProcedure,
  changeStation,
  type Deployment,
  deploymentById,
  deploymentsOf,
  linkStation,
  type Procedure,
  pinnedDeployment,
  procedureById,
  procedureByName,
  recordProcedureEvent,
  type Station,
  stationById,
  stationByName,
  stationsOf,
  unlinkStation,
} from '../../db/registry.ts'
import { lockProcedure } from '../../db/store-runs.ts'
import { deploymentId, type ProcedureId, procedureId, type StationId, stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { type Authentication, hashKey } from './authentication.ts'
import { HttpNo } from './errors.ts'

type Deps = {
  database: Database
  authentication: Authentication
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const name = z.string().trim().min(1, 'expected a name').max(200, 'expected at most 200 characters')
const noNul = (text: string) => !text.includes('\u0000')
const words = (most: number) =>
  z.string().max(most).refine(noNul, 'expected text without the character U+0000')

const procedureBody = z.strictObject({
  name: name.refine(noNul),
  zone: z
    .string()
    .refine(
      (zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC',
      'expected a time zone such as Europe/Paris',
    )
    .optional(),
  time_limit_seconds: z.int().min(1).max(604_800).optional(),
  soak_minutes: z.number().min(0).max(129_600).nullish(),
  slack_channel: words(100).nullish(),
})
const procedureChange = procedureBody.partial().extend({ auto_push: z.boolean().optional() })
const deploymentBody = z.strictObject({
  procedure_id: procedureId,
  version: name.refine(noNul),
  commit: z.strictObject({
    sha: z.string().regex(/^[0-9a-fA-F]{7,64}$/, 'expected a commit sha of 7 to 64 hexadecimal digits'),
    message: words(10_000),
    branch: words(300).nullish(),
    author: words(300),
  }),
  environment: z.enum(['production', 'preview', 'development']).default('production'),
  status: z.enum(['pending', 'building', 'ready', 'failed']).default('ready'),
  artifact_url: z.url().nullish(),
  artifact_sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits')
    .nullish(),
  labels: z.array(words(100)).max(50).default([]),
})
const stationBody = z.strictObject({
  name: name.refine(noNul),
  site: words(100).default(''),
  line: words(100).default(''),
  tags: z.array(words(100)).max(50).default([]),
  procedure_ids: z.array(procedureId).max(200).default([]),
})
const stationChange = z.strictObject({
  site: words(100).optional(),
  line: words(100).optional(),
  tags: z.array(words(100)).max(50).optional(),
  /** Null gives it back to rollouts. */
  held_reason: words(500).nullish(),
})

export function registryRoutes(app: FastifyInstance, { database, authentication, now, changed }: Deps): void {
  const { db } = database
  const transaction = <T>(work: (tx: Db) => Promise<T>) => db.transaction((tx) => work(tx))
  const tags = ['registry']

  app.post(
    '/api/v1/procedures',
    { schema: { tags, summary: 'Add a procedure', body: procedureBody } },
    async (request, reply) => {
      authentication.admin(request)
      const body = procedureBody.parse(request.body)
      const id = procedureId.parse(randomUUID())
      const added = await addProcedure(db, {
        id,
        name: body.name,
        ...settingsOf(body),
        createdAt: new Date(now()),
      })
      if (added) return reply.code(201).send(procedureJson(added))
      const present = await procedureByName(db, body.name)
      throw new HttpNo(409, 'taken', `There is already a procedure "${body.name}".`, { id: present?.id })
    },
  )

  app.get('/api/v1/procedures', { schema: { tags, summary: 'All procedures' } }, async (request) => {
    authentication.admin(request)
    return { data: (await allProcedures(db)).map(procedureJson) }
  })

  const oneProcedure = z.object({ id: procedureId })
  app.get(
    '/api/v1/procedures/:id',
    { schema: { tags, summary: 'One procedure', params: oneProcedure } },
    async (request) => {
      authentication.admin(request)
      return procedureJson(await theProcedure(oneProcedure.parse(request.params).id))
    },
  )

  app.patch(
    '/api/v1/procedures/:id',
    { schema: { tags, summary: 'Change a procedure', params: oneProcedure, body: procedureChange } },
    async (request) => {
      authentication.admin(request)
      const { auto_push, name: newName, ...rest } = procedureChange.parse(request.body)
      const { id } = await theProcedure(oneProcedure.parse(request.params).id)
      const holder = newName === undefined ? null : await procedureByName(db, newName)
      if (holder && holder.id !== id)
        throw new HttpNo(409, 'taken', `There is already a procedure "${newName}".`, { id: holder.id })
      const change = {
        ...settingsOf(rest),
        ...(newName === undefined ? {} : { name: newName }),
        ...(auto_push === undefined ? {} : { autoPush: auto_push }),
      }
      const procedure =
        Object.keys(change).length === 0 ? await theProcedure(id) : await changeProcedure(db, id, change)
      return procedure && procedureJson(procedure)
    },
  )

  app.get(
    '/api/v1/procedures/:id/deployments',
    { schema: { tags, summary: 'Builds of a procedure, newest first', params: oneProcedure } },
    async (request) => {
      authentication.admin(request)
      const { id } = await theProcedure(oneProcedure.parse(request.params).id)
      return { data: (await deploymentsOf(db, id)).map(deploymentJson) }
    },
  )

  const activation = z.strictObject({
    deployment_id: deploymentId,
    reason: words(1000).refine((text) => text.trim() !== '', 'expected a reason'),
  })
  app.put(
    '/api/v1/procedures/:id/active-deployment',
    {
      schema: {
        tags,
        summary: 'Name the build that already runs',
        description:
          'The first active build of a procedure, pinned to all its stations without a rollout. Later ones come by rollout or rollback.',
        params: oneProcedure,
        body: activation,
      },
    },
    async (request) => {
      const by = authentication.admin(request)
      const { deployment_id, reason } = activation.parse(request.body)
      const procedure = await theProcedure(oneProcedure.parse(request.params).id)
      const deployment = await deploymentById(db, deployment_id)
      if (deployment?.procedureId !== procedure.id)
        throw new HttpNo(404, 'not_found', `${procedure.name} has no deployment ${deployment_id}.`)
      if (deployment.status !== 'ready')
        throw new HttpNo(
          422,
          'invalid',
          `${deployment.version} is ${deployment.status}: expected a build that is ready.`,
        )
      return transaction(async (tx) => {
        await lockProcedure(tx, procedure.id)
        const present = await procedureById(tx, procedure.id)
        if (present?.activeDeploymentId === deployment_id) return procedureJson(present)
        if (present?.activeDeploymentId)
          throw new HttpNo(
            409,
            'not_now',
            `${procedure.name} already has an active build. Start a rollout, or roll back.`,
          )
        const at = now()
        const stations = (await stationsOf(tx, procedure.id)).map((station) => station.id)
        await pinStations(tx, {
          procedureId: procedure.id,
          stations,
          deploymentId: deployment_id,
          rolloutId: null,
          now: at,
        })
        await activateDeployment(tx, procedure.id, deployment_id, new Date(at))
        await recordProcedureEvent(tx, {
          procedureId: procedure.id,
          type: 'Activated',
          body: { deploymentId: deployment_id, why: reason, by },
          at: new Date(at),
        })
        const after = await procedureById(tx, procedure.id)
        return after && procedureJson(after)
      })
    },
  )

  app.post(
    '/api/v1/deployments',
    { schema: { tags, summary: 'Register a build', body: deploymentBody } },
    async (request, reply) => {
      authentication.admin(request)
      const body = deploymentBody.parse(request.body)
      const procedure = await theProcedure(body.procedure_id)
      const added = await addDeployment(db, {
        id: deploymentId.parse(randomUUID()),
        procedureId: procedure.id,
        version: body.version,
        commitSha: body.commit.sha.toLowerCase(),
        commitMessage: body.commit.message,
        commitBranch: body.commit.branch ?? null,
        commitAuthor: body.commit.author,
        environment: body.environment,
        status: body.status,
        artifactUrl: body.artifact_url ?? null,
        artifactSha256: body.artifact_sha256?.toLowerCase() ?? null,
        labels: body.labels,
        createdAt: new Date(now()),
      })
      if (added) return reply.code(201).send(deploymentJson(added))
      const present = (await deploymentsOf(db, procedure.id)).find(
        (each) => each.version.toLowerCase() === body.version.toLowerCase(),
      )
      throw new HttpNo(409, 'taken', `${procedure.name} already has a build "${body.version}".`, {
        id: present?.id,
      })
    },
  )

  app.get('/api/v1/stations', { schema: { tags, summary: 'All stations' } }, async (request) => {
    authentication.admin(request)
    return { data: (await allStations(db)).map(stationJson) }
  })

  app.post(
    '/api/v1/stations',
    {
      schema: {
        tags,
        summary: 'Register a station',
        description: 'Answers with its key, once: it is kept as a hash only.',
        body: stationBody,
      },
    },
    async (request, reply) => {
      authentication.admin(request)
      const { procedure_ids, ...body } = stationBody.parse(request.body)
      for (const id of procedure_ids) await theProcedure(id)
      const key = `fps_${randomBytes(24).toString('base64url')}`
      const added = await transaction(async (tx) => {
        const station = await addStation(tx, {
          id: stationId.parse(randomUUID()),
          ...body,
          keyHash: hashKey(key),
          keyPrefix: key.slice(0, 8),
          createdAt: new Date(now()),
        })
        if (station) for (const id of procedure_ids) await link(tx, id, station.id)
        return station
      })
      if (!added)
        throw new HttpNo(409, 'taken', `There is already a station "${body.name}".`, {
          id: (await stationByName(db, body.name))?.id,
        })
      for (const id of procedure_ids) changed(id)
      return reply.code(201).send({ ...stationJson(added), key })
    },
  )

  const oneStation = z.object({ id: stationId })
  app.patch(
    '/api/v1/stations/:id',
    {
      schema: {
        tags,
        summary: 'Change a station, or hold it out of rollouts',
        params: oneStation,
        body: stationChange,
      },
    },
    async (request) => {
      authentication.admin(request)
      const { held_reason, ...rest } = stationChange.parse(request.body)
      const { id } = await theStation(oneStation.parse(request.params).id)
      const given = Object.entries(rest).filter(([, value]) => value !== undefined)
      const change: Partial<Station> = {
        ...Object.fromEntries(given),
        ...(held_reason === undefined ? {} : { heldReason: held_reason }),
      }
      const station =
        Object.keys(change).length === 0 ? await theStation(id) : await changeStation(db, id, change)
      return station && stationJson(station)
    },
  )

  const linkOf = z.object({ id: procedureId, stationId })
  app.post(
    '/api/v1/procedures/:id/stations/:stationId',
    {
      schema: { tags, summary: 'Let a station run a procedure', params: linkOf, response: { 204: z.null() } },
    },
    async (request, reply) => {
      authentication.admin(request)
      const ids = linkOf.parse(request.params)
      await theProcedure(ids.id)
      await theStation(ids.stationId)
      await transaction((tx) => link(tx, ids.id, ids.stationId))
      changed(ids.id)
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/api/v1/procedures/:id/stations/:stationId',
    {
      schema: {
        tags,
        summary: 'Take a procedure off a station',
        params: linkOf,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      authentication.admin(request)
      const ids = linkOf.parse(request.params)
      await theProcedure(ids.id)
      await theStation(ids.stationId)
      await transaction(async (tx) => {
        await unlinkStation(tx, ids.id, ids.stationId)
        await unpinStation(tx, ids.id, ids.stationId, now())
      })
      changed(ids.id)
      return reply.code(204).send(null)
    },
  )

  /** A station that joins runs the active build; a live rollout takes it in at its next stage. */
  async function link(tx: Db, procedure: ProcedureId, station: StationId): Promise<void> {
    await linkStation(tx, procedure, station, new Date(now()))
    const active = (await procedureById(tx, procedure))?.activeDeploymentId
    if (active && (await pinnedDeployment(tx, procedure, station)) === null)
      await pinStations(tx, {
        procedureId: procedure,
        stations: [station],
        deploymentId: active,
        rolloutId: null,
        now: now(),
      })
  }

  async function theProcedure(id: ProcedureId): Promise<Procedure> {
    const found = await procedureById(db, id)
    if (!found)
      throw new HttpNo(404, 'not_found', `There is no procedure ${id}. GET /api/v1/procedures lists them.`)
    return found
  }

  async function theStation(id: StationId): Promise<Station> {
    const found = await stationById(db, id)
    if (!found)
      throw new HttpNo(404, 'not_found', `There is no station ${id}. GET /api/v1/stations lists them.`)
    return found
  }
}

function settingsOf(
  body:
    | Omit<z.infer<typeof procedureBody>, 'name'>
    | Omit<z.infer<typeof procedureChange>, 'name' | 'auto_push'>,
) {
  return {
    ...(body.zone === undefined ? {} : { zone: body.zone }),
    ...(body.time_limit_seconds === undefined ? {} : { timeLimitSeconds: body.time_limit_seconds }),
    ...(body.soak_minutes === undefined ? {} : { soakMinutes: body.soak_minutes }),
    ...(body.slack_channel === undefined ? {} : { slackChannel: body.slack_channel }),
  }
}

function procedureJson(procedure: Procedure) {
  return {
    id: procedure.id,
    name: procedure.name,
    zone: procedure.zone,
    time_limit_seconds: procedure.timeLimitSeconds,
    soak_minutes: procedure.soakMinutes,
    slack_channel: procedure.slackChannel,
    active_deployment_id: procedure.activeDeploymentId,
    former_deployment_id: procedure.formerDeploymentId,
    auto_push: procedure.autoPush,
    created_at: procedure.createdAt.toISOString(),
  }
}

function deploymentJson(deployment: Deployment) {
  return {
    id: deployment.id,
    procedure_id: deployment.procedureId,
    version: deployment.version,
    commit: {
      sha: deployment.commitSha,
      message: deployment.commitMessage,
      branch: deployment.commitBranch,
      author: deployment.commitAuthor,
    },
    environment: deployment.environment,
    status: deployment.status,
    artifact_url: deployment.artifactUrl,
    artifact_sha256: deployment.artifactSha256,
    labels: deployment.labels,
    created_at: deployment.createdAt.toISOString(),
    completed_at: deployment.completedAt?.toISOString() ?? null,
  }
}

function stationJson(station: Station) {
  return {
    id: station.id,
    name: station.name,
    site: station.site,
    line: station.line,
    tags: station.tags,
    key_prefix: station.keyPrefix,
    held_reason: station.heldReason,
    busy: station.busy,
    last_seen_at: station.lastSeenAt?.toISOString() ?? null,
    created_at: station.createdAt.toISOString(),
  }
}

// Procedures over HTTP.

import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import {
  activateDeployment,
  addProcedure,
  allProcedures,
  changeProcedure,
  deploymentById,
  procedureById,
  procedureByIdentifier,
  procedureByName,
  recordProcedureEvent,
  stationsOf,
} from '../../db/registry.ts'
import type { Repository } from '../../db/schema/procedures.ts'
import { lockProcedure } from '../../db/store-runs.ts'
import type { Deliveries } from '../apply-command.ts'
import { askStations } from '../ask-stations.ts'
import { changeAttemptSettings } from '../attempt-settings.ts'
import { attemptRule } from '../domain/attempt-rule.ts'
import { deploymentId, type ProcedureId, procedureId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { switchPushes } from '../push-switch.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { theProcedure } from './lookup.ts'
import { procedureAnswer, procedureJson } from './procedure-json.ts'
import { repository } from './repository-body.ts'
import { name, words } from './words.ts'

type Deps = {
  database: Database
  authentication: Authentication
  deliveries: Deliveries
  now: () => Instant
}

const procedureBody = z.strictObject({
  name: name,
  zone: z
    .string()
    .refine(
      (zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC',
      'expected a time zone such as Europe/Paris',
    )
    .optional(),
  attempt_rule: attemptRule
    .optional()
    .describe(
      'Which runs are first attempts: the first of a unit ever (the default), or the first of each day in the zone of the procedure. A change counts all its runs anew.',
    ),
  time_limit_seconds: z.int().min(1).max(604_800).optional(),
  soak_minutes: z.number().min(0).max(129_600).nullish(),
  slack_channel: words(100).nullish(),
  slack_team: z
    .string()
    .regex(/^T[A-Z0-9]+$/, 'expected the id of a Slack workspace such as T0123ABCD')
    .nullish()
    .describe('The workspace that slack_channel is in; null: the one the app was set up with.'),
  identifier: name.nullish().describe('A short name that people write, such as FCT.'),
  repository: repository
    .nullish()
    .describe('Where its builds come from: webhooks of another repository are none of its business.'),
  production_branch: words(300).min(1, 'expected the name of a branch').optional(),
  revert_limit_minutes: z
    .number()
    .gt(0)
    .max(129_600)
    .optional()
    .describe('Minutes within which every station is to be back after an abort or a rollback.'),
  auto_push: z
    .boolean()
    .optional()
    .describe('A production build that becomes ready starts its rollout by itself.'),
})

const procedureChange = procedureBody.partial()

/** A name or an identifier that is taken already is of the procedure `id`. */
const taken = errorBody.extend({ id: procedureId.optional() })
const noes = { 404: errorBody, 409: taken, 422: errorBody }

export function procedureRoutes(
  app: FastifyInstance,
  { database, authentication, deliveries, now }: Deps,
): void {
  const { db } = database
  const transaction = <T>(work: (tx: Db) => Promise<T>) => db.transaction((tx) => work(tx))
  const tags = ['registry']

  /** What people write must mean one procedure. */
  async function expectFree(identifier: string | null | undefined, own: ProcedureId | null): Promise<void> {
    const holder = identifier ? await procedureByIdentifier(db, identifier) : null
    if (holder === null || holder.id === own) return
    const why = `"${identifier}" is the identifier of ${holder.name} already. Choose another one.`
    throw new HttpNo(409, 'taken', why, { id: holder.id })
  }

  app.post(
    '/api/v1/procedures',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Add a procedure',
        body: procedureBody,
        response: { 201: procedureAnswer, ...noes },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const body = procedureBody.parse(request.body)
      expectChannel(body.slack_team ?? null, body.slack_channel ?? null)
      await expectFree(body.identifier, null)
      const id = procedureId.parse(randomUUID())
      const added = await addProcedure(db, {
        id,
        name: body.name,
        ...settingsOf(body),
        autoPush: body.auto_push ?? false,
        createdAt: new Date(now()),
      })
      if (added) return reply.code(201).send(procedureJson(added))
      const present = await procedureByName(db, body.name)
      throw new HttpNo(409, 'taken', `There is already a procedure "${body.name}".`, { id: present?.id })
    },
  )

  app.get(
    '/api/v1/procedures',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'All procedures',
        response: { 200: z.object({ data: z.array(procedureAnswer) }) },
      },
    },
    async (request) => {
      authentication.caller(request)
      return { data: (await allProcedures(db)).map(procedureJson) }
    },
  )

  const oneProcedure = z.object({ id: procedureId })
  app.get(
    '/api/v1/procedures/:id',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'One procedure',
        params: oneProcedure,
        response: { 200: procedureAnswer, 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      return procedureJson(await theProcedure(database, oneProcedure.parse(request.params).id))
    },
  )

  app.patch(
    '/api/v1/procedures/:id',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Change a procedure',
        params: oneProcedure,
        body: procedureChange,
        response: { 200: procedureAnswer, ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { auto_push, name: newName, zone, attempt_rule, ...rest } = procedureChange.parse(request.body)
      const present = await theProcedure(database, oneProcedure.parse(request.params).id)
      const { id } = present
      const holder = newName === undefined ? null : await procedureByName(db, newName)
      if (holder && holder.id !== id)
        throw new HttpNo(409, 'taken', `There is already a procedure "${newName}".`, { id: holder.id })
      await expectFree(rest.identifier, id)
      const change = { ...settingsOf(rest), ...(newName === undefined ? {} : { name: newName }) }
      const { slackTeam, slackChannel } = { ...present, ...change }
      expectChannel(slackTeam ?? null, slackChannel ?? null)
      return transaction(async (tx) => {
        await lockProcedure(tx, id)
        const locked = (await procedureById(tx, id)) ?? present
        const attempts = { attemptRule: attempt_rule ?? locked.attemptRule, zone: zone ?? locked.zone }
        const refused = await changeAttemptSettings(
          tx,
          locked,
          attempts,
          by,
          now(),
          saying(request.log, locked.id),
        )
        if (refused) throw new HttpNo(409, 'not_now', `${refused.why}. ${refused.next}`)
        if (auto_push !== undefined) await switchPushes(tx, locked, auto_push, by, now())
        if (Object.keys(change).length > 0) await changeProcedure(tx, id, change)
        return procedureJson((await procedureById(tx, id)) ?? locked)
      })
    },
  )

  app.post(
    '/api/v1/procedures/:id/rebuild-tallies',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Count a procedure anew from its stored runs',
        description:
          'First attempts and all tallies: the same numbers as before, unless something had gone wrong. Its stations wait meanwhile with their runs.',
        params: oneProcedure,
        response: {
          200: z.object({ runs: z.int(), first_attempts: z.int(), rollouts: z.int() }),
        },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = await theProcedure(database, oneProcedure.parse(request.params).id)
      return transaction(async (tx) => {
        const rebuilt = await rebuildTallies(tx, id, saying(request.log, id))
        const body = { rebuilt, by }
        await recordProcedureEvent(tx, {
          procedureId: id,
          type: 'TalliesRebuilt',
          body,
          at: new Date(now()),
        })
        return { runs: rebuilt.runs, first_attempts: rebuilt.firstAttempts, rollouts: rebuilt.rollouts }
      })
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
        security: demands('rollout'),
        summary: 'Name the build that already runs',
        description:
          'The first active build of a procedure, pinned to all its stations without a rollout. Later ones come by rollout or rollback.',
        params: oneProcedure,
        body: activation,
        response: { 200: procedureAnswer, ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { deployment_id, reason } = activation.parse(request.body)
      const procedure = await theProcedure(database, oneProcedure.parse(request.params).id)
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
        const pin = { procedureId: procedure.id, stations, deploymentId: deployment_id }
        await askStations(tx, { ...pin, rolloutId: null, now: at }, deliveries)
        await activateDeployment(tx, procedure.id, deployment_id, new Date(at))
        await recordProcedureEvent(tx, {
          procedureId: procedure.id,
          type: 'Activated',
          body: { deploymentId: deployment_id, why: reason, by },
          at: new Date(at),
        })
        return procedureJson((await procedureById(tx, procedure.id)) ?? procedure)
      })
    },
  )
}

function settingsOf(
  body:
    | Omit<z.infer<typeof procedureBody>, 'name' | 'auto_push'>
    | Omit<z.infer<typeof procedureChange>, 'name' | 'auto_push' | 'zone' | 'attempt_rule'>,
) {
  return {
    ...('zone' in body && body.zone !== undefined ? { zone: body.zone } : {}),
    ...('attempt_rule' in body && body.attempt_rule !== undefined ? { attemptRule: body.attempt_rule } : {}),
    ...(body.identifier === undefined ? {} : { identifier: body.identifier }),
    ...(body.repository === undefined ? {} : { repository: repositoryOf(body.repository) }),
    ...(body.production_branch === undefined ? {} : { productionBranch: body.production_branch }),
    ...(body.revert_limit_minutes === undefined ? {} : { revertLimitMinutes: body.revert_limit_minutes }),
    ...(body.time_limit_seconds === undefined ? {} : { timeLimitSeconds: body.time_limit_seconds }),
    ...(body.soak_minutes === undefined ? {} : { soakMinutes: body.soak_minutes }),
    ...(body.slack_channel === undefined ? {} : { slackChannel: body.slack_channel }),
    // A procedure without a channel is in no workspace.
    ...(body.slack_channel === null && body.slack_team === undefined ? { slackTeam: null } : {}),
    ...(body.slack_team === undefined ? {} : { slackTeam: body.slack_team }),
  }
}

function repositoryOf(body: z.infer<typeof repository> | null): Repository | null {
  if (body === null) return null
  const { gitlab_project_id: gitlabProjectId, ...rest } = body
  return { ...rest, gitlabProjectId }
}

function expectChannel(team: string | null, channel: string | null): void {
  if (team === null || channel !== null) return
  throw new HttpNo(
    422,
    'invalid',
    `body.slack_team: expected slack_channel too, the channel in ${team} that cards go to, got none. Give both, or neither.`,
  )
}

/** Years of runs take minutes: the log says how far it is. */
function saying(log: FastifyBaseLogger, procedure: ProcedureId) {
  return (step: string, ms: number) => log.info({ procedure, step, ms }, 'counting a procedure anew')
}

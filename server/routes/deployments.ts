// Builds over HTTP: register, look at, change, promote.

import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { abortsOf } from '../../db/build-facts.ts'
import type { Database } from '../../db/client.ts'
import { deploymentById, deploymentsOf } from '../../db/registry.ts'
import type { Builds, Changed } from '../builds.ts'
import { buildEnvironment, buildStatus } from '../domain/build-status.ts'
import { declaredChanges, definitionInput } from '../domain/definition/declared.ts'
import { deploymentId, procedureId } from '../domain/ids.ts'
import { isTooDeep, tooDeep } from '../domain/nesting.ts'
import { isRefusal, type Refusal } from '../domain/rollout/commands.ts'
import { webAddress } from '../domain/web-address.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { changedAnswer, deploymentAnswer, listedAnswer, recordAnswer } from './build-answers.ts'
import { abortJson, deploymentJson, pushJson, recordJson } from './build-json.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { theDeployment, theProcedure } from './lookup.ts'
import { name, words } from './words.ts'

type Deps = { database: Database; authentication: Authentication; builds: Builds; service: Service }

const reason = words(2000).refine((text) => text.trim() !== '', 'expected a reason')
const artifact = {
  artifact_url: webAddress.nullish(),
  artifact_sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits')
    .nullish(),
  artifact_metadata: z
    .record(z.string().min(1).max(100), z.unknown())
    .refine((held) => !isTooDeep(held), { error: tooDeep, abort: true })
    .refine((held) => JSON.stringify(held).length <= 20_000, 'expected at most 20,000 characters of JSON')
    .optional()
    .describe('What else the build says of it: size, digest of the image, number of the build.'),
}
const declared = {
  expectation: words(300)
    .nullish()
    .describe('What its author expects of it, in words; it stands on the cards of its rollouts.'),
  expected_yield_change: z
    .number()
    .gt(-1)
    .lt(1)
    .nullish()
    .describe('By how much it is expected to change the yield: -0.008 is 0.8 points less.'),
}
const labels = z.array(words(100)).max(50)

const deploymentBody = z.strictObject({
  procedure_id: procedureId,
  version: name,
  commit: z.strictObject({
    sha: z.string().regex(/^[0-9a-fA-F]{7,64}$/, 'expected a commit sha of 7 to 64 hexadecimal digits'),
    message: words(10_000),
    branch: words(300).nullish(),
    author: words(300),
  }),
  environment: buildEnvironment.default('production'),
  status: buildStatus.default('ready'),
  reason: reason.optional().describe('Why it is at this status: why its build failed.'),
  ...artifact,
  labels: labels.default([]),
  ...declared,
  definition: definitionInput.optional().describe('Its phases, measurements and limits, whole.'),
  declared_changes: declaredChanges
    .optional()
    .describe('Changes of limits that are meant, such as "power_rails / rail_3v3" or "power_rails / *".'),
})
const deploymentChange = z.strictObject({
  status: buildStatus.optional(),
  reason: reason.optional().describe('Why; needed with the status failed.'),
  ...artifact,
  labels: labels.optional(),
  ...declared,
})

/** A build that is taken already is named in `id`. */
const taken = errorBody.extend({ id: deploymentId.optional() })
const noes = { 404: errorBody, 409: taken, 422: errorBody }

export function deploymentRoutes(
  app: FastifyInstance,
  { database, authentication, builds, service }: Deps,
): void {
  const tags = ['registry']

  app.post(
    '/api/v1/deployments',
    {
      schema: {
        tags,
        security: demands('deploy'),
        summary: 'Register a build',
        description:
          'The same version with the same commit and artifact again is answered with 200 and what is there. A production build that is ready gets a card, and starts its rollout where the procedure has automatic pushes on.',
        body: deploymentBody,
        response: { 200: changedAnswer, 201: changedAnswer, ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const body = deploymentBody.parse(request.body)
      const procedure = await theProcedure(database, body.procedure_id)
      const { commit } = body
      const registered = await builds.register(
        {
          procedureId: procedure.id,
          version: body.version,
          commitSha: commit.sha.toLowerCase(),
          commitMessage: commit.message,
          commitBranch: commit.branch ?? null,
          commitAuthor: commit.author,
          environment: body.environment,
          status: body.status,
          artifactUrl: body.artifact_url ?? null,
          artifactSha256: body.artifact_sha256?.toLowerCase() ?? null,
          artifactMetadata: body.artifact_metadata ?? {},
          labels: body.labels,
          expectation: body.expectation ?? null,
          expectedYieldChange: body.expected_yield_change ?? null,
          source: by.door === 'command line' ? 'command line' : 'api',
        },
        body.reason ?? null,
        by,
        { definition: body.definition, changes: body.declared_changes },
      )
      if (isRefusal(registered)) {
        const { message } = refusalBody(registered)
        throw new HttpNo(409, 'taken', message, { id: registered.id })
      }
      return reply.code(registered.isNew ? 201 : 200).send(changedJson(registered))
    },
  )

  const ofProcedure = z.object({ id: procedureId })
  const label = words(100)
  const filter = z.object({
    environment: buildEnvironment.optional(),
    status: buildStatus.optional(),
    label: z
      .union([label, z.array(label)])
      .optional()
      .describe('Repeated: builds that have all of them.'),
  })
  app.get(
    '/api/v1/procedures/:id/deployments',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Builds of a procedure, newest first',
        params: ofProcedure,
        querystring: filter,
        response: { 200: z.object({ data: z.array(listedAnswer) }), 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = await theProcedure(database, ofProcedure.parse(request.params).id)
      const asked = filter.parse(request.query)
      const found = await deploymentsOf(database.db, id)
      const aborts = new Map((await abortsOf(database.db, id)).map((each) => [each.deploymentId, each]))
      return {
        data: found
          .filter(
            (each) =>
              (asked.environment ?? each.environment) === each.environment &&
              (asked.status ?? each.status) === each.status &&
              [asked.label ?? []].flat().every((text) => each.labels.includes(text)),
          )
          .map((each) => ({ ...deploymentJson(each), aborted: abortJson(aborts.get(each.id) ?? null) })),
      }
    },
  )

  const one = z.object({ id: deploymentId })
  app.get(
    '/api/v1/deployments/:id',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'One build: its rollouts, its runs by outcome, and where it is now',
        params: one,
        response: { 200: deploymentAnswer.extend(recordAnswer.shape), 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const deployment = await deploymentById(database.db, id)
      const record = await service.buildRecord(id)
      if (!deployment || !record) return theDeployment(database, id)
      return { ...deploymentJson(deployment), ...recordJson(record) }
    },
  )

  app.patch(
    '/api/v1/deployments/:id',
    {
      schema: {
        tags,
        security: demands('deploy'),
        summary: 'Change a build: how far it has come, its artifact, what is expected of it',
        description:
          'An artifact that stations may have pulled changes no more. A build goes from pending to building, then ready or failed; one that failed may be built again; one that is ready may be set to failed until it is rolled out.',
        params: one,
        body: deploymentChange,
        response: { 200: changedAnswer, ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = one.parse(request.params)
      const body = deploymentChange.parse(request.body)
      await theDeployment(database, id)
      const sha256 = body.artifact_sha256
      const change = {
        status: body.status,
        artifactUrl: body.artifact_url,
        artifactSha256: sha256 ? sha256.toLowerCase() : sha256,
        artifactMetadata: body.artifact_metadata,
        labels: body.labels,
        expectation: body.expectation,
        expectedYieldChange: body.expected_yield_change,
      }
      return answer(reply, await builds.change(id, change, body.reason ?? null, by))
    },
  )

  const promotion = z.strictObject({ reason })
  app.post(
    '/api/v1/deployments/:id/promote',
    {
      schema: {
        tags,
        security: demands('deploy'),
        summary: 'Make a production build of a preview or development build',
        params: one,
        body: promotion,
        response: { 200: changedAnswer, ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = one.parse(request.params)
      const body = promotion.parse(request.body)
      await theDeployment(database, id)
      return answer(reply, await builds.promote(id, body.reason, by))
    },
  )
}

function changedJson({ build, push }: Changed) {
  return { ...deploymentJson(build), auto_push: pushJson(push) }
}

function answer(reply: FastifyReply, changed: Changed | Refusal) {
  return isRefusal(changed)
    ? reply.code(refusalStatus[changed.refused]).send(refusalBody(changed))
    : changedJson(changed)
}

// What builds test and to which limits, over HTTP: declared, compared, and changes accepted.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { changesView } from '../domain/definition/changes-view.ts'
import { declaredChanges, definitionInput } from '../domain/definition/declared.ts'
import { deploymentId } from '../domain/ids.ts'
import { isRefusal, type Refusal } from '../domain/rollout/commands.ts'
import { deploymentSummary } from '../domain/rollout-view.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

const declareBody = z
  .strictObject({
    definition: definitionInput.optional().describe('Whole: what it does not list is not tested.'),
    declared_changes: declaredChanges
      .optional()
      .describe('Names of changes that are meant, whatever they are.'),
  })
  .refine(({ definition, declared_changes }) => definition !== undefined || declared_changes !== undefined, {
    message: 'expected a definition, declared_changes, or both',
  })
const acceptBody = z.strictObject({
  changes: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(2_000)
    .optional()
    .describe('Ids of changes, as the diff names them; absent: every one that holds.'),
  reason: z.string().trim().min(1, 'expected a reason').max(2_000),
  against: deploymentId.optional().describe('The other build; the base of its live rollout when absent.'),
})
const known = deploymentSummary.extend({ runs: z.int(), passes: z.int(), isDeclared: z.boolean() })
const diffJson = z.object({
  build: snakeCaseSchema(known),
  against: snakeCaseSchema(known),
  changes: snakeCaseSchema(changesView)
    .nullable()
    .describe('Null: nothing is changed, or one is not known yet.'),
})
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }

type Deps = {
  service: Pick<Service, 'diff' | 'acceptChanges' | 'declareDefinition'>
  authentication: Authentication
}

export function definitionRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  const tags = ['registry']
  const one = z.object({ id: deploymentId })

  app.put(
    '/api/v1/deployments/:id/definition',
    {
      schema: {
        tags,
        security: demands('deploy'),
        summary:
          'Declare what a build tests: its phases, measurements and limits, or which changes are meant',
        description:
          'What is left out stays as it was declared before. A declared change of limits holds no rollout; runs that are not what was declared do.',
        params: one,
        body: declareBody,
        response: { 200: z.object({ did: z.string() }), ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = one.parse(request.params)
      const { definition, declared_changes: changes } = declareBody.parse(request.body)
      return unlessRefused(await service.declareDefinition(id, { definition, changes }, by))
    },
  )

  const diffQuery = z.object({ against: deploymentId.optional() })
  app.get(
    '/api/v1/deployments/:id/diff',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What a build changes of phases, measurements and limits',
        description:
          'Against the base of its live rollout, else what runs now, else what ran before it; or against the build that is named. What nobody declared comes first.',
        params: one,
        querystring: diffQuery,
        response: { 200: diffJson, ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const { build, against, shown } = unlessRefused(
        await service.diff(id, diffQuery.parse(request.query).against),
      )
      return snakeCase({ build, against, changes: shown })
    },
  )

  app.post(
    '/api/v1/deployments/:id/accept-changes',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Accept changes of limits that nobody declared',
        description:
          'Covers these very changes: a further one holds again. It is kept with the build and told in its live rollout.',
        params: one,
        body: acceptBody,
        response: { 200: z.object({ did: z.string(), accepted: z.array(z.string()) }), ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = one.parse(request.params)
      const { changes, reason, against = null } = acceptBody.parse(request.body)
      return unlessRefused(
        await service.acceptChanges(id, { ids: changes ?? null, why: reason, against }, by),
      )
    },
  )
}

function unlessRefused<Result extends object>(result: Result | Refusal): Result {
  if (!isRefusal(result)) return result
  const { code, message } = refusalBody(result)
  throw new HttpNo(refusalStatus[result.refused], code, message)
}

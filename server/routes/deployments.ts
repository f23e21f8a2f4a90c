// Builds over HTTP.
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { addDeployment, type Deployment, deploymentsOf } from '../../db/registry.ts'
import type { Deliveries } from '../apply-command.ts'
import { deploymentId, procedureId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import type { Authentication } from './authentication.ts'
import { HttpNo } from './errors.ts'
import { theProcedure } from './lookup.ts'
import { name, words } from './words.ts'

type Deps = {
  database: Database
  authentication: Authentication
  deliveries: Deliveries
  now: () => Instant
}

const deploymentBody = z.strictObject({
  procedure_id: procedureId,
  version: name,
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

export function deploymentRoutes(
  app: FastifyInstance,
  { database, authentication, deliveries, now }: Deps,
): void {
  const { db } = database
  const tags = ['registry']

  app.post(
    '/api/v1/deployments',
    { schema: { tags, summary: 'Register a build', body: deploymentBody } },
    async (request, reply) => {
      authentication.admin(request)
      const body = deploymentBody.parse(request.body)
      const procedure = await theProcedure(database, body.procedure_id)
      const registered = {
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
      }
      const added = await db.transaction(async (tx) => {
        const build = await addDeployment(tx, registered)
        if (build && canBeStarted(build))
          await deliveries.send(tx, { kind: 'build', procedureId: build.procedureId, deploymentId: build.id })
        return build
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
}

/** It is told where its procedure is discussed. */
function canBeStarted({ environment, status }: Deployment): boolean {
  return environment === 'production' && status === 'ready'
}

export function deploymentJson(deployment: Deployment) {
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

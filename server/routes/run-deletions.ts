// Which runs are kept, and the deletion of old ones.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { runPartitions } from '../../db/run-partitions.ts'
import { leastKeptDays } from '../config.ts'
import { day, type Instant } from '../domain/instant.ts'
import { deleteRuns } from '../run-retention.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { words } from './words.ts'

type Deps = { database: Database; authentication: Authentication; now: () => Instant }

const part = z.object({ name: z.string(), from: z.string().nullable(), to: z.string() })
const body = z.strictObject({
  before: z.iso
    .datetime({ offset: true })
    .describe('Runs that started earlier are deleted, in whole partitions.'),
  reason: words(1000).refine((text) => text.trim() !== '', 'expected a reason'),
})

export function runDeletionRoutes(app: FastifyInstance, { database, authentication, now }: Deps): void {
  const tags = ['operation']

  app.get(
    '/api/v1/run-partitions',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Since when runs are kept, and in which parts they can be deleted',
        response: { 200: z.object({ kept_since: z.string().nullable(), partitions: z.array(part) }) },
      },
    },
    async () => {
      const partitions = await runPartitions(database.db)
      return { kept_since: time(partitions[0]?.from ?? null), partitions: partitions.map(partOf) }
    },
  )

  app.post(
    '/api/v1/run-deletions',
    {
      schema: {
        tags,
        security: demands('admin'),
        summary: 'Delete the runs of long ago',
        description:
          'Whole partitions that end by then, for good. Tallies, verdicts, events and first attempts stay. Runs that a live rollout or a watch counts are kept, and kept_for names it.',
        body,
        response: {
          200: z.object({
            deleted: z.array(part),
            kept_for: z.object({ rollout_id: z.uuid(), started_at: z.string() }).nullable(),
          }),
          422: errorBody,
        },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { before, reason } = body.parse(request.body)
      const latest = now() - leastKeptDays * day
      if (Date.parse(before) > latest)
        throw new HttpNo(
          422,
          'invalid',
          `Expected a time of at least ${leastKeptDays} days ago, got ${before}: a start looks back on what stations did before. Ask for ${new Date(latest).toISOString()} or earlier.`,
        )
      const { deleted, keptFor } = await deleteRuns(database.db, {
        before: Date.parse(before),
        by,
        why: reason,
        now: now(),
      })
      return {
        deleted: deleted.map(partOf),
        kept_for: keptFor && {
          rollout_id: keptFor.id,
          started_at: new Date(keptFor.startedAt).toISOString(),
        },
      }
    },
  )
}

function partOf({ name, from, to }: { name: string; from: Instant | null; to: Instant }) {
  return { name, from: time(from), to: new Date(to).toISOString() }
}

function time(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

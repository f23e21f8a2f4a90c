// Whether this process is fit for its work, part by part, each with a word; and which parts it cannot do without.
import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { schemaVersion } from '../db/schema-version.ts'
import { inTime } from './too-late.ts'
import { whyOf } from './why-of.ts'

export type Part = { ok: boolean; detail: string }
export type SlackState = { state: 'connecting' | 'connected' | 'refused' | 'disabled'; reason: string | null }
export type Ready = {
  ready: boolean
  database: Part
  schema: Part
  jobs: Part
  announcements: Part
  slack: Part
}

type Deps = {
  database: Pick<Database, 'db' | 'people' | 'ingest' | 'engine' | 'durable'>
  schema: ReturnType<typeof schemaVersion>
  /** Whether all of this process has been started. */
  hasStarted: () => boolean
  /** Null: without Slack and TofuPilot there are none. */
  jobs: (() => boolean) | null
  /** Resolves when an announcement of the database has come back to this process. */
  heard: () => Promise<void>
  slack: () => SlackState
}

/** Whoever asks gives up after some seconds, and then knows less than that the database is slow. */
const patienceMs = 2_000

export function readiness({ database, schema, hasStarted, jobs, heard, slack }: Deps): () => Promise<Ready> {
  const part = (asked: Promise<Part>): Promise<Part> =>
    inTime(asked, patienceMs).catch((error: unknown) => ({
      ok: false,
      detail: whyOf(error),
    }))

  /** Over the connections of everybody: a process that can store no run is not ready, whoever else is still answered. */
  async function answers(): Promise<Part> {
    const pools = [database.db, database.people, database.ingest]
    await Promise.all(pools.map((each) => each.execute(sql`select 1`)))
    return { ok: true, detail: nameOf(database) }
  }

  async function migrated(): Promise<Part> {
    if (await schema.isThere(database.db)) return { ok: true, detail: `has ${schema.newest}` }
    return { ok: false, detail: `is of before ${schema.newest}: a start of this version migrates it` }
  }

  return async () => {
    const [answering, schemaPart, announcements] = await Promise.all([
      part(answers()),
      part(migrated()),
      part(heard().then(() => ({ ok: true, detail: 'heard' }))),
    ])
    const { state, reason } = slack()
    const jobsPart = jobsWord(jobs)
    return {
      // A token that Slack refuses is mended by a person: until then stations and pages are served all the same. What is not
      // announced is found by asking, some seconds later.
      ready: hasStarted() && answering.ok && schemaPart.ok && jobsPart.ok && state !== 'connecting',
      database: answering,
      schema: schemaPart,
      jobs: jobsPart,
      announcements,
      slack: {
        ok: state === 'connected' || state === 'disabled',
        detail: reason === null ? state : `${state}: ${reason}`,
      },
    }
  }
}

function jobsWord(jobs: Deps['jobs']): Part {
  if (jobs === null) return { ok: true, detail: 'none: nothing waits for them without Slack and TofuPilot' }
  return jobs()
    ? { ok: true, detail: 'running' }
    : { ok: false, detail: 'not running: they start, or have stopped' }
}

function nameOf({ engine, durable }: Pick<Database, 'engine' | 'durable'>): string {
  return engine.kind === 'pglite' ? `embedded, ${durable ? 'durable' : 'not durable'} commits` : 'PostgreSQL'
}

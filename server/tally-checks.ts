// Every hour the tallies of a closed hour are held against its stored runs: they are what every verdict rests on.
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../db/client.ts'
import { hourDrift } from '../db/hour-drift.ts'
import { allProcedures } from '../db/registry.ts'
import { hour, type Instant } from './domain/instant.ts'

/** Hours ago: the one that has just closed, and the same of yesterday, into which late runs may have come since. */
const looksBack = [1, 25]

type Deps = { database: Database; now: () => Instant; log: FastifyBaseLogger }

export function tallyChecks({ database, now, log }: Deps, { everyMs = hour } = {}) {
  const stopping = new AbortController()
  let underWay: Promise<void> = Promise.resolve()

  /** One procedure and one hour after the other, so that it never has more than one connection. */
  async function check(): Promise<void> {
    for (const { id, name } of await allProcedures(database.db))
      for (const ago of looksBack) {
        if (stopping.signal.aborted) return
        const at = Math.floor(now() / hour) * hour - ago * hour
        const drift = await hourDrift(database.db, id, at)
        if (drift.length === 0) continue
        log.error(
          { procedure: id, hour: new Date(at).toISOString(), places: drift.length, first: drift[0] },
          `the tallies of ${name} differ from its stored runs. Count it anew: POST /api/v1/procedures/${id}/rebuild-tallies`,
        )
      }
  }

  const clock = setInterval(() => {
    underWay = check().catch((error: unknown) => log.error({ err: error }, 'tallies could not be checked'))
  }, everyMs)
  clock.unref()
  return {
    check,
    async stop(): Promise<void> {
      stopping.abort()
      clearInterval(clock)
      await underWay
    },
  }
}

// Sees to it that runs of the next days have their partition: at the start, and then every hour.
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../db/client.ts'
import { makeRunPartitions } from '../db/run-partitions.ts'
import { hour, type Instant } from './domain/instant.ts'

type Deps = { database: Database; now: () => Instant; log: FastifyBaseLogger }

/** What fails is tried again an hour later: there are ten days for it, and after them runs lie in the partition of all others. */
export function partitionsAhead({ database, now, log }: Deps): { stop(): Promise<void> } {
  let underWay = look()
  async function look(): Promise<void> {
    try {
      for (const made of await makeRunPartitions(database.db, now()))
        log.info({ partition: made.name }, 'a partition of runs was made')
    } catch (error) {
      log.warn({ err: error }, 'a partition of runs could not be made now; it is tried again in an hour')
    }
  }
  const clock = setInterval(() => {
    underWay = look()
  }, hour)
  clock.unref()
  return {
    async stop() {
      clearInterval(clock)
      await underWay
    },
  }
}

// Jobs: deliveries to Slack, queued in the transaction of the decision and repeated until they are done.
import { type SQL, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { fromDrizzle, fromPglite, PgBoss } from 'pg-boss'
import { nilId } from '../db/add-tallies.ts'
import { type Database, type Db, rows } from '../db/client.ts'
import type { PgliteThread } from '../db/pglite-thread.ts'
import type { Deliveries } from './apply-command.ts'
import type { Delivery, DeliveryResult } from './service.ts'

const cardQueue = 'slack-card'
const threadQueue = 'slack-thread'

/** How often the signs of life are looked at. */
const watch = { superviseIntervalSeconds: 5, monitorIntervalSeconds: 5 }

/** NOTIFY tells of jobs that can run at once only; one that waits for its moment is found by asking. */
const everySecond = {
  pollingIntervalSeconds: 1,
  notifyPollingIntervalSeconds: 1,
  batchSize: 1,
  burstWhenBatchFull: true,
}

export type Jobs = {
  deliveries: Deliveries
  /** Begins delivering. */
  work(deliver: (job: Delivery) => Promise<DeliveryResult>): Promise<void>
  waiting(): Promise<number>
  stop(): Promise<void>
}

/** Deliveries that go nowhere: without Slack nothing is queued, and nothing piles up. */
export const noDeliveries: Deliveries = { card: async () => {}, thread: async () => {} }

/** Repeats for weeks with growing gaps up to five minutes: Slack away for a day loses nothing. */
const untilDone = {
  retryLimit: 10_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 120,
  // A process that was killed in mid-delivery shows no sign of life: another one takes its job after this.
  heartbeatSeconds: 10,
  retentionSeconds: 60 * 86_400,
}

export async function startJobs(database: Database, log: FastifyBaseLogger): Promise<Jobs> {
  const boss =
    database.engine.kind === 'postgres'
      ? new PgBoss({ connectionString: database.engine.url, max: 3, useListenNotify: true, ...watch })
      : new PgBoss({
          db: fromPglite(pgliteLike(database.engine.thread)),
          backend: 'pglite',
          useListenNotify: true,
          ...watch,
        })
  boss.on('error', (error) => log.error({ err: error }, 'jobs: the queue had an error'))
  await boss.start()
  // One job waiting and one under way for each card: a burst of changes is one redraw.
  await boss.createQueue(cardQueue, { policy: 'stately', notify: true, ...untilDone })
  await boss.createQueue(threadQueue, { notify: true, ...untilDone })
  // Asking for any job makes pg-boss keep what it knows of the queue. Else the first send would look it up, on another
  // connection than its transaction: the embedded database has one, and would wait for itself for ever.
  for (const queue of [cardQueue, threadQueue]) await boss.getJobById(queue, nilId)

  const send = (tx: Db, queue: string, job: Delivery, key: string, startAfter = 0) =>
    boss.send(queue, job, {
      db: fromDrizzle({ execute: (query) => rows(tx, query as SQL) }, sql),
      singletonKey: key,
      startAfter,
    })

  return {
    deliveries: {
      async card(tx, state, stageIndex) {
        await send(
          tx,
          cardQueue,
          { kind: 'card', rolloutId: state.id, stageIndex },
          `${state.id}/${stageIndex}`,
        )
      },
      async thread(tx, state, sequence) {
        await send(
          tx,
          threadQueue,
          { kind: 'thread', rolloutId: state.id, sequence },
          `${state.id}/${sequence}`,
        )
      },
    },
    async work(deliver) {
      for (const queue of [cardQueue, threadQueue])
        await boss.work<Delivery>(queue, everySecond, async ([job]) => {
          if (!job) return
          const result = await deliver(job.data)
          if (result.delivered) return
          log.info(
            { delivery: job.data, waitSeconds: result.waitSeconds, why: result.why },
            'a delivery to Slack waits',
          )
          const key =
            job.data.kind === 'card'
              ? `${job.data.rolloutId}/${job.data.stageIndex}`
              : `${job.data.rolloutId}/${job.data.sequence}`
          await send(database.db, queue, job.data, key, Math.max(1, Math.ceil(result.waitSeconds)))
        })
    },
    async waiting() {
      const queues = await Promise.all([cardQueue, threadQueue].map((queue) => boss.getQueueStats(queue)))
      return queues.flat().reduce((sum, queue) => sum + queue.queuedCount, 0)
    },
    stop: () => boss.stop({ graceful: true, timeout: 5_000 }),
  }
}

function pgliteLike(thread: PgliteThread): Parameters<typeof fromPglite>[0] {
  return {
    query: async <Row>(text: string, values?: unknown[]) => ({
      rows: (await thread.query(text, values)).rows as Row[],
    }),
    exec: thread.exec,
    listen: thread.listen,
  }
}

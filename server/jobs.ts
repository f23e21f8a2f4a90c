// Jobs: deliveries to Slack and work with TofuPilot, queued in the transaction of the decision, repeated until they are done.
import { type SQL, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { fromDrizzle, fromPglite, PgBoss } from 'pg-boss'
import { nilId } from '../db/add-tallies.ts'
import { type Database, type Db, rows } from '../db/client.ts'
import type { PgliteThread } from '../db/pglite-thread.ts'
import type { Deliveries } from './apply-command.ts'
import type { Delivery, DeliveryResult, Job, TofupilotJob } from './service.ts'
import { nobodyLooks, type Observer } from './telemetry/observer.ts'

/** `stately`: one job waiting and one under way for each key, so that a burst of changes is one redraw. */
const queues: { [Kind in Job['kind']]: { name: string; policy?: 'stately' } } = {
  card: { name: 'slack-card', policy: 'stately' },
  thread: { name: 'slack-thread' },
  build: { name: 'slack-build' },
  direct: { name: 'slack-direct' },
  digest: { name: 'slack-digest', policy: 'stately' },
  home: { name: 'slack-home', policy: 'stately' },
  alarms: { name: 'slack-alarms', policy: 'stately' },
  rollback: { name: 'slack-rollback', policy: 'stately' },
  containment: { name: 'slack-containment', policy: 'stately' },
  event: { name: 'slack-event' },
  'tofupilot pins': { name: 'tofupilot-pins', policy: 'stately' },
  'tofupilot reading': { name: 'tofupilot-reading', policy: 'stately' },
}

/** Who is there to work: what is nobody's is not queued, and nothing piles up. */
export type Workers = { slack: boolean; tofupilot: boolean }

/** Of what led to it, where somebody traces. */
type Traced = { traceparent?: string }

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
  /** Begins delivering to Slack. */
  work(deliver: (job: Delivery) => Promise<DeliveryResult>): Promise<void>
  /** Begins what is to be done with TofuPilot. */
  workWithTofupilot(carryOut: (job: TofupilotJob) => Promise<DeliveryResult>): Promise<void>
  waiting(): Promise<number>
  /** Whether all that is queued is worked on by this process. */
  isWorking(): boolean
  stop(): Promise<void>
}

/** Deliveries that go nowhere: without Slack nothing is queued, and nothing piles up. */
export const noDeliveries: Deliveries = { send: async () => {} }

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

export async function startJobs(
  database: Database,
  log: FastifyBaseLogger,
  observer: Pick<Observer, 'around' | 'delivered' | 'traceparent'> = nobodyLooks,
  workers: Workers = { slack: true, tofupilot: false },
): Promise<Jobs> {
  const worked = Object.values(queues).filter((queue) => workers[placeOf(queue)])
  const boss =
    database.engine.kind === 'postgres'
      ? new PgBoss({ connectionString: database.engine.url, max: 3, useListenNotify: true, ...watch })
      : new PgBoss({
          db: fromPglite(pgliteLike(database.engine.thread)),
          backend: 'pglite',
          useListenNotify: true,
          ...watch,
        })
  boss.on('error', (error) => log.error({ err: withoutClient(error) }, 'jobs: the queue had an error'))
  const stop = () => boss.stop({ graceful: true, timeout: 5_000 })
  try {
    await boss.start()
    for (const { name, policy } of worked) {
      await boss.createQueue(name, { ...(policy ? { policy } : {}), notify: true, ...untilDone })
      // Asking for any job makes pg-boss keep what it knows of the queue. Else the first send would look it up, on another
      // connection than its transaction: the embedded database has one, and would wait for itself for ever.
      await boss.getJobById(name, nilId)
    }
  } catch (error) {
    // Its timers and connections would keep a process alive that has not started, and never will.
    await stop().catch(() => {})
    throw error
  }

  const send = (tx: Db, job: Job, startAfter = 0, traceparent = observer.traceparent()) =>
    boss.send(queues[job.kind].name, traceparent === undefined ? job : { ...job, traceparent }, {
      db: fromDrizzle({ execute: (query) => rows(tx, query as SQL) }, sql),
      singletonKey: keyOf(job),
      startAfter,
    })

  const begun = new Set<keyof Workers>()

  async function workOn<Kind extends Job>(
    place: keyof Workers,
    what: string,
    carryOut: (job: Kind) => Promise<DeliveryResult>,
  ): Promise<void> {
    for (const queue of worked)
      if (placeOf(queue) === place)
        await boss.work<Kind & Traced>(queue.name, everySecond, worker(what, carryOut))
    begun.add(place)
  }

  function worker<Kind extends Job>(what: string, carryOut: (job: Kind) => Promise<DeliveryResult>) {
    return async ([job]: { data: Kind & Traced }[]): Promise<void> => {
      if (!job) return
      const { kind, traceparent: parent } = job.data
      const rollout = 'rolloutId' in job.data ? job.data.rolloutId : undefined
      const work = { name: 'delivery', rolloutId: rollout, about: { kind }, parent } as const
      const result = await observer
        .around(work, () => carryOut(job.data))
        .catch((error: unknown) => {
          observer.delivered(kind, 'failed')
          // The queue keeps the error with the job, where nobody looks, and tries again.
          log.error({ err: error, rollout, delivery: named(job.data) }, `${what} failed: it is tried again`)
          throw error
        })
      observer.delivered(kind, result.delivered ? 'delivered' : 'waits')
      if (result.delivered) return
      const { waitSeconds, why } = result
      // A reading is due again and again: that is no news.
      const level = kind === 'tofupilot reading' ? 'debug' : 'info'
      log[level]({ rollout, delivery: named(job.data), waitSeconds, why }, `${what} waits`)
      await send(database.db, job.data, Math.max(1, Math.ceil(waitSeconds)), parent)
    }
  }

  return {
    deliveries: {
      async send(tx, job) {
        if (workers[placeOf(queues[job.kind])]) await send(tx, job)
      },
    },
    work: (deliver) => workOn('slack', 'a delivery to Slack', deliver),
    workWithTofupilot: (carryOut) => workOn('tofupilot', 'work with TofuPilot', carryOut),
    async waiting() {
      const stats = await Promise.all(worked.map(({ name }) => boss.getQueueStats(name)))
      return stats.flat().reduce((sum, queue) => sum + queue.queuedCount, 0)
    },
    isWorking: () => worked.every((queue) => begun.has(placeOf(queue))),
    stop: async () => {
      begun.clear()
      await stop()
    },
  }
}

/** The driver hangs the whole connection on what broke it: pages of a log, with all its settings. */
function withoutClient(error: Error): Error {
  if ('client' in error) delete error.client
  return error
}

/** For the log, which is not to repeat what people wrote. */
function named(job: Job): object {
  return job.kind === 'event' ? { kind: job.kind, eventId: job.eventId } : job
}

/** Two jobs with one key say the same thing. */
function keyOf(job: Job): string {
  switch (job.kind) {
    case 'card':
      return `${job.rolloutId}/${job.stageIndex}`
    case 'thread':
    case 'direct':
      return `${job.rolloutId}/${job.sequence}`
    case 'build':
      return job.deploymentId
    case 'digest':
      return job.procedureId
    // With one key for all, a decision would wait until every other one that has queued a Home is committed.
    case 'home':
    case 'containment':
      return job.rolloutId
    case 'alarms':
      return `${job.procedureId}/${job.alarm}/${job.openedAt}`
    case 'rollback':
      return `${job.procedureId}/${job.rollbackId}`
    case 'event':
      return job.eventId
    // One that is to wait for TofuPilot's time must not keep another from being tried at once.
    case 'tofupilot pins':
      return `${job.procedureId}/${job.isUrgent ? 'urgent' : 'usual'}`
    case 'tofupilot reading':
      return job.procedureId
  }
}

function placeOf({ name }: { name: string }): keyof Workers {
  return name.startsWith('tofupilot') ? 'tofupilot' : 'slack'
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

// The service put together as server/firstpass.ts does; whoever asks says when time passes and when rollouts are judged.
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { Logger } from 'pino'
import { sealing } from '../../bot/workspaces/sealing.ts'
import type { Database } from '../../db/client.ts'
import { judgedRollouts } from '../../db/rollout-storage.ts'
import { schemaVersion } from '../../db/schema-version.ts'
import { buildApp } from '../../server/app.ts'
import type { Deliveries } from '../../server/apply-command.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { ingest } from '../../server/ingest.ts'
import { judging } from '../../server/judging.ts'
import { pageAccess } from '../../server/page-access.ts'
import { pageLinks } from '../../server/page-links.ts'
import { pictureDrawer } from '../../server/picture-drawer.ts'
import { pinWaiters } from '../../server/pin-waiters.ts'
import { readiness } from '../../server/readiness.ts'
import { replays } from '../../server/replays.ts'
import { rolloutWatchers } from '../../server/rollout-watchers.ts'
import type { PageSignIn } from '../../server/routes/pages/sign-in-pages.ts'
import type { Job, Service } from '../../server/service.ts'
import { serviceOf } from '../../server/service-of.ts'
import { sessions } from '../../server/sessions.ts'
import { signing } from '../../server/signing.ts'
import { type StationSnapshot, stationSnapshot } from '../../server/station-snapshot.ts'
import { stationWatch } from '../../server/station-watch.ts'
import { serviceMetrics } from '../../server/telemetry/metrics.ts'
import { observedService } from '../../server/telemetry/observed-service.ts'
import { traced } from '../../server/telemetry/observer.ts'
import type { Tracing } from '../../server/telemetry/tracing.ts'
import { tokenSnapshot } from '../../server/token-snapshot.ts'
import { uploadLinks } from '../../server/upload-links.ts'
import { allowedAddresses } from '../../server/webhooks/allowed-addresses.ts'
import { poster } from '../../server/webhooks/post.ts'
import { webhookSecrets } from '../../server/webhooks/webhook-secrets.ts'
import { type WebhookSender, webhookSender } from '../../server/webhooks/webhook-sender.ts'
import { type TestClock, testClock } from './test-clock.ts'

export const adminToken = 'admin-token-of-the-tests'
const signs = signing(['link secret of the tests'])
export const githubSecret = 'github-secret-of-the-tests'

// biome-ignore lint/suspicious/noExplicitAny: what the service answers is compared, never relied on
export type Answer = { status: number; body: any; headers: Record<string, unknown> }
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Asked = { token?: string | null; body?: unknown; headers?: Record<string, string> }
type Queued = { kind: 'card' | 'thread'; rolloutId: string; number: number }

export type TestService = {
  database: Database
  clock: TestClock
  app: Awaited<ReturnType<typeof buildApp>>
  service: Service
  /** By the admin token unless another, or none (`null`), is given. */
  ask(method: Method, url: string, asked?: Asked): Promise<Answer>
  /** Judges the live rollouts once, as the judge's clock does. */
  judge(procedureId?: ProcedureId): Promise<void>
  /** Looks at the stations of a procedure once, as the watch over them does. */
  look(procedureId: ProcedureId): Promise<void>
  /** Cards and replies queued so far, newest last. */
  queued: Queued[]
  /** All jobs queued so far, of every kind, newest last. */
  jobs: Job[]
  /** Long polls that wait now. */
  waiting(): number
  /** Ends all long polls, as a process that stops does first. */
  stopWaiting(): void
  /** What it knows of stations; nothing but the test checks that against the database. */
  stations: StationSnapshot
  /** Open pages that are told of changes now. */
  watching(): number
  stopWatching(): Promise<void>
  /** Nothing queued is sent before it is started. */
  webhooks: WebhookSender
}

export type ServiceOptions = {
  deliveries?: Deliveries
  take?: Parameters<typeof buildApp>[0]['take']
  githubSecret?: string | null
  tofupilot?: Parameters<typeof buildApp>[0]['tofupilot']
  signIn?: PageSignIn
  isLocal?: boolean
  log?: Logger
  patience?: Parameters<typeof buildApp>[0]['patience']
  /** Networks that webhooks may be sent to although they are not public. */
  webhookAllow?: string[]
  tracing?: Tracing
  /** That of another replica; one of its own when absent. */
  clock?: TestClock
}

export async function serviceOn(
  database: Database,
  options: ServiceOptions = {},
): Promise<TestService & { close(): Promise<void> }> {
  const clock = options.clock ?? testClock()
  const queued: Queued[] = []
  const jobs: Job[] = []
  const deliveries = options.deliveries ?? noting(queued, jobs)
  const { now } = clock
  const log: FastifyBaseLogger =
    options.log ?? Fastify({ logger: { level: process.env.TEST_LOG_LEVEL ?? 'silent' } }).log
  const publicUrl = () => 'http://firstpass.test'
  const links = pageLinks({ publicUrl, signing: signs, now })
  const replaying = replays({ database, now, log })
  const metrics = serviceMetrics({ database, now })
  const tracing = options.tracing ?? null
  const observer = traced(metrics.observer, tracing)
  const service = observedService(
    serviceOf({ database, now, deliveries, pageUrl: links.rollout, replays: replaying }),
    observer,
    log,
  )
  const judge = judging({ database, now, deliveries, observer, log })
  const watch = stationWatch({ database, now, deliveries })
  const waiters = pinWaiters()
  const intake = ingest({ database, now, stored: () => {}, observer })
  metrics.watch({ runsWaiting: intake.waiting, judgingWaiting: () => 0, pollsWaiting: waiters.count })
  const stations = await stationSnapshot({ database, now, log, forgot: waiters.wake }, { checkEvery: null })
  const tokens = await tokenSnapshot({ database, now, log })
  const watchers = await rolloutWatchers(database, log)
  const secrets = webhookSecrets({ database, seals: sealing(['webhook secret of the tests'], 'tests'), now })
  const allowed = allowedAddresses(options.webhookAllow ?? [])
  const post = poster(allowed, { patienceMs: 1_000 })
  const webhooks = webhookSender(
    { database, secrets, post, publicUrl, now, log, observer },
    { lookEveryMs: 40 },
  )
  const app = await buildApp({
    database,
    service,
    deliveries,
    take: options.take ?? intake.take,
    stations,
    tokens,
    waiters,
    adminToken,
    ...(options.patience ? { patience: options.patience } : {}),
    uploadLinks: uploadLinks({ publicUrl: null, signing: signs }),
    githubSecret: options.githubSecret === undefined ? githubSecret : options.githubSecret,
    metrics,
    ready: readiness({
      database,
      schema: schemaVersion(),
      hasStarted: () => true,
      jobs: null,
      heard: () => Promise.resolve(),
      slack: () => ({ state: 'disabled', reason: 'no SLACK_BOT_TOKEN' }),
    }),
    tracing,
    webhooks: { secrets, allowed, attempt: webhooks.attempt },
    tofupilot: options.tofupilot ?? null,
    pages: {
      watchers,
      drawPicture: pictureDrawer(),
      access: pageAccess({
        links,
        sessions: sessions({ db: database.db, now }),
        publicUrl,
        isLocal: options.isLocal ?? false,
        signing: signs,
        now,
      }),
      base: () => '',
      publicUrl,
      signing: signs,
      signIn: options.signIn ?? null,
    },
    changed: () => {},
    now,
    log,
    slack: { routes: null },
  })
  return {
    database,
    clock,
    app,
    service,
    queued,
    jobs,
    waiting: waiters.count,
    stopWaiting: waiters.stop,
    stations,
    watching: watchers.count,
    stopWatching: watchers.stop,
    webhooks,
    async ask(method, url, { token = adminToken, body, headers = {} } = {}) {
      const reply = await app.inject({
        method,
        url,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      await stations.settled()
      await tokens.settled()
      const json = String(reply.headers['content-type'] ?? '').startsWith('application/json')
      return { status: reply.statusCode, body: json ? reply.json() : reply.body, headers: reply.headers }
    },
    async judge(procedureId) {
      const which = procedureId ? { procedureId } : { unseenMs: 0 }
      for (const { id, asked } of await judgedRollouts(database.db, now(), which))
        await judge.judge(id, asked)
    },
    look: watch.look,
    async close() {
      waiters.stop()
      await stations.stop()
      await tokens.stop()
      await watchers.stop()
      await replaying.stop()
      await webhooks.stop()
      await app.close()
    },
  }
}

function noting(queued: Queued[], jobs: Job[]): Deliveries {
  return {
    send: async (_tx, job) => {
      if (job.kind === 'card') queued.push({ kind: 'card', rolloutId: job.rolloutId, number: job.stageIndex })
      if (job.kind === 'thread')
        queued.push({ kind: 'thread', rolloutId: job.rolloutId, number: job.sequence })
      jobs.push(job)
    },
  }
}

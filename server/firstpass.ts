// The composition root: settings, database, service, jobs, Slack and HTTP, put together once.
import { randomBytes } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { sealing } from '../bot/workspaces/sealing.ts'
import { type Database, openDatabase } from '../db/client.ts'
import { exclusively } from '../db/exclusively.ts'
import { announcementsHeard } from '../db/heard.ts'
import { keptSetting } from '../db/kept-settings.ts'
import { schemaVersion } from '../db/schema-version.ts'
import { buildApp } from './app.ts'
import { tofupilotBackend } from './backends/tofupilot/backend.ts'
import { tofupilotClient } from './backends/tofupilot/client.ts'
import { builds } from './builds.ts'
import { cardPictures } from './card-chart.ts'
import { databaseOf, headersOf, readSettings, type Settings, secretsOf } from './config.ts'
import type { ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { ingest } from './ingest.ts'
import { noDeliveries, startJobs } from './jobs.ts'
import { judgeLoop } from './judge-loop.ts'
import { judging } from './judging.ts'
import { isLoopback, pageAccess } from './page-access.ts'
import { pageLinks } from './page-links.ts'
import { partitionsAhead } from './partitions-ahead.ts'
import { pictureDrawer } from './picture-drawer.ts'
import { pinWaiters } from './pin-waiters.ts'
import { readiness, type SlackState } from './readiness.ts'
import { replays } from './replays.ts'
import { rolloutCourse } from './rollout-charts.ts'
import { rolloutWatchers } from './rollout-watchers.ts'
import { serviceLog } from './service-log.ts'
import { serviceOf } from './service-of.ts'
import { sessions } from './sessions.ts'
import { signing } from './signing.ts'
import { hasSlack, oauthOf, signInOf, slackOf } from './slack-of.ts'
import { slackStore } from './slack-store.ts'
import { stationSnapshot } from './station-snapshot.ts'
import { stationWatch } from './station-watch.ts'
import { tallyChecks } from './tally-checks.ts'
import { serviceMetrics } from './telemetry/metrics.ts'
import { observedService } from './telemetry/observed-service.ts'
import { traced } from './telemetry/observer.ts'
import { tracing } from './telemetry/tracing.ts'
import { tokenSnapshot } from './token-snapshot.ts'
import { uploadLinks } from './upload-links.ts'
import { allowedAddresses } from './webhooks/allowed-addresses.ts'
import { poster } from './webhooks/post.ts'
import { webhookSecrets } from './webhooks/webhook-secrets.ts'
import { webhookSender } from './webhooks/webhook-sender.ts'

export type Firstpass = { url: string; log: FastifyBaseLogger; close(): Promise<void> }

/**
 * Starts everything and listens.
 * @param options.opening the database of the settings, being opened already; it is closed with the rest.
 * @param options.now the service's clock; the real one when absent. Slack always lives in real time.
 * @throws when a setting is wrong (all faults at once), the data directory is in use, or the port is taken.
 */
export async function startFirstpass(options: {
  env: Record<string, string | undefined>
  now?: () => Instant
  opening?: Promise<Database>
}): Promise<Firstpass> {
  const settings = readSettings(options.env)
  const now = options.now ?? Date.now
  const logger = serviceLog({ level: settings.LOG_LEVEL, secrets: secretsOf(settings) })
  const log: FastifyBaseLogger = logger
  await using running = new AsyncDisposableStack()

  const database = await (options.opening ?? openDatabase(databaseOf(settings)))
  running.defer(() => database.close())
  sayDurability(database, log)
  const traces = await tracesOf(settings)
  if (traces) running.defer(() => traces.stop())
  traces?.follow(database)
  const metrics = serviceMetrics({ database, now })
  const observer = traced(metrics.observer, traces)
  const partitions = partitionsAhead({ database, now, log, keepDays: settings.KEEP_RUNS_DAYS ?? null })
  running.defer(() => partitions.stop())

  let publicUrl = settings.PUBLIC_URL?.replace(/\/+$/, '')
  const reachedAt = () => publicUrl ?? 'http://localhost'
  const [newest, ...older] = settings.LINK_SECRET ?? []
  const signs = signing([newest ?? (await keptSetting(database.db, 'link secret', newSecret)), ...older])
  const links = pageLinks({ publicUrl: () => publicUrl ?? '', signing: signs, now: Date.now })

  // Before the jobs: those under way when they stop still hold locks.
  const locks = exclusively(database)
  running.defer(() => locks.close())
  const tofupilot = tofupilotOf(settings)
  const workers = { slack: hasSlack(settings), tofupilot: tofupilot !== null }
  const jobs = workers.slack || workers.tofupilot ? await startJobs(database, log, observer, workers) : null
  if (jobs) running.defer(() => jobs.stop())
  const replaying = replays({ database, now, log })
  running.defer(() => replaying.stop())
  const service = observedService(
    serviceOf({
      database,
      now,
      replays: replaying,
      deliveries: jobs?.deliveries ?? noDeliveries,
      pageUrl: links.rollout,
    }),
    observer,
    log,
  )

  const judge = judging({ database, now, deliveries: jobs?.deliveries ?? noDeliveries, observer, log })
  const loop = judgeLoop(judge, log)
  running.defer(() => loop.stop())
  const stations = stationWatch({ database, now, deliveries: jobs?.deliveries ?? noDeliveries })
  const watch = judgeLoop(
    { judge: stations.look, due: stations.due },
    log,
    {
      everyMs: 10_000,
      restMs: 5_000,
      atOnce: 2,
    },
    'procedure',
  )
  running.defer(() => watch.stop())
  const checks = tallyChecks({ database, now, log })
  running.defer(() => checks.stop())
  const changed = (procedureId: ProcedureId) => {
    loop.requestAll(procedureId)
    watch.request(procedureId)
  }

  const intake = ingest({ database: { ...database, db: database.ingest }, now, stored: changed, observer })
  running.defer(() => intake.stop())

  const [sealsNow, ...sealedBefore] = settings.WEBHOOK_SECRET ?? []
  const webhookSecret = sealsNow ?? (await keptSetting(database.db, 'webhook secret', newSecret))
  const secrets = webhookSecrets({
    database,
    seals: sealing([webhookSecret, ...sealedBefore], 'firstpass webhooks'),
    now,
  })
  const allowed = allowedAddresses(settings.WEBHOOK_ALLOW ?? [])
  const sender = webhookSender({
    database,
    secrets,
    post: poster(allowed),
    publicUrl: reachedAt,
    now,
    log,
    observer,
  })
  running.defer(() => sender.stop())

  const waiters = pinWaiters()
  metrics.watch({
    runsWaiting: intake.waiting,
    judgingWaiting: loop.waiting,
    pollsWaiting: waiters.count,
  })
  const known = await stationSnapshot({ database, now, log, forgot: waiters.wake })
  running.defer(() => known.stop())
  const tokens = await tokenSnapshot({ database, now, log })
  running.defer(() => tokens.stop())
  const watchers = await rolloutWatchers(database, log)
  const store = slackStore({
    database,
    deliveries: jobs?.deliveries ?? noDeliveries,
    exclusively: locks.exclusively,
  })
  const stateSecret = await keptSetting(database.db, 'slack state secret', newSecret)
  const oauth = oauthOf(settings, stateSecret, () => publicUrl ?? '')
  const drawPicture = pictureDrawer()
  const charts = cardPictures((id) => rolloutCourse(database.db, id, now()), drawPicture)
  const opens = (id: string, key: string) => typeof links.open({ id, keys: [key] }) !== 'string'
  const slack = slackOf(settings, oauth, { service, store, charts, opens }, logger)
  const announcements = await announcementsHeard(database)
  running.defer(() => announcements.stop())
  // What is struck while it still starts ends: nobody should have been told before that it serves.
  let hasStarted = false
  const ready = readiness({
    database,
    hasStarted: () => hasStarted,
    schema: schemaVersion(),
    jobs: jobs?.isWorking ?? null,
    heard: announcements.once,
    slack: slack?.status ?? withoutSlack,
  })
  const app = await buildApp({
    database,
    service,
    deliveries: jobs?.deliveries ?? noDeliveries,
    take: intake.take,
    stations: known,
    tokens,
    waiters,
    adminToken: settings.ADMIN_TOKEN,
    ...(settings.TRUST_PROXY ? { trustProxy: settings.TRUST_PROXY } : {}),
    uploadLinks: uploadLinks({ publicUrl: publicUrl ?? null, signing: signs }),
    githubSecret: settings.GITHUB_WEBHOOK_SECRET ?? null,
    metrics,
    ready,
    tracing: traces,
    webhooks: { secrets, allowed, attempt: sender.attempt },
    tofupilot,
    pages: {
      watchers,
      drawPicture,
      access: pageAccess({
        links,
        sessions: sessions({ db: database.people, now: Date.now }),
        publicUrl: reachedAt,
        isLocal: isLocalOnly(settings),
        signing: signs,
        now: Date.now,
      }),
      base: () => new URL(reachedAt()).pathname.replace(/\/+$/, ''),
      publicUrl: reachedAt,
      signing: signs,
      signIn: slack && signInOf(settings, { people: slack.people, publicUrl: reachedAt, log }),
    },
    changed,
    now,
    log,
    slack: { routes: slack?.routes ?? null },
  })
  running.defer(() => closeSoon(app))
  // Before the app: it waits for its long polls and its open streams, which end here.
  running.defer(() => waiters.stop())
  running.defer(() => watchers.stop())
  const listening = await app.listen({ port: settings.PORT, host: settings.HOST }).catch((error: unknown) => {
    throw portTaken(error, settings)
  })
  publicUrl ??= listening
  if (settings.SEND_WEBHOOKS === 'true') await sender.start()

  if (slack && jobs) {
    slack.start()
    running.defer(() => slack.stop())
    await jobs.work(slack.deliver)
  }
  if (tofupilot && jobs) {
    const { deliveries } = jobs
    const backend = tofupilotBackend({
      database,
      client: tofupilot,
      builds: builds({ database, now, deliveries }),
      take: intake.take,
      deliveries,
      changed,
      pollSeconds: settings.TOFUPILOT_POLL_SECONDS,
      now,
      log,
    })
    await jobs.workWithTofupilot(backend.carryOut)
    await backend.begin()
  }
  hasStarted = true
  const owned = running.move()
  return { url: listening, log, close: () => owned.disposeAsync() }
}

function withoutSlack(): SlackState {
  return { state: 'disabled', reason: 'neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set' }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Nobody on another machine can ask, and none is told an address to ask at. */
function isLocalOnly({ HOST, PUBLIC_URL }: Settings): boolean {
  return isLoopback(HOST) && (PUBLIC_URL === undefined || isLoopback(new URL(PUBLIC_URL).hostname))
}

function tofupilotOf({ TOFUPILOT_URL: url, TOFUPILOT_TOKEN: token }: Settings) {
  return url === undefined || token === undefined ? null : tofupilotClient({ url, token })
}

/** Null: no collector is named. */
async function tracesOf(settings: Settings) {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings
  if (endpoint === undefined) return null
  const { OTEL_SERVICE_NAME: serviceName, OTEL_TRACES_SAMPLER_ARG: share } = settings
  return tracing({ endpoint, headers: headersOf(headers ?? []), serviceName, share })
}

function sayDurability(database: Database, log: FastifyBaseLogger): void {
  if (database.durable === true)
    log.info('embedded database: every commit reaches the disk before it is answered')
  if (database.durable === false)
    log.warn(
      'embedded database: commits were not seen to reach the disk. They survive a crash of this process, not a loss of power.',
    )
}

/** Real milliseconds for requests under way. Stations send again what was not answered. */
const patienceMs = 2_000

/** A connection that has asked for nothing yet, as browsers open them, is not idle to Node and would hold this up for a minute. */
async function closeSoon(app: FastifyInstance): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), patienceMs)
  await app.close()
  clearTimeout(impatience)
}

function portTaken(error: unknown, settings: Settings): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return error
  return new Error(
    `Port ${settings.PORT} on ${settings.HOST} is taken by another process. Stop that one, or choose another PORT.`,
  )
}

// The composition root: settings, database, service, jobs, Slack and HTTP, put together once.
import { randomBytes } from 'node:crypto'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { type OAuthSettings, type SlackAppDeps, slackApp } from '../bot/slack-app.ts'
import { sealing } from '../bot/workspaces/sealing.ts'
import { isAway } from '../db/away.ts'
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
import { headersOf, readSettings, type Settings, SettingsError, secretsOf } from './config.ts'
import type { ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { ingest } from './ingest.ts'
import { noDeliveries, startJobs } from './jobs.ts'
import { judgeLoop } from './judge-loop.ts'
import { judging } from './judging.ts'
import { isLoopback, pageAccess } from './page-access.ts'
import { pageLinks } from './page-links.ts'
import type { PagePeople } from './page-people.ts'
import { partitionsAhead } from './partitions-ahead.ts'
import { pictureDrawer } from './picture-drawer.ts'
import { pinWaiters } from './pin-waiters.ts'
import { readiness, type SlackState } from './readiness.ts'
import { replays } from './replays.ts'
import { rolloutCourse } from './rollout-charts.ts'
import { rolloutWatchers } from './rollout-watchers.ts'
import type { PageSignIn } from './routes/pages/sign-in-pages.ts'
import { serviceLog } from './service-log.ts'
import { serviceOf } from './service-of.ts'
import { sessions } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { signing } from './signing.ts'
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
import { whyOf } from './why-of.ts'

export type Firstpass = { url: string; log: FastifyBaseLogger; close(): Promise<void> }

if (import.meta.main) await main()

async function main(): Promise<void> {
  try {
    const running = await startFirstpass({ env: process.env })
    closeWithGrace({ delay: 10_000 }, ({ err }) => {
      // It would end without a word.
      if (err) running.log.fatal({ err }, 'nobody was ready for this error: the process ends')
      return running.close()
    })
  } catch (error) {
    const said = whyOf(error)
    process.stderr.write(isAway(error) ? `The database broke off: ${said}. Start it again.\n` : `${said}\n`)
    process.exitCode = error instanceof SettingsError ? 2 : 1
    // Whatever is left of it must not keep a process that never served: whoever runs it waits for its end to start it again.
    setTimeout(() => process.exit(), 1_000).unref()
  }
}

/**
 * Starts everything and listens.
 * @param options.now the service's clock; the real one when absent. Slack always lives in real time.
 * @throws when a setting is wrong (all faults at once), the data directory is in use, or the port is taken.
 */
export async function startFirstpass(options: {
  env: Record<string, string | undefined>
  now?: () => Instant
}): Promise<Firstpass> {
  const settings = readSettings(options.env)
  const now = options.now ?? Date.now
  const logger = serviceLog({ level: settings.LOG_LEVEL, secrets: secretsOf(settings) })
  const log: FastifyBaseLogger = logger
  await using running = new AsyncDisposableStack()

  const database = await openDatabase(
    settings.DATABASE_URL ? { url: settings.DATABASE_URL } : { directory: settings.DATA_DIR },
  )
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

/** Hoisted: the process starts before the end of this file is reached. */
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

function hasSlack(settings: Settings): boolean {
  return settings.SLACK_BOT_TOKEN !== undefined || settings.SLACK_CLIENT_ID !== undefined
}

function slackOf(
  settings: Settings,
  oauth: OAuthSettings | null,
  parts: Pick<SlackAppDeps, 'service' | 'store' | 'charts' | 'opens'>,
  log: Logger,
) {
  if (!hasSlack(settings)) return null
  return slackApp({
    ...parts,
    settings: {
      botToken: settings.SLACK_BOT_TOKEN ?? '',
      signingSecret: settings.SLACK_SIGNING_SECRET ?? '',
      appToken: settings.SLACK_APP_TOKEN,
      apiUrl: settings.SLACK_API_URL,
      ...(oauth === null ? {} : { oauth }),
      teams: settings.SLACK_TEAMS ?? null,
    },
    now: Date.now,
    log,
  })
}

function oauthOf(settings: Settings, stateSecret: string, publicUrl: () => string): OAuthSettings | null {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = settings
  const [newest, ...older] = settings.SLACK_TOKEN_SECRET ?? []
  if (clientId === undefined || clientSecret === undefined || newest === undefined) return null
  const teams = settings.SLACK_TEAMS ?? null
  return { clientId, clientSecret, tokenSecrets: [newest, ...older], stateSecret, publicUrl, teams }
}

function signInOf(
  settings: Settings,
  { people, publicUrl, log }: { people: PagePeople; publicUrl: () => string; log: FastifyBaseLogger },
): PageSignIn | null {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret, SLACK_API_URL: apiUrl } = settings
  if (clientId === undefined || clientSecret === undefined) return null
  const redirectUri = () => `${publicUrl()}/signin/callback`
  return { ...signIn({ clientId, clientSecret, apiUrl, redirectUri, log }), people }
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

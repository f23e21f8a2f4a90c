// The HTTP service: parsing, descriptions, errors and routes; no rule of a rollout lives here.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  LogController,
} from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import type { Database } from '../db/client.ts'
import { rolloutMark } from '../db/rollout-marks.ts'
import type { Deliveries } from './apply-command.ts'
import type { TofupilotClient } from './backends/tofupilot/client.ts'
import { builds } from './builds.ts'
import { codeHostEvents } from './code-host-events.ts'
import type { ProcedureId, RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Received, Stored } from './ingest.ts'
import { largestHeaders, patience } from './limits.ts'
import { pageRights } from './page-rights.ts'
import type { DrawPicture } from './picture-drawer.ts'
import type { PinWaiters } from './pin-waiters.ts'
import type { Ready } from './readiness.ts'
import { refusedKeys } from './refused-keys.ts'
import { rememberedCharts } from './remembered-charts.ts'
import { requestLog } from './request-log.ts'
import { rolloutCharts } from './rollout-charts.ts'
import type { RolloutWatchers } from './rollout-watchers.ts'
import { admission } from './routes/admission.ts'
import { assignmentRoutes } from './routes/assignments.ts'
import { authentication } from './routes/authentication.ts'
import { buildLogRoutes } from './routes/build-logs.ts'
import { containmentRoutes } from './routes/containment.ts'
import { definitionRoutes } from './routes/definitions.ts'
import { securitySchemes } from './routes/demands.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { errorHandling } from './routes/errors.ts'
import { failureRoutes } from './routes/failures.ts'
import { githubWebhook } from './routes/github-webhook.ts'
import { healthRoutes } from './routes/health.ts'
import { learningRoutes } from './routes/learning.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { type PageDoorway, pageRoutes } from './routes/pages/pages.ts'
import { policyRoutes } from './routes/policies.ts'
import { predictedYieldRoutes } from './routes/predicted-yield.ts'
import { procedureRoutes } from './routes/procedures.ts'
import { proceduresAsked } from './routes/procedures-asked.ts'
import { rateLimits } from './routes/rate-limits.ts'
import { replayRoutes } from './routes/replay.ts'
import { retestRoutes } from './routes/retests.ts'
import { rolloutRoutes } from './routes/rollouts.ts'
import { runDeletionRoutes } from './routes/run-deletions.ts'
import { runRoutes } from './routes/runs.ts'
import { docsPolicy, safeHeaders, usualHeaders } from './routes/safe-headers.ts'
import { shadowPairRoutes } from './routes/shadow-pairs.ts'
import { stationAlarmRoutes } from './routes/station-alarms.ts'
import { stationKeyRoutes } from './routes/station-keys.ts'
import { stationLookupRoutes } from './routes/station-lookups.ts'
import { stationProtocolRoutes } from './routes/station-protocol.ts'
import { stationStandingRoutes } from './routes/station-standing.ts'
import { stationRoutes } from './routes/stations.ts'
import { keys } from './routes/tofupilot/keys.ts'
import { takeOldRun } from './routes/tofupilot/old-runs.ts'
import { takeRun } from './routes/tofupilot/take-run.ts'
import { tofuPilotRoutes } from './routes/tofupilot/tofupilot.ts'
import { tofupilotBackendRoutes } from './routes/tofupilot-backend.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { unattributedRoutes } from './routes/unattributed.ts'
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import type { Service } from './service.ts'
import { stationPace } from './station-pace.ts'
import type { StationSnapshot } from './station-snapshot.ts'
import type { ServiceMetrics } from './telemetry/metrics.ts'
import { requestIds } from './telemetry/request-id.ts'
import type { Tracing } from './telemetry/tracing.ts'
import type { TokenSnapshot } from './token-snapshot.ts'
import type { UploadLinks } from './upload-links.ts'
import type { AllowedAddresses } from './webhooks/allowed-addresses.ts'
import type { WebhookSecrets } from './webhooks/webhook-secrets.ts'
import type { WebhookSender } from './webhooks/webhook-sender.ts'

type Deps = {
  database: Database
  service: Service
  deliveries: Deliveries
  take: (received: Received[]) => Promise<Stored[]>
  stations: StationSnapshot
  tokens: TokenSnapshot
  waiters: PinWaiters
  adminToken: string
  /** Addresses and networks of proxies whose X-Forwarded-For is believed; absent: of none. */
  trustProxy?: string[]
  /** Shorter waits than usual, for tests. */
  patience?: Partial<typeof patience>
  uploadLinks: UploadLinks
  /** Null: the webhook is not set up. */
  githubSecret: string | null
  metrics: ServiceMetrics
  ready: () => Promise<Ready>
  /** Null: nobody traces. */
  tracing: Tracing | null
  webhooks: { secrets: WebhookSecrets; allowed: AllowedAddresses; attempt: WebhookSender['attempt'] }
  /** Null: no procedure is backed by TofuPilot. */
  tofupilot: Pick<TofupilotClient, 'procedure'> | null
  pages: PageDoorway & { watchers: RolloutWatchers; drawPicture: DrawPicture }
  /** Something of the procedure has changed that its rollout should be judged on. */
  changed: (procedureId: ProcedureId) => void
  now: () => Instant
  log: FastifyBaseLogger
  slack: { routes: FastifyPluginAsync | null }
}

/** Every line of a request that is about a rollout names it. */
const ofRollout = /\/rollouts\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})/i

export async function buildApp(deps: Deps): Promise<FastifyInstance> {
  const {
    database,
    service,
    deliveries,
    take,
    stations,
    tokens,
    waiters,
    adminToken,
    uploadLinks,
    githubSecret,
    metrics,
    ready,
    tracing,
    webhooks,
    tofupilot,
    pages,
    changed,
    now,
    log,
    slack,
  } = deps
  const waits = { ...patience, ...deps.patience }
  const app: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.trustProxy ?? false,
    requestTimeout: waits.requestMs,
    connectionTimeout: waits.silentMs,
    http: {
      headersTimeout: waits.headersMs,
      connectionsCheckingInterval: waits.lookedEveryMs,
      maxHeaderSize: largestHeaders,
    },
    routerOptions: { maxParamLength: 3000 },
    genReqId: () => crypto.randomUUID(),
  })
  app.setChildLoggerFactory((logger, bindings, options, { url = '' }) =>
    requestLog(() => {
      const [, rollout] = ofRollout.exec(url) ?? []
      return logger.child(rollout === undefined ? bindings : { ...bindings, rollout }, options)
    }),
  )
  tracing?.requests(app)
  requestIds(app)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const refused = refusedKeys()
  const headers = usualHeaders(new URL(pages.publicUrl()).protocol === 'https:')
  errorHandling(app, { refused, headers })
  await app.register(swagger, {
    openapi: {
      // From 3.1 on a scheme of bearer tokens may name the scopes that a route demands.
      openapi: '3.1.0',
      info: {
        title: 'Firstpass',
        version: '1',
        description: 'Rolls new builds of test procedures out to test stations, stage by stage.',
      },
      components: { securitySchemes },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  rateLimits(app, refused)
  safeHeaders(app, headers)
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy })

  const known = authentication({
    stations,
    tokens,
    adminToken,
    proceduresAsked: (request) => proceduresAsked(database, request),
    now,
  })
  admission(app, known)
  healthRoutes(app, { ready, metrics, mayReadAll: known.mayReadAll })
  const registry = { database, authentication: known, deliveries, now, changed }
  procedureRoutes(app, registry)
  const ofBuilds = builds({ database, now, deliveries })
  deploymentRoutes(app, { ...registry, builds: ofBuilds, service })
  buildLogRoutes(app, registry)
  stationRoutes(app, registry)
  stationKeyRoutes(app, registry)
  tokenRoutes(app, registry)
  webhookRoutes(app, { ...registry, ...webhooks })
  webhookDeliveryRoutes(app, { ...registry, ...webhooks })
  stationLookupRoutes(app, registry)
  stationStandingRoutes(app, registry)
  const { polled } = metrics.observer
  assignmentRoutes(app, { authentication: known, stations, waiters, pace: stationPace(), polled })
  stationProtocolRoutes(app, { ...registry, pace: stationPace() })
  const foreignKeys = keys(known, stationPace())
  const taking = takeRun({ database, keys: foreignKeys, take, now })
  runRoutes(app, { database, authentication: known, take, takeOldRun: takeOldRun({ taking, now }) })
  await app.register(
    tofuPilotRoutes({
      database,
      service,
      keys: foreignKeys,
      taking,
      links: uploadLinks,
      deliveries,
      now,
      changed,
    }),
  )
  tofupilotBackendRoutes(app, { ...registry, tofupilot })
  rolloutRoutes(app, { service, authentication: known })
  definitionRoutes(app, { service, authentication: known })
  runDeletionRoutes(app, { database, authentication: known, now })
  retestRoutes(app, { service, authentication: known })
  shadowPairRoutes(app, { service, authentication: known })
  containmentRoutes(app, { service, authentication: known })
  ledgerRoutes(app, { service, authentication: known })
  unattributedRoutes(app, { database, authentication: known })
  policyRoutes(app, { service, authentication: known })
  failureRoutes(app, { service, authentication: known, now })
  stationAlarmRoutes(app, { service, authentication: known })
  predictedYieldRoutes(app, { service, authentication: known })
  replayRoutes(app, { service, authentication: known })
  learningRoutes(app, { service, authentication: known, now })
  const markOf = (id: RolloutId) => rolloutMark(database.db, id)
  await app.register(
    pageRoutes({
      rollout: (id: RolloutId) => service.get(id),
      charts: rememberedCharts(
        async (id, range) =>
          rolloutCharts(database.db, id, now(), { range, failures: await service.failures(id, range) }),
        markOf,
      ),
      events: (id: RolloutId) => service.events(id),
      retests: (id: RolloutId) => service.retests(id),
      containment: service,
      ledger: service,
      mark: markOf,
      history: service,
      replay: service,
      now,
      decisions: service,
      rights: pageRights({ service, people: pages.signIn?.people ?? null }),
      registry: service,
      ...pages,
    }),
  )
  const { take: takeEvent } = codeHostEvents({ database, builds: ofBuilds, now })
  await app.register(githubWebhook({ secret: githubSecret, take: takeEvent }))
  if (slack.routes) await app.register(slack.routes)
  return app
}

// `npm run demo`: Firstpass on its embedded database, a local Slack workspace and a simulated factory.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startFirstpass } from '../server/firstpass.ts'
import { type DemoArguments, helpText, parseArguments } from './arguments.ts'
import { type Clock, fastClock } from './clock.ts'
import { type DemoRecord, openDataDirectory, saveRecord } from './factory/data-directory.ts'
import { type Factory, startFactory } from './factory/factory.ts'
import { requireFreePort } from './factory/free-port.ts'
import { greeting } from './factory/greeting.ts'
import { listenToOperator } from './factory/operator.ts'
import { demoPeople } from './factory/people-policy.ts'
import { scenarios } from './factory/scenarios.ts'
import { statusLine } from './factory/status-line.ts'
import { offeredByManifest } from './offered-by-manifest.ts'
import { startSlackWorkspace } from './slack/workspace.ts'

const procedureName = 'PCBA-FCT'
const soakMinutes = 60
const rolloutChannel = 'C0ROLLOUTS'
/** Real milliseconds between two lines of status. */
const statusEveryMs = 30_000

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env)

/** The exit code: 0 stopped by a person, 1 could not run, 2 wrong arguments. */
async function main(argv: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const parsed = parseArguments(argv)
  if (parsed.kind === 'help') {
    say(helpText)
    return 0
  }
  if (parsed.kind === 'wrong') {
    complain(['The demo cannot start like this:', ...parsed.faults, 'More with --help.'].join('\n  '))
    return 2
  }
  const stop = untilInterrupted()
  try {
    await demo(parsed.arguments, env, stop)
    return 0
  } catch (error) {
    if (stop.aborted) return 0
    complain(error instanceof Error ? error.message : String(error))
    return 1
  }
}

async function demo(wanted: DemoArguments, env: NodeJS.ProcessEnv, stop: AbortSignal): Promise<void> {
  await requireFreePort(wanted.port, '--port')
  if (!wanted['no-slack']) await requireFreePort(wanted['slack-port'], '--slack-port')
  if (wanted.empty) say(`Emptying ${wanted.data}.`)
  const { data, seed } = wanted
  const record = await openDataDirectory(data, {
    empty: wanted.empty,
    seed,
    // A day back: the fast clock runs into today, and a card does not speak of tomorrow.
    now: Date.now() - 24 * 60 * 60_000,
  })
  const clock = fastClock({ speed: wanted.speed, start: record.clock })
  await using running = new AsyncDisposableStack()

  const url = `http://127.0.0.1:${wanted.port}`
  const slack = wanted['no-slack'] ? null : await localSlack(wanted, url)
  if (slack) running.defer(slack.close)
  const firstpass = await startFirstpass({
    env: { ...settings(wanted, env, record, url), ...(slack?.env ?? slackOf(env)) },
    now: clock.now,
  })
  running.defer(() => firstpass.close())
  const factory = await startedFactory(wanted, record, clock, firstpass.url, stop)
  const save = (clockNow: number) => saveRecord(data, { ...record, clock: clockNow, setUp: factory.setUp })
  running.defer(() => save(clock.now()))
  running.defer(async () => {
    say('\nStopping.')
    await factory.stop()
  })

  say(
    greeting({
      ...wanted,
      url: firstpass.url,
      slackUrl: slack?.url ?? null,
      otherSlack: Boolean(env.SLACK_BOT_TOKEN),
      adminToken: record.adminToken,
      procedureName,
      version: factory.candidate.version,
      baseVersion: factory.base.version,
      stationCount: factory.stations.length,
      pythonStations: factory.pythonStations,
      soakMinutes,
      scenario: scenarios[wanted.scenario],
    }),
  )
  const operator = listenToOperator({ input: process.stdin, factory, say })
  running.defer(operator.close)
  while (!stop.aborted) {
    // What a later start goes on from, should this one be killed before it comes by here again.
    await save(clock.now() + statusEveryMs * wanted.speed)
    await pause(statusEveryMs, undefined, { signal: stop }).catch(() => undefined)
    if (!stop.aborted) say(statusLine(factory.stats(), factory, clock.now()))
  }
}

async function localSlack(wanted: DemoArguments, url: string) {
  const signingSecret = randomBytes(16).toString('hex')
  const botToken = `xoxb-demo-${randomBytes(8).toString('hex')}`
  const appToken = `xapp-demo-${randomBytes(8).toString('hex')}`
  const clientId = '1.1'
  const clientSecret = randomBytes(16).toString('hex')
  const workspace = await startSlackWorkspace({
    port: wanted['slack-port'],
    host: '127.0.0.1',
    signingSecret,
    botToken,
    ...(wanted.socket ? { appToken } : { appUrl: () => `${url}/slack/events` }),
    rateLimits: true,
    oauth: { clientId, clientSecret, redirectUrls: [`${url}/signin/callback`] },
    unfurlDomains: [new URL(url).hostname],
    ...(await offeredByManifest()),
  })
  return {
    url: workspace.url,
    close: workspace.close,
    env: {
      SLACK_API_URL: workspace.apiUrl,
      SLACK_BOT_TOKEN: botToken,
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_CLIENT_ID: clientId,
      SLACK_CLIENT_SECRET: clientSecret,
      ...(wanted.socket ? { SLACK_APP_TOKEN: appToken } : {}),
    },
  }
}

function slackOf(env: NodeJS.ProcessEnv) {
  const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN } = env
  return { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN }
}

/** Nothing else of the environment reaches the service: a DATABASE_URL there is not the demo's. */
function settings(wanted: DemoArguments, env: NodeJS.ProcessEnv, record: DemoRecord, url: string) {
  return {
    PORT: String(wanted.port),
    HOST: '127.0.0.1',
    PUBLIC_URL: wanted['no-slack'] ? (env.PUBLIC_URL ?? url) : url,
    DATA_DIR: `${wanted.data}/database`,
    ADMIN_TOKEN: record.adminToken,
    LINK_SECRET: record.linkSecret,
    LOG_LEVEL: env.LOG_LEVEL ?? 'warn',
  }
}

function startedFactory(
  wanted: DemoArguments,
  record: DemoRecord,
  clock: Clock,
  url: string,
  signal: AbortSignal,
): Promise<Factory> {
  const slackChannel = wanted['no-slack'] ? wanted.channel : rolloutChannel
  return startFactory({
    url,
    adminToken: record.adminToken,
    procedureName,
    stations: wanted.stations,
    scenario: wanted.scenario,
    seed: record.seed,
    clock,
    log: { info: say, warn: complain },
    soakMinutes,
    signal,
    folder: join(wanted.data, 'stations'),
    pythonStations: wanted.python ?? Math.min(6, Math.floor(wanted.stations / 4)),
    ...(slackChannel === undefined ? {} : { slackChannel }),
    // The groups and channels of the policy are those of the local workspace.
    ...(wanted['no-slack'] ? {} : { people: demoPeople }),
    ...(record.setUp === null ? {} : { earlier: { setUp: record.setUp, generation: record.generation } }),
  })
}

/** Aborted at the first Ctrl-C; the second one ends the process at once. */
function untilInterrupted(): AbortSignal {
  const stop = new AbortController()
  const interrupted = () => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  }
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', interrupted)
  return stop.signal
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`)
}

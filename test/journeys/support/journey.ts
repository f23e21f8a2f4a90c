// Where every journey takes place: the real service, its Slack workspace and a few stations, all gone with the test.
import { onTestFinished } from 'vitest'
import { type FactoryOptions, startFactory } from '../../../demo/factory/factory.ts'
import { freePort } from '../../../demo/factory/free-port.ts'
import { defaultUsers, type User } from '../../../demo/slack/state/directory.ts'
import { startSlackWorkspace } from '../../../demo/slack/workspace.ts'
import { startFirstpass } from '../../../server/firstpass.ts'
import { databaseSettings, testDatabase } from '../../support/test-database.ts'
import { channelId, channelOf, stranger } from './channel.ts'
import { httpApi } from './http-api.ts'
import { type ServiceProcess, serviceProcess } from './service-process.ts'
import { sharedClock } from './shared-clock.ts'

export type Journey = Awaited<ReturnType<typeof journey>>
export type JourneyWithProcess = Awaited<ReturnType<typeof journeyWithProcess>>
type Options = {
  scenario?: FactoryOptions['scenario']
  stations?: number
  seed?: number
  /** Factory seconds in a real one. */
  speed?: number
  soakMinutes?: number
  pastFirstAttempts?: number
  /** Slack cannot be reached when the service starts. */
  slackAway?: boolean
  /** Another address of Slack's Web API. */
  slackApiUrl?: (real: string) => Promise<string>
  /** Another address of the service for the stations. */
  stationsThrough?: (real: string) => Promise<string>
}

/** Here none of six stations does worse than its past or than the others, at any moment of its next 400 units: a slow machine meets that many. */
const luckySeed = 399_847
const adminToken = 'the-admin-token-of-a-journey'
const signingSecret = 'a-secret-only-slack-knows'
const botToken = 'xoxb-of-a-journey'
const client = { clientId: '1.2', clientSecret: 'the-client-secret-of-a-journey' }
const supplier: User = {
  id: stranger,
  name: 'kim',
  realName: 'Kim Sato',
  email: 'kim@supplier.test',
  teamId: 'T0SUPPLIER',
}

/** The service runs in this process. */
export async function journey(options: Options = {}) {
  const place = await placeOf(options)
  const service = await startFirstpass({ env: place.env, now: place.clock.now })
  place.atEnd(service.close)
  return { ...place, service, factory: await place.openFactory() }
}

/** The service runs in a process of its own; `start` begins another one on the same data. */
export async function journeyWithProcess(program: 'main' | 'fast', options: Options = {}) {
  const place = await placeOf(program === 'main' ? { ...options, speed: 1 } : options)
  async function start(): Promise<ServiceProcess> {
    const started = await serviceProcess(program, { ...place.env, JOURNEY_CLOCK: place.clock.setting })
    place.atEnd(started.kill)
    return started
  }
  const service = await start()
  return { ...place, service, start, factory: await place.openFactory() }
}

async function placeOf(options: Options) {
  const { scenario = 'healthy', stations = 4, seed = luckySeed, speed = 600, soakMinutes = 5 } = options
  const atEnd = (clean: () => Promise<unknown>) => onTestFinished(async () => void (await clean()))
  const database = await testDatabase()
  atEnd(database.drop)
  const clock = sharedClock(speed)
  const url = `http://127.0.0.1:${await freePort()}`
  const slack = await startSlackWorkspace({
    appUrl: () => `${url}/slack/events`,
    signingSecret,
    botToken,
    oauth: { ...client, redirectUrls: [`${url}/signin/callback`] },
    users: [...defaultUsers, supplier],
  })
  atEnd(slack.close)
  if (options.slackAway) slack.faults.set({ kind: 'away' })
  const env = {
    ...databaseSettings(database.where),
    HOST: '127.0.0.1',
    PORT: new URL(url).port,
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: process.env.JOURNEY_LOG_LEVEL ?? 'silent',
    SLACK_API_URL: (await options.slackApiUrl?.(slack.apiUrl)) ?? slack.apiUrl,
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_CLIENT_ID: client.clientId,
    SLACK_CLIENT_SECRET: client.clientSecret,
    PUBLIC_URL: url,
  }
  const warnings: string[] = []
  const reports: string[] = []

  async function openFactory() {
    const factory = await startFactory({
      url: (await options.stationsThrough?.(url)) ?? url,
      adminToken,
      procedureName: 'PCBA-FCT',
      stations,
      scenario,
      seed,
      clock,
      log: { info: (text) => reports.push(text), warn: (text) => warnings.push(text) },
      soakMinutes,
      slackChannel: channelId,
      pastFirstAttempts: options.pastFirstAttempts ?? 150,
    })
    atEnd(factory.stop)
    return factory
  }

  return {
    url,
    env,
    clock,
    slack,
    channel: channelOf(slack),
    api: httpApi({ url: () => url, adminToken }),
    database,
    openFactory,
    atEnd,
    /** What the stations complained of. */
    warnings,
    /** What else the factory said. */
    reports,
  }
}

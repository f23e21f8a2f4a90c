// The service is killed without a warning: between a decision and its delivery, and in the middle of taking runs.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { buttons, ines, words } from './support/channel.ts'
import { type Door, door } from './support/door.ts'
import { type JourneyWithProcess, journeyWithProcess } from './support/journey.ts'
import { until } from './support/until.ts'

test('killed before a decision is delivered: after the restart its card arrives, exactly once', async () => {
  const { channel, api, slack, service, start, factory } = await journeyWithProcess('main', {
    pastFirstAttempts: 20,
  })
  slack.faults.set({ kind: 'away' })
  expect((await startRollout(api, factory)).status).toBe(201)
  await slack.waitFor(() => slack.calls().some((call) => call.method === 'chat.postMessage'), 10_000)
  // Without anything new from stations or gates, only the decision's own delivery can bring the card.
  await until('the station has pulled it', async () => {
    const { verdict, stations } = await api.rollout()
    return verdict !== null && stations.some((station) => station.status === 'pulled')
  })
  await factory.stop()
  await service.kill()
  slack.faults.clear()

  await start()
  const card = await channel.card(1, (shown) => buttons(shown).includes('abort'))
  expect((await api.rollout()).status).toBe('active')
  await channel.type(ines, 'abort tried enough')
  await channel.card(1, (shown) => words(shown).includes('by Ines Duarte'))
  expect(channel.posts().map((post) => post.ts)).toEqual([card.ts])
})

test('killed while its call to Slack is under way: after the restart the card and the thread are there, once', async () => {
  let slackDoor: Door | undefined
  const { channel, api, slack, service, start, factory, atEnd } = await journeyWithProcess('fast', {
    scenario: 'broken',
    slackApiUrl: async (real) => {
      slackDoor = await door(real)
      return slackDoor.url
    },
  })
  atEnd(async () => slackDoor?.close())
  expect((await startRollout(api, factory)).status).toBe(201)
  const card = await channel.card(1)
  slackDoor?.hold('chat.postMessage')
  await until('a gate pauses it', async () => (await api.rollout()).status === 'paused', { ms: 60_000 })
  await slackDoor?.stands()
  await service.kill()
  slackDoor?.open()

  await start()
  const alert = await channel.reply(card, 'acknowledge it with a reason, or abort', 60_000)
  await channel.card(1, (shown) => words(shown).includes('*Paused* by Firstpass'))
  expect(await channel.pressAndSay(ines, alert, 'abort', 'no good')).toMatchObject({ ok: true })
  await channel.reply(card, 'the abort is finished', 60_000)
  const replies = channel.repliesTo(card).map((each) => each.text)
  expect(new Set(replies).size).toBe(replies.length)
  expect(channel.posts()).toHaveLength(1)
  expect(slack.notices(ines)).toEqual([])
})

test('killed in the middle of taking runs: stations send again, and each run counts once', async () => {
  let stationDoor: Door | undefined
  const journey = await journeyWithProcess('fast', {
    stationsThrough: async (real) => {
      stationDoor = await door(real)
      return stationDoor.url
    },
  })
  journey.atEnd(async () => stationDoor?.close())
  const { api, start, factory, reports, warnings } = journey
  let { service } = journey
  // Three stations at once, and no end: a rollout that ends counts its runs anew.
  const stages = [{ target: { stations: 3 }, soak: { minutes: 10_000 } }, { target: { share: 1 } }]
  expect((await startRollout(api, factory, { stages })).status).toBe(201)
  const onNew = () => factory.stats().byDeployment[factory.candidate.id]
  for (let kills = 1; kills <= 2; kills += 1) {
    const runs = factory.stats().runs
    await until('runs come in', () => factory.stats().runs > runs + 60)
    const lost = stationDoor?.lost() ?? 0
    stationDoor?.loseAnswers('/runs/batch')
    await until('stored runs are not answered', () => (stationDoor?.lost() ?? 0) >= lost + 3)
    await service.kill()
    stationDoor?.open()
    await until('stations keep their runs', () => factory.stats().queued > 60)
    service = await start()
  }
  // What they are about to send is always some: they go on testing. Stopping sends the rest.
  await until('stations have sent what they kept', () => factory.stats().queued < 30)
  await factory.stop()
  expect(factory.stats()).toMatchObject({ queued: 0, parked: 0 })
  expect(warnings).toEqual([])

  const { canaryArm } = await api.rollout()
  const score = onNew()
  expect(canaryArm).toMatchObject({
    runs: (score?.passed ?? 0) + (score?.failed ?? 0),
    units: score?.units,
    passed: score?.unitsPassed,
  })
  await service.stop()
  const past = Number(reports.join(' ').match(/Storing (\d+) runs of the past/)?.[1])
  const stored = await storedRuns(journey)
  expect(stored).toEqual({
    [factory.base.id]: past + (factory.stats().byDeployment[factory.base.id]?.runs ?? 0),
    [factory.candidate.id]: score?.runs,
  })
})

function startRollout(
  api: JourneyWithProcess['api'],
  factory: JourneyWithProcess['factory'],
  plan: { preset: string } | { stages: unknown[] } = { preset: 'hot-fix' },
) {
  return api.ask('POST', '/api/v1/rollouts', {
    procedure_id: factory.procedureId,
    deployment_id: factory.candidate.id,
    ...plan,
  })
}

async function storedRuns({ database }: JourneyWithProcess): Promise<Record<string, number>> {
  const opened = await database.open()
  try {
    const counted = await rows<{ deployment: string; runs: number }>(
      opened.db,
      sql`select deployment_id::text as deployment, count(*)::int as runs from runs group by 1`,
    )
    return Object.fromEntries(counted.map((each) => [each.deployment, each.runs]))
  } finally {
    await opened.close()
  }
}

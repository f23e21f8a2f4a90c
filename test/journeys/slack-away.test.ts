// Slack is away, slow to let calls in, or not there when the service starts: decisions go on, and nothing is lost.
import { expect, test } from 'vitest'
import type { Fault } from '../../demo/slack/state/faults.ts'
import { buttons, ines, words } from './support/channel.ts'
import { journey } from './support/journey.ts'
import { until } from './support/until.ts'

const troubles: [string, Fault][] = [
  ['cannot be reached', { kind: 'away' }],
  ['refuses every call for a while', { kind: 'ratelimited', retryAfterSeconds: 2 }],
]

test.each(troubles)(
  'Slack %s: gates and people go on deciding, and later it is all told once',
  async (_how, fault) => {
    const { channel, api, slack } = await journey({ scenario: 'broken', stations: 4 })
    await channel.type(ines, 'start PCBA-FCT 2.4.1 --preset small-fleet')
    await channel.card(1)
    const { id } = await api.rollout()

    slack.faults.set(fault)
    const override = { override: true, reason: 'the night shift needs it' }
    expect((await api.ask('POST', `/api/v1/rollouts/${id}/advance`, override)).status).toBe(200)
    await until('a gate pauses it', async () => (await api.rollout()).status === 'paused', { ms: 60_000 })
    const abort = { reason: 'crashes in the middle of the test' }
    expect((await api.ask('POST', `/api/v1/rollouts/${id}/abort`, abort)).status).toBe(200)
    await until('every station is back', async () => (await api.rollout()).status === 'aborted')
    expect(words(await channel.card(1))).not.toContain('*Advanced*')
    expect(channel.posts()).toHaveLength(1)

    slack.faults.clear()
    const second = await channel.card(2, (card) => words(card).includes('*Aborted* by'), 60_000)
    const first = await channel.card(1, (card) => words(card).includes('the night shift needs it'))
    await channel.reply(second, 'the abort is finished', 60_000)
    expect([...buttons(first), ...buttons(second)]).toEqual([])
    expect(channel.posts().map((post) => post.ts)).toEqual([first.ts, second.ts])

    const events = await api.events()
    const opened = events.filter((event) => event.type === 'BreachOpened').length
    await slack.waitFor(() => channel.repliesTo(second).length >= opened + 2, 30_000)
    const replies = channel.repliesTo(second).map(words)
    expect(replies.filter((text) => text.includes('*Done*'))).toHaveLength(opened)
    expect(replies.filter((text) => text.includes('PCBA-FCT 2.4.1: aborted by'))).toHaveLength(1)
    expect(replies.filter((text) => text.includes('the abort is finished'))).toHaveLength(1)
    expect(channel.repliesTo(first)).toEqual([])
  },
)

test('Slack is not there at the start: the service works, says so, and connects by itself later', async () => {
  const { channel, api, factory, slack } = await journey({ stations: 2, slackAway: true })
  const waiting = await api.ready()
  expect(waiting).toMatchObject({ status: 503, body: { ready: false, database: { ok: true } } })
  expect(waiting.body.slack.detail).toMatch(/^connecting: /)
  const started = await api.ask('POST', '/api/v1/rollouts', {
    procedure_id: factory.procedureId,
    deployment_id: factory.candidate.id,
    preset: 'hot-fix',
  })
  expect(started.status).toBe(201)
  await until('the station runs it', async () => (await api.rollout()).canaryArm.runs > 0)
  expect((await api.ready()).status).toBe(503)

  slack.faults.clear()
  await until('the service is ready', async () => (await api.ready()).status === 200)
  await channel.card(1, (card) => buttons(card).includes('advance'))
  await channel.type(ines, 'pause looking around')
  await channel.card(1, (card) => words(card).includes('*Paused* by Ines Duarte'))
  expect(channel.posts()).toHaveLength(1)
})

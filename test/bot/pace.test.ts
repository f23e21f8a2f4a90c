// Slack's limits, kept for each method and channel: what is held back waits in the queue, all else goes on.
import { describe, expect, it } from 'vitest'
import { createPace } from '../../bot/connection/pace.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import { uuid } from '../support/fixed-values.ts'
import { anArm, aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

type Answer = { status: number; retryAfter?: string; body?: object }

/** Slack as a function: answers in order, then well. */
function pacing(...answers: Answer[]) {
  const clock = { now: 1_000_000 }
  const called: string[] = []
  const slack: typeof fetch = async (input, init) => {
    const args = new URLSearchParams(String(init?.body ?? ''))
    called.push(`${new URL(String(input)).pathname.split('/').at(-1)} ${args.get('channel') ?? ''}`.trim())
    const { status, retryAfter, body } = answers.shift() ?? { status: 200 }
    return new Response(JSON.stringify(body ?? { ok: status === 200 }), {
      status,
      headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    })
  }
  const paced = createPace({ now: () => clock.now })
  const ways = { queue: paced(slack, { spaced: true }), person: paced(slack, { spaced: false }) }
  const call = async (method: string, at: string, way: keyof typeof ways = 'queue') => {
    const body = new URLSearchParams({ channel: at, text: 'hello' }).toString()
    const response = await ways[way](`https://slack.com/api/${method}`, { method: 'POST', body })
    return response.status === 429 ? Number(response.headers.get('retry-after')) : response.status
  }
  return { clock, called, call, ways }
}

describe('a method that Slack asked to wait with in a channel', () => {
  it('is not asked again there before the time is over, and everything else is', async () => {
    const { call, called, clock } = pacing({ status: 429, retryAfter: '30' })
    expect(await call('chat.update', 'C1')).toBe(30)
    clock.now += 12_500
    expect(await call('chat.update', 'C1')).toBe(18)
    expect(await call('chat.update', 'C2')).toBe(200)
    expect(await call('chat.postMessage', 'C1')).toBe(200)
    expect(called).toEqual(['chat.update C1', 'chat.update C2', 'chat.postMessage C1'])
    clock.now += 17_500
    expect(await call('chat.update', 'C1')).toBe(200)
  })

  it('is held for people and queue alike', async () => {
    const { call, called } = pacing({ status: 429, retryAfter: '3' })
    await call('chat.update', 'C1', 'person')
    expect(await call('chat.update', 'C1')).toBe(3)
    expect(await call('chat.update', 'C1', 'person')).toBe(3)
    expect(called).toHaveLength(1)
  })

  it('that says nothing of a time is asked again', async () => {
    const { call } = pacing({ status: 429 }, { status: 429, retryAfter: 'soon' })
    expect(await call('chat.update', 'C1')).toBe(0)
    expect(await call('chat.update', 'C1')).toBeNaN()
    expect(await call('chat.update', 'C1')).toBe(200)
  })
})

describe('messages', () => {
  it('of the queue go into a channel once a second, into each channel by itself', async () => {
    const { call, clock } = pacing()
    expect(await call('chat.postMessage', 'C1')).toBe(200)
    expect(await call('chat.postMessage', 'C1')).toBe(1)
    expect(await call('chat.postMessage', 'C2')).toBe(200)
    clock.now += 999
    expect(await call('chat.postMessage', 'C1')).toBe(1)
    clock.now += 1
    expect(await call('chat.postMessage', 'C1')).toBe(200)
  })

  it('for a person who waits go at once, and the queue leaves them their second', async () => {
    const { call } = pacing()
    expect(await call('chat.postMessage', 'C1', 'person')).toBe(200)
    expect(await call('chat.postMessage', 'C1', 'person')).toBe(200)
    expect(await call('chat.postMessage', 'C1')).toBe(1)
  })

  it('that Slack refuses take no second: plainer blocks follow at once', async () => {
    const { call } = pacing({ status: 200, body: { ok: false, error: 'invalid_blocks' } })
    expect(await call('chat.postMessage', 'C1')).toBe(200)
    expect(await call('chat.postMessage', 'C1')).toBe(200)
    expect(await call('chat.postMessage', 'C1')).toBe(1)
  })
})

it('uploads and answers to a response_url are let through', async () => {
  const { ways, called } = pacing({ status: 429, retryAfter: '30' })
  for (const url of ['https://hooks.slack.com/actions/T1/1/2', 'https://files.slack.com/upload/v1/abc'])
    for (let times = 0; times < 2; times += 1) await ways.queue(url, { method: 'POST', body: 'x' })
  expect(called).toHaveLength(4)
})

describe('deliveries under a storm of 429', () => {
  const first = aRollout()
  const second = aRollout({
    id: rolloutId.parse(uuid(1, 2)),
    procedure: { ...first.procedure, channel: 'C0LINE2000' },
  })
  const cardOf = (id: typeof first.id) => ({ kind: 'card' as const, rolloutId: id, stageIndex: 1 })

  it('hold up one channel alone, and its card is current when the storm is over', async () => {
    const service = fakeService({ rollouts: [first, second] })
    const open = await openBot({ service })
    const cards = [cardOf(first.id), cardOf(second.id)]
    for (const card of cards) await open.bot.deliver(card)
    const change = (units: number) => {
      service.rollouts = service.rollouts.map((each) => ({
        ...each,
        canaryArm: anArm({ units }),
        verdict: null,
      }))
    }
    change(80)
    open.clock.now += 4000
    open.workspace.faults.set({
      kind: 'ratelimited',
      retryAfterSeconds: 40,
      methods: ['chat.update'],
      times: 1,
    })
    expect(await open.deliverOnce(cardOf(first.id))).toMatchObject({ delivered: false, waitSeconds: 40 })
    expect(await open.deliverOnce(cardOf(second.id))).toEqual({ delivered: true })
    const asked = () => open.workspace.calls().filter((call) => call.method === 'chat.update').length
    const before = asked()
    open.clock.now += 10_000
    change(90)
    expect(await open.deliverOnce(cardOf(first.id))).toMatchObject({ delivered: false, waitSeconds: 30 })
    expect(asked()).toBe(before)
    open.clock.now += 30_000
    expect(await open.deliverOnce(cardOf(first.id))).toEqual({ delivered: true })
    expect(open.workspace.messages(channel).map((message) => message.text)).toEqual([
      expect.stringContaining('90'),
    ])
  })
})

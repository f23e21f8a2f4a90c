// Events are kept before they are acknowledged, by either door, and worked on once.
import { describe, expect, it, vi } from 'vitest'
import { ines } from '../support/fixed-values.ts'
import { memoryStore } from './support/memory-store.ts'
import { answerTo, channel, type Door, openBot, signingSecret } from './support/open-bot.ts'
import { slackRequest } from './support/slack-request.ts'

const mention = { user: ines.id, channel, text: 'what can you do?' }
const patiently = { timeout: 2000, interval: 5 }

describe.each<Door>(['http', 'socket'])('an event over %s', (door) => {
  it('is worked on when the queue comes to it, not when it comes', async () => {
    const open = await openBot({ door })
    open.store.onEvent = () => {}
    await open.workspace.mention(mention)
    await vi.waitFor(() => expect(open.store.taken).toHaveLength(1), patiently)
    expect(open.workspace.ephemerals(ines.id)).toEqual([])
    const [{ eventId, body } = { eventId: '', body: {} }] = open.store.taken
    expect(body).not.toHaveProperty('token')
    expect(body).toMatchObject({ type: 'event_callback', event_id: eventId, event: { type: 'app_mention' } })
    expect(await open.bot.deliver({ kind: 'event', eventId, body })).toEqual({ delivered: true })
    await answerTo(open, ines.id, '/rollout help')
  })

  it('that comes again is acknowledged and dropped', async () => {
    const open = await openBot({ door })
    const sent = await open.workspace.sendEvent({ type: 'app_mention', user: ines.id, channel }, 'Ev0TWICE')
    expect(sent.first).toMatchObject({ kind: 'answered', status: 200 })
    const again = await open.workspace.sendEvent({ type: 'app_mention', user: ines.id, channel }, 'Ev0TWICE')
    expect(again.first).toMatchObject({ kind: 'answered', status: 200 })
    await answerTo(open, ines.id, '/rollout help')
    expect(open.store.taken).toHaveLength(1)
    expect(open.workspace.ephemerals(ines.id)).toHaveLength(1)
  })

  it('that cannot be kept is not acknowledged, and is kept when Slack sends it again', async () => {
    const store = memoryStore()
    store.away = true
    const workspace = { eventRetryDelaysMs: [50, 50], ackTimeoutMs: 100 }
    const open = await openBot({ door, store, workspace })
    const sent = await open.workspace.sendEvent({ type: 'app_mention', user: ines.id, channel })
    if (door === 'http') expect(sent.first).toMatchObject({ kind: 'answered', status: 503 })
    else expect(sent.first).toMatchObject({ kind: 'timeout' })
    store.away = false
    await sent.delivered
    expect(store.taken).toHaveLength(1)
    await answerTo(open, ines.id, '/rollout help')
    expect(open.logged.some((line) => line.includes('an event of Slack could not be kept'))).toBe(true)
  })
})

describe('an event', () => {
  const body = JSON.stringify({
    type: 'event_callback',
    event_id: 'Ev1',
    team_id: 'T1',
    event: { type: 'x' },
  })
  const json = { contentType: 'application/json' }

  it('is kept while Slack is not connected yet, and waits in the queue', async () => {
    const open = await openBot({
      connecting: true,
      away: true,
      wait: async (_ms, signal) => untilAborted(signal),
    })
    expect(await open.server.inject(slackRequest(body, signingSecret, json))).toMatchObject({
      statusCode: 200,
    })
    expect(open.store.taken).toHaveLength(1)
    expect(await open.bot.deliver({ kind: 'event', eventId: 'Ev1', body: JSON.parse(body) })).toEqual({
      delivered: false,
      waitSeconds: 5,
      why: 'Slack is not connected yet',
    })
  })

  it('that Slack did not sign is not kept', async () => {
    const open = await openBot()
    expect(await open.server.inject(slackRequest(body, 'another-secret', json))).toMatchObject({
      statusCode: 401,
    })
    expect(open.store.taken).toEqual([])
  })
})

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

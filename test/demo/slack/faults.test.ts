import { WebAPIRateLimitedError } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import { startSlackWorkspace } from '../../../demo/slack/workspace.ts'
import { client, refusal } from './support/client.ts'
import { clock } from './support/clock.ts'
import { botToken, ines, rollouts, signingSecret, workspace, workspaceWithApp } from './support/small-app.ts'

const hello = { channel: rollouts, text: 'hello' }

test('rate limiting says how long to wait', async () => {
  const slack = await workspace()
  slack.faults.set({ kind: 'ratelimited', retryAfterSeconds: 7 })
  const error = await client(slack)
    .chat.postMessage(hello)
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(WebAPIRateLimitedError)
  expect(error).toMatchObject({ retryAfter: 7 })
  expect(slack.calls()).toMatchObject([{ method: 'chat.postMessage', ok: false, status: 429 }])
  slack.faults.clear()
  expect(await client(slack).chat.postMessage(hello)).toMatchObject({ ok: true })
})

test('a fault strikes the named methods only, and only as often as it says', async () => {
  const slack = await workspace()
  const web = client(slack)
  slack.faults.set({ kind: 'error', error: 'fatal_error', methods: ['chat.postMessage'], times: 1 })
  expect(await web.auth.test()).toMatchObject({ ok: true })
  expect(await refusal(web.chat.postMessage(hello))).toMatchObject({ error: 'fatal_error' })
  expect(await web.chat.postMessage(hello)).toMatchObject({ ok: true })
})

test('a broken server answers 500', async () => {
  const slack = await workspace()
  slack.faults.set({ kind: 'error500' })
  await expect(client(slack).chat.postMessage(hello)).rejects.toThrow(/500/)
  expect(slack.messages(rollouts)).toEqual([])
})

test('Slack away hangs up before anything happens', async () => {
  const slack = await workspace()
  slack.faults.set({ kind: 'away' })
  await expect(client(slack).chat.postMessage(hello)).rejects.toThrow()
  expect(slack.messages(rollouts)).toEqual([])
})

test('a lost answer leaves the effect behind', async () => {
  const slack = await workspace()
  slack.faults.set({ kind: 'answer-lost' })
  await expect(client(slack).chat.postMessage(hello)).rejects.toThrow()
  expect(slack.messages(rollouts)).toMatchObject([{ text: 'hello' }])
})

test('a slow answer comes after its delay', async () => {
  const slack = await workspace()
  slack.faults.set({ kind: 'slow', delayMs: 60 })
  const started = performance.now()
  await client(slack).chat.postMessage(hello)
  expect(performance.now() - started).toBeGreaterThanOrEqual(55)
})

test('the log of calls keeps arguments and no tokens', async () => {
  const slack = await workspace()
  await client(slack).chat.postMessage(hello)
  await fetch(`${slack.apiUrl}auth.test?token=${botToken}`)
  expect(slack.calls()).toMatchObject([
    { method: 'chat.postMessage', args: hello, ok: true },
    { method: 'auth.test' },
  ])
  expect(JSON.stringify(slack.calls())).not.toContain(botToken)
})

test('waiting ends at the change, or says what did not happen', async () => {
  const slack = await workspace()
  const arrived = slack.waitFor(() => slack.messages(rollouts).length === 1, 2000)
  await client(slack).chat.postMessage(hello)
  await arrived
  await expect(slack.waitFor(() => slack.messages(rollouts).length === 2, 20)).rejects.toThrow(
    /length === 2.*20 ms/,
  )
})

test('a taken port is an error that says so', async () => {
  const slack = await workspace()
  const port = Number(new URL(slack.url).port)
  const second = startSlackWorkspace({ port, appUrl: () => '', signingSecret, botToken })
  await expect(second).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`)
})

test('a fault of one channel leaves the others alone', async () => {
  const slack = await workspace()
  const web = client(slack)
  slack.faults.set({ kind: 'error', error: 'fatal_error', channels: [rollouts] })
  slack.faults.set({ kind: 'error', error: 'internal_error', methods: ['auth.test'] })
  expect(await refusal(web.chat.postMessage(hello))).toMatchObject({ error: 'fatal_error' })
  expect(await web.chat.postMessage({ ...hello, channel: 'C0LINE2000' })).toMatchObject({ ok: true })
  expect(await refusal(web.auth.test())).toMatchObject({ error: 'internal_error' })
})

test('events come twice with one id, or in the wrong order, when they are to', async () => {
  const heard: unknown[][] = []
  const slack = await workspaceWithApp((app) =>
    app.event('app_mention', async ({ event, body }) => {
      heard.push([event.text, body.event_id])
    }),
  )
  const mention = (text: string) => slack.mention({ user: ines, channel: rollouts, text })
  slack.faults.set({ kind: 'events-duplicated', times: 1 })
  await mention('one')
  await expect.poll(() => heard.length).toBe(2)
  expect(heard[0]).toEqual(heard[1])
  slack.faults.set({ kind: 'events-out-of-order', times: 1 })
  await Promise.all([mention('two'), mention('three')])
  await expect.poll(() => heard.length).toBe(4)
  expect(heard.slice(2).map(([text]) => String(text).split(' ').at(-1))).toEqual(['three', 'two'])
})

describe('with Slack’s own limits', () => {
  test('a channel takes a short burst of posts, then one a second', async () => {
    const time = clock()
    const slack = await workspace({ rateLimits: true, now: time.now })
    const web = client(slack)
    for (let post = 0; post < 5; post += 1) await web.chat.postMessage(hello)
    const refused = await web.chat.postMessage(hello).catch((reason: unknown) => reason)
    expect(refused).toMatchObject({ retryAfter: 5 })
    expect(await web.chat.postMessage({ ...hello, channel: 'C0LINE2000' })).toMatchObject({ ok: true })
    time.pass(5000)
    expect(await web.chat.postMessage(hello)).toMatchObject({ ok: true })
  })

  test('a method has so many calls a minute, and a refused one does not count', async () => {
    const time = clock()
    const slack = await workspace({ rateLimits: true, now: time.now })
    const groups = () => client(slack).usergroups.list({})
    for (let call = 0; call < 20; call += 1) await groups()
    time.pass(50_000)
    for (let call = 0; call < 3; call += 1)
      expect(await groups().catch((reason: unknown) => reason)).toMatchObject({ retryAfter: 10 })
    time.pass(10_000)
    expect(await groups()).toMatchObject({ ok: true })
  })
})

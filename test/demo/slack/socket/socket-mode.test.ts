// Socket Mode against Slack's own client, and where a bare WebSocket shows more, against that.
import { WebClient } from '@slack/web-api'
import { expect, onTestFinished, test } from 'vitest'
import type { SlackWorkspace } from '../../../../demo/slack/workspace.ts'
import { modal, options, plain, reasonInput } from '../support/blocks.ts'
import { client, refusal } from '../support/client.ts'
import { botToken, ines, rollouts, workspace } from '../support/small-app.ts'
import { appToken, socketApp } from '../support/socket-app.ts'

const silentApp = () => {}

test('a command comes over the socket, and its acknowledgement may carry the answer', async () => {
  const slack = await workspace({ appToken })
  await socketApp(slack, (app) =>
    app.command('/rollout', async ({ ack, command }) => ack({ text: `heard ${command.text}` })),
  )
  expect(slack.sockets.count()).toBe(1)
  expect(await slack.command({ user: ines, channel: rollouts, text: 'status' })).toMatchObject({
    ok: true,
    reply: { ok: true },
  })
  expect(slack.ephemerals(ines)).toMatchObject([{ text: 'heard status' }])
})

test('options, errors of a modal and its closing all travel in acknowledgements', async () => {
  const slack = await workspace({ appToken })
  await socketApp(slack, (app) => {
    app.command('/rollout', async ({ ack, command, client: web }) => {
      await ack()
      const build = {
        type: 'input' as const,
        block_id: 'build',
        label: plain('Build'),
        element: { type: 'external_select' as const, action_id: 'build', min_query_length: 0 },
      }
      await web.views.open({ trigger_id: command.trigger_id, view: modal([build, reasonInput]) })
    })
    app.options('build', async ({ ack, options: { value } }) => ack({ options: options(`${value}.1`) }))
    app.view('start', async ({ ack, view }) => {
      const reason = view.state.values.reason?.text?.value
      if (reason === 'because') await ack({ response_action: 'errors', errors: { reason: 'Why?' } })
      else await ack()
    })
  })
  await slack.command({ user: ines, channel: rollouts, text: 'start' })
  await slack.waitFor(() => slack.views(ines).length === 1, 2000)
  const viewId = slack.views(ines)[0]?.id ?? ''
  expect(await slack.suggestOptions({ user: ines, viewId, actionId: 'build', value: '2.4' })).toMatchObject({
    options: [{ value: '2.4.1' }],
  })
  await slack.submitView({ user: ines, viewId, values: { build: '2.4.1', reason: 'because' } })
  expect(slack.views(ines)[0]?.errors).toEqual({ reason: 'Why?' })
  await slack.submitView({ user: ines, viewId, values: { reason: 'quality asked' } })
  expect(slack.views(ines)).toEqual([])
})

test('an acknowledgement of a click carries nothing that Slack would look at', async () => {
  const slack = await workspace({ appToken })
  const socket = await bareSocket(slack)
  const { ts = '' } = await client(slack).chat.postMessage({
    channel: rollouts,
    text: 'card',
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go') }] }],
  })
  const clicked = slack.click({ user: ines, channel: rollouts, ts, actionId: 'go' })
  const envelope = await socket.next()
  expect(envelope).toMatchObject({ type: 'interactive', accepts_response_payload: false })
  socket.acknowledge(envelope, { text: 'not shown' })
  expect(await clicked).toMatchObject({ ok: true, body: '' })
})

test('hello tells how many connections there are, and envelopes take turns on them', async () => {
  const slack = await workspace({ appToken })
  const first = await bareSocket(slack)
  const second = await bareSocket(slack)
  expect([first.hello, second.hello]).toMatchObject([
    { type: 'hello', num_connections: 1, connection_info: { app_id: slack.team.appId } },
    { type: 'hello', num_connections: 2 },
  ])
  void slack.sendEvent({ type: 'app_mention' })
  void slack.sendEvent({ type: 'app_mention' })
  const envelopes = [await first.next(), await second.next()]
  expect(envelopes).toMatchObject([
    { type: 'events_api', retry_attempt: 0, accepts_response_payload: false },
    { type: 'events_api', retry_attempt: 0 },
  ])
  expect(envelopes[0]?.envelope_id).not.toBe(envelopes[1]?.envelope_id)
})

test('an event that nobody acknowledges comes again; a command fails to the person', async () => {
  const slack = await workspace({ appToken, ackTimeoutMs: 200, eventRetryDelaysMs: [0] })
  const socket = await bareSocket(slack)
  const sent = slack.sendEvent({ type: 'app_mention' })
  const first = await socket.next()
  const again = await socket.next()
  expect(again).toMatchObject({ retry_attempt: 1, retry_reason: 'timeout', payload: first.payload })
  socket.acknowledge(again)
  expect((await (await sent).delivered).attempts.map(({ kind }) => kind)).toEqual(['timeout', 'answered'])
  expect(await slack.command({ user: ines, channel: rollouts, text: 'status' })).toMatchObject({
    ok: false,
    error: 'operation_timeout',
  })
})

test('an acknowledgement on another connection than the envelope came on does not count', async () => {
  const slack = await workspace({ appToken, ackTimeoutMs: 30 })
  const first = await bareSocket(slack)
  const second = await bareSocket(slack)
  const sent = slack.sendEvent({ type: 'app_mention' })
  second.acknowledge(await first.next())
  expect((await sent).first.kind).toBe('timeout')
})

test('a ticket opens one connection only, and a made-up one none', async () => {
  const slack = await workspace({ appToken })
  const url = await connectionUrl(slack)
  const first = new WebSocket(url)
  await new Promise((resolve) => first.addEventListener('open', resolve, { once: true }))
  onTestFinished(() => first.close())
  for (const refused of [url, url.replace(/ticket=[^&]+/, 'ticket=guess')]) {
    const second = new WebSocket(refused)
    await new Promise((resolve) => second.addEventListener('error', resolve, { once: true }))
  }
  expect(slack.sockets.count()).toBe(1)
})

test('only an app-level token opens a connection, and it is good for nothing else', async () => {
  const slack = await workspace({ appToken })
  const opening = (token: string) => refusal(client(slack, token).apps.connections.open({}))
  expect(await opening(botToken)).toMatchObject({ error: 'not_allowed_token_type' })
  expect(await opening('xapp-1-wrong')).toMatchObject({ error: 'invalid_auth' })
  expect(await refusal(client(slack, appToken).auth.test())).toMatchObject({
    error: 'not_allowed_token_type',
  })
})

test('Slack announces the end of a connection, and the app is gone after it', async () => {
  const slack = await workspace({ appToken })
  const socket = await bareSocket(slack)
  slack.sockets.disconnect('refresh_requested')
  expect(await socket.next()).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' })
  await slack.waitFor(() => slack.sockets.count() === 0, 2000)
  expect(await slack.command({ user: ines, channel: rollouts, text: 'status' })).toMatchObject({
    ok: false,
    error: 'dispatch_failed',
  })
})

test('a warned connection gets nothing new and stays open for what is under way', async () => {
  const slack = await workspace({ appToken })
  const old = await bareSocket(slack)
  slack.sockets.disconnect('warning')
  expect(await old.next()).toMatchObject({ type: 'disconnect', reason: 'warning' })
  const fresh = await bareSocket(slack)
  void slack.sendEvent({ type: 'app_mention' })
  expect(await fresh.next()).toMatchObject({ type: 'events_api' })
  expect(slack.sockets.count()).toBe(2)
})

test('a connection that is cut ends for Slack’s own client too', async () => {
  const slack = await workspace({ appToken })
  const { disconnected } = await socketApp(slack, silentApp)
  slack.sockets.drop()
  await disconnected
  expect(slack.sockets.count()).toBe(0)
})

test('an app that stops says goodbye', async () => {
  const slack = await workspace({ appToken })
  const { stop } = await socketApp(slack, silentApp)
  await stop()
  await slack.waitFor(() => slack.sockets.count() === 0, 2000)
})

type Envelope = Record<string, unknown> & { envelope_id?: string }

async function connectionUrl(slack: SlackWorkspace): Promise<string> {
  const web = new WebClient(appToken, { slackApiUrl: slack.apiUrl })
  return (await web.apps.connections.open({})).url ?? ''
}

/** A client without manners of its own: it acknowledges when a test says so. */
async function bareSocket(slack: SlackWorkspace) {
  const socket = new WebSocket(await connectionUrl(slack))
  onTestFinished(() => socket.close())
  const unread: Envelope[] = []
  const waiting: ((envelope: Envelope) => void)[] = []
  socket.addEventListener('message', ({ data }) => {
    const envelope = JSON.parse(String(data)) as Envelope
    const reader = waiting.shift()
    if (reader) reader(envelope)
    else unread.push(envelope)
  })
  const next = async () => unread.shift() ?? new Promise<Envelope>((resolve) => void waiting.push(resolve))
  const acknowledge = ({ envelope_id }: Envelope, payload?: object) =>
    socket.send(JSON.stringify({ envelope_id, ...(payload && { payload }) }))
  return { hello: await next(), next, acknowledge }
}

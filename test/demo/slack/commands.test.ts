import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { modal, reasonInput } from './support/blocks.ts'
import { client, refusal } from './support/client.ts'
import { clock } from './support/clock.ts'
import { ines, rollouts, signingSecret, workspace, workspaceWithApp } from './support/small-app.ts'

const rollout = { user: ines, channel: rollouts, text: 'start' }

/** An app that answers every request in one way and keeps what came. */
async function bareApp(status: number, answer = '') {
  const requests: { headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(status).end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { requests, url: () => `http://127.0.0.1:${port}/slack/events` }
}

describe('a command', () => {
  test('is a signed form with all that Slack sends', async () => {
    const app = await bareApp(200)
    const slack = await workspace({ appUrl: app.url })
    await slack.command({ ...rollout, text: 'start "a & b" <now>' })
    const [request] = app.requests
    const timestamp = request?.headers['x-slack-request-timestamp']
    const digest = createHmac('sha256', signingSecret)
      .update(`v0:${timestamp}:${request?.body}`)
      .digest('hex')
    expect(request?.headers['x-slack-signature']).toBe(`v0=${digest}`)
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toMatchObject({
      command: '/rollout',
      text: 'start "a &amp; b" &lt;now&gt;',
      user_id: ines,
      user_name: 'ines',
      channel_id: rollouts,
      channel_name: 'pcba-rollouts',
      team_id: slack.team.teamId,
      api_app_id: slack.team.appId,
      trigger_id: expect.stringMatching(/^\d+\.\d+\.\w+$/),
      response_url: expect.stringContaining('/response/'),
    })
  })

  test('is taken by Bolt, and the text of its acknowledgement is seen by the person only', async () => {
    const slack = await workspaceWithApp((app) => {
      app.command('/rollout', async ({ ack, command }) => ack(`you said ${command.text}`))
    })
    expect(await slack.command(rollout)).toMatchObject({ ok: true, reply: { ok: true } })
    expect(slack.ephemerals(ines)).toMatchObject([{ text: 'you said start', channel: rollouts }])
  })

  test('is answered to all when the acknowledgement says in_channel', async () => {
    const slack = await workspaceWithApp((app) => {
      app.command('/rollout', async ({ ack }) => ack({ response_type: 'in_channel', text: 'for all' }))
    })
    await slack.command(rollout)
    expect(slack.messages(rollouts)).toMatchObject([{ text: 'for all', bot_id: slack.team.botId }])
  })

  test('whose acknowledgement carries bad blocks says so', async () => {
    const slack = await workspaceWithApp((app) => {
      app.command('/rollout', async ({ ack }) =>
        ack({ text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }),
      )
    })
    expect(await slack.command(rollout)).toMatchObject({
      ok: true,
      reply: { ok: false, error: 'invalid_blocks' },
    })
  })

  test('that is not acknowledged in time shows operation_timeout', async () => {
    const slack = await workspaceWithApp((app) => app.command('/rollout', async () => {}), {
      ackTimeoutMs: 100,
    })
    expect(await slack.command(rollout)).toMatchObject({ ok: false, error: 'operation_timeout' })
    expect(slack.ephemerals(ines)[0]?.text).toBe('/rollout failed with the error "operation_timeout"')
  })

  test.each([
    [404, 'http_client_error'],
    [500, 'http_service_error'],
  ])('that is answered with %i fails with %s', async (status, error) => {
    const app = await bareApp(status)
    const slack = await workspace({ appUrl: app.url })
    expect(await slack.command(rollout)).toMatchObject({ ok: false, error })
  })

  test('to an app that is down fails with dispatch_failed', async () => {
    const slack = await workspace()
    expect(await slack.command(rollout)).toMatchObject({ ok: false, error: 'dispatch_failed' })
  })

  test('to an app with another signing secret is turned away', async () => {
    const slack = await workspaceWithApp((app) => app.command('/rollout', async ({ ack }) => ack()), {
      appSigningSecret: 'another',
    })
    expect(await slack.command(rollout)).toMatchObject({ ok: false, error: 'http_client_error' })
  })

  test.each([
    ['that the app does not have', { ...rollout, command: '/deploy' }],
    ['by somebody who is not here', { ...rollout, user: 'U0NOBODY' }],
    ['in a channel that is not here', { ...rollout, channel: 'C0NOWHERE' }],
  ])('%s does not reach the app', async (_what, input) => {
    const app = await bareApp(200)
    const slack = await workspace({ appUrl: app.url })
    expect(await slack.command(input)).toMatchObject({ ok: false, error: 'refused' })
    expect(app.requests).toEqual([])
  })
})

describe('a trigger', () => {
  async function triggered(now: () => number) {
    const app = await bareApp(200)
    const slack = await workspace({ appUrl: app.url, now })
    const { triggerId = '' } = await slack.command(rollout)
    return {
      slack,
      open: () => client(slack).views.open({ trigger_id: triggerId, view: modal([reasonInput]) }),
    }
  }

  test('opens one modal', async () => {
    const { slack, open } = await triggered(Date.now)
    expect((await open()).view).toMatchObject({ id: slack.views(ines)[0]?.id, callback_id: 'start' })
    expect(await refusal(open())).toMatchObject({ error: 'exchanged_trigger_id' })
  })

  test('expires after three seconds', async () => {
    const time = clock()
    const { slack, open } = await triggered(time.now)
    time.pass(3001)
    expect(await refusal(open())).toMatchObject({ error: 'expired_trigger_id' })
    expect(slack.views(ines)).toEqual([])
  })

  test('that was never issued is invalid', async () => {
    const slack = await workspace()
    const open = client(slack).views.open({ trigger_id: '1.2.x', view: modal([reasonInput]) })
    expect(await refusal(open)).toMatchObject({ error: 'invalid_trigger_id' })
  })

  test('survives a refused view', async () => {
    const app = await bareApp(200)
    const slack = await workspace({ appUrl: app.url })
    const { triggerId = '' } = await slack.command(rollout)
    const web = client(slack)
    const tooLong = modal([], { title: { type: 'plain_text', text: 'x'.repeat(25) } })
    expect(await refusal(web.views.open({ trigger_id: triggerId, view: tooLong }))).toMatchObject({
      error: 'invalid_arguments',
    })
    expect(await web.views.open({ trigger_id: triggerId, view: modal([reasonInput]) })).toMatchObject({
      ok: true,
    })
  })
})

describe('a response_url', () => {
  async function commanded(now?: () => number) {
    const app = await bareApp(200)
    const slack = await workspace({ appUrl: app.url, ...(now && { now }) })
    const outcome = await slack.command(rollout)
    const respond = (message: object) =>
      fetch(outcome.ok ? (outcome.responseUrl ?? '') : '', {
        method: 'POST',
        body: JSON.stringify(message),
        headers: { 'content-type': 'application/json' },
      })
    return { slack, respond }
  }

  test('posts for the person, or for all', async () => {
    const { slack, respond } = await commanded()
    await respond({ text: 'for you' })
    await respond({ text: 'for all', response_type: 'in_channel' })
    expect(slack.ephemerals(ines)).toMatchObject([{ text: 'for you' }])
    expect(slack.messages(rollouts)).toMatchObject([{ text: 'for all' }])
  })

  test('rewrites and removes what it posted', async () => {
    const { slack, respond } = await commanded()
    await respond({ text: 'working' })
    await respond({ text: 'done', replace_original: true })
    expect(slack.ephemerals(ines).map((one) => one.text)).toEqual(['done'])
    await respond({ delete_original: true })
    expect(slack.ephemerals(ines)).toEqual([])
  })

  test('works five times', async () => {
    const { slack, respond } = await commanded()
    for (let use = 1; use <= 5; use += 1) expect((await respond({ text: `${use}` })).status).toBe(200)
    const sixth = await respond({ text: '6' })
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }])
    expect(slack.ephemerals(ines)).toHaveLength(5)
  })

  test('works for thirty minutes', async () => {
    const time = clock()
    const { respond } = await commanded(time.now)
    time.pass(30 * 60_000)
    expect((await respond({ text: 'in time' })).status).toBe(200)
    time.pass(1)
    expect(await (await respond({ text: 'late' })).json()).toEqual({ ok: false, error: 'expired_url' })
  })
})

import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { card, mrkdwn } from './support/blocks.ts'
import { client } from './support/client.ts'
import { ines, rollouts, workspace, workspaceWithApp } from './support/small-app.ts'

/** An app that answers with these statuses in turn and keeps each request's retry headers and event id. */
async function answering(...statuses: number[]) {
  const seen: { eventId: string; num: unknown; reason: unknown }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { event_id } = JSON.parse(Buffer.concat(chunks).toString())
      seen.push({
        eventId: event_id,
        num: request.headers['x-slack-retry-num'],
        reason: request.headers['x-slack-retry-reason'],
      })
      response.writeHead(statuses[seen.length - 1] ?? 200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { seen, appUrl: () => `http://127.0.0.1:${port}/slack/events` }
}

test('a mention reaches the app with the person, the channel and an event id', async () => {
  const heard: unknown[] = []
  const slack = await workspaceWithApp((app) =>
    app.event('app_mention', async ({ body, say, event }) => {
      heard.push(body)
      await say({ text: 'here', thread_ts: event.ts })
    }),
  )
  const said = await slack.mention({ user: ines, channel: rollouts, text: 'status?' })
  await slack.waitFor(() => slack.messages(rollouts)[0]?.reply_count === 1, 2000)
  expect(heard).toMatchObject([
    {
      type: 'event_callback',
      event_id: said.ok ? said.events[0]?.eventId : '',
      team_id: slack.team.teamId,
      event: {
        type: 'app_mention',
        user: ines,
        channel: rollouts,
        text: `<@${slack.team.botUserId}> status?`,
      },
    },
  ])
})

test('a failed event comes again three times with the same id', async () => {
  const app = await answering(500, 404, 500, 500)
  const slack = await workspace({ appUrl: app.appUrl, eventRetryDelaysMs: [0, 1, 1] })
  const sent = await slack.sendEvent({ type: 'app_uninstalled' })
  const { attempts } = await sent.delivered
  expect(attempts).toHaveLength(4)
  expect(app.seen.map(({ num, reason }) => [num, reason])).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
  ])
  expect(new Set(app.seen.map((one) => one.eventId))).toEqual(new Set([sent.eventId]))
})

test('an event that was taken does not come again, unless it is sent as a replay', async () => {
  const app = await answering(500, 200)
  const slack = await workspace({ appUrl: app.appUrl, eventRetryDelaysMs: [0, 1, 1] })
  const sent = await slack.sendEvent({ type: 'tokens_revoked' })
  await sent.delivered
  expect(app.seen).toHaveLength(2)
  await slack.sendEvent({ type: 'tokens_revoked' }, sent.eventId)
  expect(app.seen.map((one) => one.eventId)).toEqual([sent.eventId, sent.eventId, sent.eventId])
})

test('closing the workspace ends retries that are still to come', async () => {
  const app = await answering(500, 500)
  const slack = await workspace({ appUrl: app.appUrl, eventRetryDelaysMs: [0, 60_000] })
  const sent = await slack.sendEvent({ type: 'x' })
  await slack.close()
  expect((await sent.delivered).attempts.length).toBeLessThan(3)
})

test('Bolt answers the check of its URL', async () => {
  const slack = await workspaceWithApp(() => {})
  expect(await slack.verifyUrl()).toBe(true)
})

test('a shared link of the app’s own host unfurls', async () => {
  const slack = await workspaceWithApp(
    (app) =>
      app.event('link_shared', async ({ event, client: web }) => {
        const unfurls = Object.fromEntries(
          event.links.map(({ url }) => [
            url,
            { blocks: [{ type: 'section' as const, text: mrkdwn('*Rollout 1*') }] },
          ]),
        )
        await web.chat.unfurl({ channel: event.channel, ts: event.message_ts, unfurls })
      }),
    { unfurlDomains: ['firstpass.test'] },
  )
  await slack.say({
    user: ines,
    channel: rollouts,
    text: 'see https://firstpass.test/r/1?a=1&b=2 and https://other.test/',
  })
  await slack.waitFor(() => slack.messages(rollouts)[0]?.unfurls !== undefined, 2000)
  expect(Object.keys(slack.messages(rollouts)[0]?.unfurls ?? {})).toEqual([
    'https://firstpass.test/r/1?a=1&b=2',
  ])
})

test('opening the Home lets the app publish one, whose buttons work', async () => {
  const acted: unknown[] = []
  const slack = await workspaceWithApp((app) => {
    app.event('app_home_opened', async ({ event, client: web }) => {
      await web.views.publish({ user_id: event.user, view: { type: 'home', blocks: card('look') } })
    })
    app.action('look', async ({ ack, body }) => {
      acted.push('view' in body ? body.view?.type : undefined)
      await ack()
    })
  })
  await slack.openHome(ines)
  await slack.waitFor(() => slack.home(ines) !== undefined, 2000)
  const viewId = slack.home(ines)?.id ?? ''
  expect(await slack.click({ user: ines, viewId, actionId: 'look' })).toMatchObject({ ok: true })
  expect(acted).toEqual(['home'])
})

test('shortcuts carry a trigger, and on a message the message', async () => {
  const heard: unknown[] = []
  const slack = await workspaceWithApp((app) =>
    app.shortcut(/.*/, async ({ ack, shortcut }) => {
      heard.push(shortcut)
      await ack()
    }),
  )
  const { ts = '' } = await client(slack).chat.postMessage({ channel: rollouts, text: 'card' })
  const global = await slack.shortcut({ user: ines, callbackId: 'start_rollout' })
  await slack.shortcut({ user: ines, callbackId: 'explain', channel: rollouts, ts })
  expect(heard).toMatchObject([
    { type: 'shortcut', callback_id: 'start_rollout', trigger_id: global.triggerId, user: { id: ines } },
    { type: 'message_action', callback_id: 'explain', message: { text: 'card' }, channel: { id: rollouts } },
  ])
})

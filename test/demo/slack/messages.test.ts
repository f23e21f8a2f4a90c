import { describe, expect, test } from 'vitest'
import { card } from './support/blocks.ts'
import { client, refusal } from './support/client.ts'
import { ines, rollouts, workspace } from './support/small-app.ts'

describe('posting', () => {
  test('a posted message is stored and answered in the shape of Slack', async () => {
    const slack = await workspace()
    const answer = await client(slack).chat.postMessage({
      channel: rollouts,
      text: 'paused',
      blocks: card('advance'),
    })
    expect(answer).toMatchObject({
      ok: true,
      channel: rollouts,
      message: { text: 'paused', bot_id: slack.team.botId },
    })
    expect(answer.ts).toMatch(/^\d{10}\.\d{6}$/)
    expect(slack.messages(rollouts)).toMatchObject([{ ts: answer.ts, text: 'paused' }])
  })

  test('timestamps are unique and grow also while the clock stands still', async () => {
    const slack = await workspace({ now: () => 1_732_100_000_000 })
    const web = client(slack)
    const posts = await Promise.all(
      [1, 2, 3].map((n) => web.chat.postMessage({ channel: rollouts, text: `${n}` })),
    )
    const stamps = posts.map((post) => post.ts)
    expect(new Set(stamps).size).toBe(3)
    expect(slack.messages(rollouts).map((one) => one.ts)).toEqual([...stamps].sort())
  })

  test('blocks and elements without ids get ids', async () => {
    const slack = await workspace()
    const text = { type: 'plain_text' as const, text: 'Go' }
    await client(slack).chat.postMessage({
      channel: rollouts,
      text: 'x',
      blocks: [{ type: 'actions', elements: [{ type: 'button', text }] }],
    })
    const [block] = slack.messages(rollouts)[0]?.blocks ?? []
    expect(block?.block_id).toBeTruthy()
    expect(block).toMatchObject({ elements: [{ action_id: expect.any(String) }] })
  })

  test('a reply stands in the thread and counts on its root', async () => {
    const slack = await workspace()
    const web = client(slack)
    const root = await web.chat.postMessage({ channel: rollouts, text: 'card' })
    await web.chat.postMessage({ channel: rollouts, text: 'breach', thread_ts: root.ts ?? '' })
    expect(slack.messages(rollouts)).toMatchObject([{ text: 'card', reply_count: 1 }])
    expect(slack.thread(rollouts, root.ts ?? '').map((one) => one.text)).toEqual(['card', 'breach'])
  })

  test('a user id stands for the direct message with them', async () => {
    const slack = await workspace()
    const opened = await client(slack).conversations.open({ users: ines })
    const posted = await client(slack).chat.postMessage({ channel: ines, text: 'for you' })
    expect(posted.channel).toBe(opened.channel?.id)
    expect(slack.messages(ines)).toMatchObject([{ text: 'for you' }])
  })

  test('an ephemeral message is seen by its reader only', async () => {
    const slack = await workspace()
    await client(slack).chat.postEphemeral({ channel: rollouts, user: ines, text: 'psst' })
    expect(slack.ephemerals(ines)).toMatchObject([{ text: 'psst' }])
    expect(slack.messages(rollouts)).toEqual([])
    expect(slack.ephemerals('U0PROCESS1')).toEqual([])
  })

  test.each([
    ['an unknown channel', { channel: 'C0NOWHERE', text: 'x' }, 'channel_not_found'],
    ['no text and no blocks', { channel: rollouts, text: '' }, 'no_text'],
    ['more than 40,000 characters', { channel: rollouts, text: 'x'.repeat(40_001) }, 'msg_too_long'],
  ])('%s is refused', async (_what, message, error) => {
    const slack = await workspace()
    expect(await refusal(client(slack).chat.postMessage(message))).toMatchObject({ error })
  })

  test('a channel that the app was not invited to is refused, and a private one is not there', async () => {
    const slack = await workspace({
      channels: [
        { id: 'C0OTHER', name: 'other', appIsMember: false },
        { id: 'C0SECRET', name: 'secret', appIsMember: false, isPrivate: true },
      ],
    })
    const post = (channel: string) => refusal(client(slack).chat.postMessage({ channel, text: 'x' }))
    expect(await post('C0OTHER')).toMatchObject({ error: 'not_in_channel' })
    expect(await post('C0SECRET')).toMatchObject({ error: 'channel_not_found' })
  })

  test('a wrong token, no token and an unknown method are refused', async () => {
    const slack = await workspace()
    expect(await refusal(client(slack, 'xoxb-wrong').auth.test())).toMatchObject({ error: 'invalid_auth' })
    const bare = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' })
    expect(await bare.json()).toMatchObject({ ok: false, error: 'not_authed' })
    expect(await refusal(client(slack).apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' })
  })
})

describe('rewriting', () => {
  test('an update with text alone removes the blocks', async () => {
    const slack = await workspace()
    const web = client(slack)
    const { ts = '' } = await web.chat.postMessage({ channel: rollouts, text: 'a', blocks: card('advance') })
    await web.chat.update({ channel: rollouts, ts, text: 'b' })
    expect(slack.messages(rollouts)[0]).toMatchObject({ text: 'b', edited: { user: slack.team.botUserId } })
    expect(slack.messages(rollouts)[0]?.blocks).toBeUndefined()
  })

  test('another author’s message can be neither updated nor deleted', async () => {
    const slack = await workspace()
    const said = await slack.say({ user: ines, channel: rollouts, text: 'mine' })
    const ts = said.ok ? said.ts : ''
    const web = client(slack)
    expect(await refusal(web.chat.update({ channel: rollouts, ts, text: 'x' }))).toMatchObject({
      error: 'cant_update_message',
    })
    expect(await refusal(web.chat.delete({ channel: rollouts, ts }))).toMatchObject({
      error: 'cant_delete_message',
    })
  })

  test('a message that is gone cannot be updated', async () => {
    const slack = await workspace()
    const web = client(slack)
    const { ts = '' } = await web.chat.postMessage({ channel: rollouts, text: 'a' })
    await web.chat.delete({ channel: rollouts, ts })
    expect(await refusal(web.chat.update({ channel: rollouts, ts, text: 'x' }))).toMatchObject({
      error: 'message_not_found',
    })
  })

  test('a permalink leads to the message on the page', async () => {
    const slack = await workspace()
    const web = client(slack)
    const { ts = '' } = await web.chat.postMessage({ channel: rollouts, text: 'a' })
    const { permalink = '' } = await web.chat.getPermalink({ channel: rollouts, message_ts: ts })
    const page = await fetch(permalink, { redirect: 'manual' })
    expect(page.headers.get('location')).toBe(`/?place=${rollouts}&thread=${ts}`)
  })
})

test('JSON and form bodies mean the same', async () => {
  const slack = await workspace()
  const body = JSON.stringify({ channel: rollouts, text: 'as JSON', blocks: card() })
  const headers = {
    authorization: 'Bearer xoxb-of-the-tests',
    'content-type': 'application/json; charset=utf-8',
  }
  const answer = await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers, body })
  expect(await answer.json()).toMatchObject({ ok: true })
  await client(slack).chat.postMessage({ channel: rollouts, text: 'as a form', blocks: card() })
  const [json, form] = slack.messages(rollouts)
  expect(json?.blocks?.map((block) => block.type)).toEqual(form?.blocks?.map((block) => block.type))
})

test('attachments and metadata of the wrong shape are refused, blocks within attachments too', async () => {
  const web = client(await workspace())
  const post = (part: object) =>
    refusal(web.apiCall('chat.postMessage', { channel: rollouts, text: 'x', ...part }))
  expect(await post({ attachments: 'none' })).toMatchObject({ error: 'invalid_attachments' })
  expect(await post({ attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) })).toMatchObject({
    error: 'too_many_attachments',
  })
  expect(await post({ attachments: [{ blocks: [{ type: 'banner' }] }] })).toMatchObject({
    error: 'invalid_blocks',
  })
  expect(await post({ metadata: { event_type: 'rollout' } })).toMatchObject({
    error: 'invalid_metadata_format',
  })
})

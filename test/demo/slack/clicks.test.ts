import { describe, expect, test } from 'vitest'
import { button, card, mrkdwn, options, plain } from './support/blocks.ts'
import { client } from './support/client.ts'
import { ines, marek, rollouts, workspaceWithApp } from './support/small-app.ts'

test('a click brings the whole message, the channel, the person and a trigger', async () => {
  const bodies: unknown[] = []
  const slack = await workspaceWithApp((app) => {
    app.action('advance', async ({ ack, body }) => {
      bodies.push(body)
      await ack()
    })
  })
  const { ts = '' } = await client(slack).chat.postMessage({
    channel: rollouts,
    text: 'card',
    blocks: card('advance'),
  })
  const outcome = await slack.click({ user: ines, channel: rollouts, ts, actionId: 'advance' })
  expect(outcome).toMatchObject({ ok: true })
  expect(bodies).toMatchObject([
    {
      type: 'block_actions',
      team: { id: slack.team.teamId, domain: 'factory' },
      user: { id: ines, username: 'ines', name: 'ines', team_id: slack.team.teamId },
      api_app_id: slack.team.appId,
      container: { type: 'message', message_ts: ts, channel_id: rollouts, is_ephemeral: false },
      trigger_id: outcome.triggerId,
      channel: { id: rollouts, name: 'pcba-rollouts' },
      message: { ts, text: 'card', bot_id: slack.team.botId, blocks: [{ type: 'header' }, {}, {}, {}] },
      response_url: expect.stringContaining('/response/'),
      actions: [
        {
          type: 'button',
          action_id: 'advance',
          block_id: 'decide',
          value: 'value of advance',
          action_ts: expect.stringMatching(/^\d+\.\d+$/),
        },
      ],
    },
  ])
})

test('a button that was taken away cannot be clicked', async () => {
  const slack = await workspaceWithApp((app) => app.action('advance', async ({ ack }) => ack()))
  const web = client(slack)
  const { ts = '' } = await web.chat.postMessage({
    channel: rollouts,
    text: 'card',
    blocks: card('advance', 'abort'),
  })
  await web.chat.update({ channel: rollouts, ts, text: 'card', blocks: card('abort') })
  expect(await slack.click({ user: ines, channel: rollouts, ts, actionId: 'advance' })).toEqual({
    ok: false,
    error: 'refused',
    says: 'there is no advance here (any more); there are: abort',
  })
})

test('a click that nobody acknowledges leaves a warning at the message, for that person only', async () => {
  const slack = await workspaceWithApp(() => {}, { ackTimeoutMs: 100 })
  const { ts = '' } = await client(slack).chat.postMessage({
    channel: rollouts,
    text: 'card',
    blocks: card('advance'),
  })
  const outcome = await slack.click({ user: ines, channel: rollouts, ts, actionId: 'advance' })
  expect(outcome).toMatchObject({ ok: false, error: 'operation_timeout' })
  expect(slack.notices(ines)).toMatchObject([{ ts, text: expect.stringContaining('timed out') }])
  expect(slack.notices(marek)).toEqual([])
})

test('an ephemeral message comes without its content and is replaced through the response_url', async () => {
  const bodies: object[] = []
  const slack = await workspaceWithApp((app) => {
    app.action('undo', async ({ ack, body, respond }) => {
      bodies.push(body)
      await ack()
      await respond({ replace_original: true, text: 'undone' })
    })
  })
  await client(slack).chat.postEphemeral({
    channel: rollouts,
    user: ines,
    text: 'sure?',
    blocks: card('undo'),
  })
  const ts = slack.ephemerals(ines)[0]?.ts ?? ''
  expect(await slack.click({ user: marek, channel: rollouts, ts, actionId: 'undo' })).toMatchObject({
    error: 'refused',
  })
  await slack.click({ user: ines, channel: rollouts, ts, actionId: 'undo' })
  await slack.waitFor(() => slack.ephemerals(ines)[0]?.text === 'undone', 2000)
  expect(bodies).toMatchObject([{ container: { is_ephemeral: true } }])
  expect(bodies[0]).not.toHaveProperty('message')
})

describe('choosing in a message', () => {
  const choices = [
    {
      type: 'actions' as const,
      block_id: 'set',
      elements: [
        { type: 'static_select' as const, action_id: 'share', options: options('10', '50') },
        { type: 'overflow' as const, action_id: 'more', options: options('supersede', 'acknowledge') },
        { type: 'datepicker' as const, action_id: 'day', initial_date: '2026-11-20' },
      ],
    },
    {
      type: 'section' as const,
      text: mrkdwn('x'),
      accessory: {
        ...button('go'),
        confirm: { title: plain('Sure?'), text: plain('x'), confirm: plain('Yes'), deny: plain('No') },
      },
    },
  ]

  async function posted() {
    const bodies: { actions: object[]; state: object }[] = []
    const slack = await workspaceWithApp((app) => {
      app.action(/.*/, async ({ ack, body }) => {
        if (body.type === 'block_actions') bodies.push({ actions: body.actions, state: body.state ?? {} })
        await ack()
      })
    })
    const { ts = '' } = await client(slack).chat.postMessage({
      channel: rollouts,
      text: 'x',
      blocks: choices,
    })
    const choose = (actionId: string, value?: string) =>
      slack.click({ user: ines, channel: rollouts, ts, actionId, value })
    return { choose, bodies }
  }

  test('an option arrives as selected_option, and later clicks carry it as state', async () => {
    const { choose, bodies } = await posted()
    await choose('share', '50')
    await choose('more', 'acknowledge')
    expect(bodies[0]).toMatchObject({
      actions: [{ type: 'static_select', selected_option: { value: '50' } }],
    })
    expect(bodies[1]).toMatchObject({
      actions: [
        { type: 'overflow', selected_option: { value: 'acknowledge', text: plain('Option acknowledge') } },
      ],
      state: {
        values: {
          set: {
            share: { type: 'static_select', selected_option: { value: '50' } },
            day: { type: 'datepicker', selected_date: '2026-11-20' },
          },
        },
      },
    })
  })

  test('what is not among the options cannot be chosen', async () => {
    const { choose, bodies } = await posted()
    expect(await choose('share', '99')).toMatchObject({
      ok: false,
      says: 'static_select does not show 99; it shows: 10, 50',
    })
    expect(await choose('more', 'nothing')).toMatchObject({ ok: false, error: 'refused' })
    expect(bodies).toEqual([])
  })

  test('a confirm dialog comes along with its action', async () => {
    const { choose, bodies } = await posted()
    await choose('go')
    expect(bodies[0]).toMatchObject({ actions: [{ type: 'button', confirm: { title: plain('Sure?') } }] })
  })
})

test('buttons inside containers and carousels work as others do', async () => {
  const acted: string[] = []
  const slack = await workspaceWithApp((app) =>
    app.action(/.*/, async ({ ack, action }) => {
      acted.push(`${'block_id' in action && action.block_id} ${'action_id' in action && action.action_id}`)
      await ack()
    }),
  )
  const inside = { type: 'actions' as const, block_id: 'inner', elements: [button('contained')] }
  const { ts = '' } = await client(slack).chat.postMessage({
    channel: rollouts,
    text: 'x',
    blocks: [
      { type: 'container', block_id: 'outer', title: plain('More'), child_blocks: [inside] },
      { type: 'carousel', block_id: 'cards', elements: [{ type: 'card', actions: [button('carded')] }] },
    ],
  })
  for (const actionId of ['contained', 'carded'])
    expect(await slack.click({ user: ines, channel: rollouts, ts, actionId })).toMatchObject({ ok: true })
  expect(acted).toEqual(['inner contained', 'cards carded'])
})

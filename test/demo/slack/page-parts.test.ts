// What the page shows a reader, as HTML, without a browser.
import type { KnownBlock } from '@slack/types'
import { expect, test } from 'vitest'
import { secondTeam } from '../../../demo/slack/state/team.ts'
import type { SlackWorkspace } from '../../../demo/slack/workspace.ts'
import { card, modal, mrkdwn, options, plain } from './support/blocks.ts'
import { client } from './support/client.ts'
import { ines, marek, rollouts, workspace, workspaceWithApp } from './support/small-app.ts'

type Looking = { user?: string; place?: string; thread?: string; team?: string }

async function partsOf(slack: SlackWorkspace, looking: Looking = {}) {
  const query = new URLSearchParams({ user: ines, place: rollouts, ...looking })
  const response = await fetch(`${slack.url}page/parts?${query}`)
  return (await response.json()) as Record<
    'places' | 'heading' | 'main' | 'thread' | 'modal' | 'faults',
    string
  >
}

async function act(slack: SlackWorkspace, input: Record<string, unknown>) {
  const response = await fetch(`${slack.url}page/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  return response.json()
}

test('a channel with news stands out, with the number of messages that call the reader', async () => {
  const slack = await workspace()
  await client(slack).chat.postMessage({ channel: 'C0LINE2000', text: '<!subteam^S0TESTENGS> look' })
  expect((await partsOf(slack)).places).toMatch(
    /class="unread"\s*># line-2 <span class="badge" aria-label="1 for you">1</,
  )
  await act(slack, { do: 'read', user: ines, channel: 'C0LINE2000' })
  expect((await partsOf(slack)).places).not.toContain('badge')
})

test('a mention of a user group shows its handle', async () => {
  const slack = await workspace()
  await client(slack).chat.postMessage({ channel: rollouts, text: 'ask <!subteam^S0ONCALL01>' })
  expect((await partsOf(slack)).main).toContain('<span class="mention">@on-call</span>')
})

test('a reply that is broadcast stands in the channel too and says whose thread it belongs to', async () => {
  const slack = await workspace()
  const web = client(slack)
  const { ts = '' } = await web.chat.postMessage({ channel: rollouts, text: 'Stage 2 of 4' })
  await web.chat.postMessage({
    channel: rollouts,
    text: 'breached',
    thread_ts: ts,
    reply_broadcast: true,
  })
  const { main, thread } = await partsOf(slack, { thread: ts })
  expect(main).toMatch(/replied to a thread:[\s\S]*Stage 2 of 4[\s\S]*breached/)
  expect(thread).toContain('Also sent to the channel')
})

test('shortcuts stand in the menus of messages and of the composer, and reach the app', async () => {
  const heard: unknown[] = []
  const slack = await workspaceWithApp(
    (app) =>
      app.shortcut(/.*/, async ({ ack, shortcut }) => {
        heard.push([shortcut.type, shortcut.callback_id])
        await ack()
      }),
    {
      shortcuts: [
        { callbackId: 'start', name: 'Start a rollout', type: 'global' },
        { callbackId: 'start_here', name: 'Start from this message', type: 'message' },
      ],
    },
  )
  const { ts = '' } = await client(slack).chat.postMessage({ channel: rollouts, text: 'build 2.4.1' })
  expect(await (await fetch(slack.url)).text()).toContain('Start a rollout')
  expect((await partsOf(slack)).main).toContain('Start from this message')
  await act(slack, { do: 'shortcut', user: ines, callbackId: 'start' })
  await act(slack, { do: 'shortcut', user: ines, callbackId: 'start_here', at: { channel: rollouts, ts } })
  expect(heard).toEqual([
    ['shortcut', 'start'],
    ['message_action', 'start_here'],
  ])
})

test('attachments show their title, fields and colour; strange ones show nothing', async () => {
  const slack = await workspace()
  const attachments = [
    { color: '#c01343', title: 'Breach', text: '*FPY* −3.1 points', fields: [{ title: 'n', value: '120' }] },
    { color: 'red;position:fixed', title: 'x' },
  ]
  await client(slack).chat.postMessage({ channel: rollouts, text: '', attachments })
  const { main } = await partsOf(slack)
  expect(main).toMatch(/--stripe: #c01343[\s\S]*Breach[\s\S]*<strong>FPY<\/strong>[\s\S]*120/)
  expect(main).not.toContain('position:fixed')
})

test('a table keeps its columns’ sides', async () => {
  const slack = await workspace()
  const raw = (text: string) => ({ type: 'raw_text' as const, text })
  const table = {
    type: 'table',
    column_settings: [{ align: 'left' }, { align: 'right' }],
    rows: [
      [raw('Gate'), raw('Yield')],
      [raw('FPY'), raw('98.2 %')],
    ],
  } as unknown as KnownBlock
  await client(slack).chat.postMessage({ channel: rollouts, text: 'numbers', blocks: [table] })
  expect((await partsOf(slack)).main).toContain('<td class="right">98.2 %</td>')
})

test('inputs of the Home are kept and go along with its buttons', async () => {
  const heard: unknown[] = []
  const search: KnownBlock = {
    type: 'input',
    block_id: 'search',
    label: plain('Search'),
    element: { type: 'plain_text_input', action_id: 'text' },
  }
  const slack = await workspaceWithApp((app) => {
    app.event('app_home_opened', async ({ event, client: web }) => {
      heard.push(event.tab)
      if (event.tab === 'home')
        await web.views.publish({
          user_id: event.user,
          view: { type: 'home', blocks: [search, ...card('go')] },
        })
    })
    app.action('go', async ({ ack, body }) => {
      await ack()
      heard.push('view' in body ? body.view?.state.values : undefined)
    })
  })
  await act(slack, { do: 'open-app', user: ines, tab: 'messages' })
  await act(slack, { do: 'open-app', user: ines, tab: 'home' })
  await slack.waitFor(() => slack.home(ines) !== undefined, 2000)
  const viewId = slack.home(ines)?.id ?? ''
  expect((await partsOf(slack, { place: 'home' })).main).toContain(`data-view="${viewId}"`)
  const values = { search: { text: 'PCBA' } }
  await act(slack, { do: 'click', user: ines, actionId: 'go', blockId: 'decide', at: { viewId }, values })
  await expect
    .poll(() => heard)
    .toEqual(['messages', 'home', { search: { text: { type: 'plain_text_input', value: 'PCBA' } } }])
})

test('menus offer people, channels and conversations as each kind does', async () => {
  const element = (type: string, part: object = {}) => ({ type, action_id: type, ...part })
  const input = (inner: object, block_id: string) =>
    ({
      type: 'input',
      block_id,
      label: plain(block_id),
      element: inner,
      optional: true,
    }) as unknown as KnownBlock
  const blocks = [
    input(element('multi_users_select', { initial_users: [marek] }), 'people'),
    input(element('channels_select'), 'channels'),
    input(element('conversations_select', { default_to_current_conversation: true }), 'here'),
    input(element('multi_conversations_select', { filter: { include: ['private'] } }), 'private'),
    input(element('multi_external_select', { initial_options: options('a') }), 'external'),
    input(element('datetimepicker', { initial_date_time: 1_800_000_000 }), 'when'),
    input(element('checkboxes', { options: options('x', 'y'), initial_options: options('y') }), 'boxes'),
    input(element('radio_buttons', { options: options('m', 'n') }), 'radios'),
    input(element('number_input', { is_decimal_allowed: false, min_value: '1', max_value: '100' }), 'number'),
  ]
  const slack = await workspaceWithApp(
    (app) =>
      app.command('/rollout', async ({ ack, command, client: web }) => {
        await ack()
        await web.views.open({ trigger_id: command.trigger_id, view: modal(blocks) })
      }),
    {
      channels: [
        { id: rollouts, name: 'pcba-rollouts' },
        { id: 'C0CLOSED', name: 'closed', isPrivate: true },
        { id: 'C0OLD', name: 'old', isArchived: true },
      ],
    },
  )
  await slack.command({ user: ines, channel: rollouts, text: 'config' })
  await slack.waitFor(() => slack.views(ines).length === 1, 2000)
  const html = (await partsOf(slack)).modal
  const control = (block: string) =>
    html.split('data-control=').find((part) => part.includes(`data-block="${block}"`)) ?? ''
  expect(control('people')).toMatch(/value="U0PROCESS1"\s+checked> Marek Nowak/)
  expect(control('channels')).toContain('#pcba-rollouts')
  expect(control('channels')).not.toMatch(/closed|old/)
  expect(control('here')).toMatch(/value="C0ROLLOUTS" selected/)
  expect(control('here')).toContain('Marek Nowak')
  expect(control('private')).toContain('closed')
  expect(control('private')).not.toMatch(/pcba-rollouts|Marek/)
  expect(control('external')).toMatch(/data-several="true"[\s\S]*data-chosen="a"/)
  expect(control('when')).toContain('data-epoch-value="1800000000"')
  expect(control('boxes')).toMatch(/value="y"\s+checked/)
  const submitted = slack.views(ines)[0]?.id ?? ''
  const wrong = await slack.submitView({ user: ines, viewId: submitted, values: { number: '140' } })
  expect(wrong).toMatchObject({ errors: { number: 'Please enter a number of at most 100.' } })
})

test('an admin’s switches archive a channel and take the app out of it, by hand', async () => {
  const slack = await workspace()
  const change = (what: string) => act(slack, { do: 'administer', what, channel: rollouts, on: true })
  await change('archive')
  await change('remove-app')
  await act(slack, {
    do: 'fault',
    on: true,
    fault: { kind: 'ratelimited', retryAfterSeconds: 5, channels: [rollouts] },
  })
  const { heading, faults } = await partsOf(slack)
  expect(heading).toContain('archived · Firstpass is not in this channel')
  expect(faults.match(/checked/g)).toHaveLength(3)
  await change('uninstall')
  expect((await partsOf(slack)).places).toContain('Firstpass is not installed here')
})

test('each workspace has its own page', async () => {
  const slack = await workspace({ otherTeams: [{ team: secondTeam }] })
  await client(slack).chat.postMessage({ channel: rollouts, text: 'ours' })
  expect((await partsOf(slack)).main).toContain('ours')
  expect((await partsOf(slack, { team: secondTeam.teamId })).main).not.toContain('ours')
  const shell = await (await fetch(`${slack.url}?team=${secondTeam.teamId}`)).text()
  expect(shell).toContain('<title>Supplier · local Slack</title>')
  expect(shell).toContain('href="/?team=T0FACTORY1"')
})

test('an uploaded picture is shown where its block stands', async () => {
  const slack = await workspace()
  const web = client(slack)
  await web.filesUploadV2({
    file: Buffer.from('89504e470d0a1a0a', 'hex'),
    filename: 'fpy.png',
    alt_text: 'x',
  })
  const id = slack.files()[0]?.id ?? ''
  const block: KnownBlock = { type: 'image', alt_text: 'Yield by hour', slack_file: { id } }
  await web.chat.postMessage({
    channel: rollouts,
    text: 'chart',
    blocks: [block, { type: 'section', text: mrkdwn('below') }],
  })
  expect((await partsOf(slack)).main).toContain(`src="/page/files/${id}" alt="Yield by hour"`)
  expect((await fetch(`${slack.url}page/files/${id}`)).headers.get('content-type')).toBe('image/png')
})

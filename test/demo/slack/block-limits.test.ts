// The limits are those of docs.slack.dev/reference/block-kit; the wordings are Slack's where they are known.
import { describe, expect, test } from 'vitest'
import type { Surface } from '../../../demo/slack/blocks/block.ts'
import { checkBlocks } from '../../../demo/slack/blocks/check-blocks.ts'
import { checkView } from '../../../demo/slack/blocks/check-view.ts'
import { button, card, modal, mrkdwn, options, plain, reasonInput } from './support/blocks.ts'
import { client, refusal } from './support/client.ts'
import { rollouts, workspace } from './support/small-app.ts'

const long = (length: number) => 'x'.repeat(length)
const section = (part: object) => ({ type: 'section', ...part })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const select = (part: object) => ({ type: 'static_select', action_id: 's', ...part })
const row = (cells: number) => Array.from({ length: cells }, () => ({ type: 'raw_text', text: 'x' }))

function faults(blocks: unknown, surface: Surface = 'message'): string[] {
  const checked = checkBlocks(blocks, surface)
  return 'faults' in checked ? checked.faults : []
}

test('a card of header, section fields, context and actions is fine everywhere', () => {
  for (const surface of ['message', 'modal', 'home'] as const)
    expect(faults(card('advance'), surface)).toEqual([])
})

describe('a message or view is refused for', () => {
  test.each<[string, unknown[], string]>([
    [
      '51 blocks',
      Array.from({ length: 51 }, () => ({ type: 'divider' })),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    ['an unknown block type', [{ type: 'banner' }], 'unsupported type: banner [json-pointer:/blocks/0]'],
    [
      'a header of 151 characters',
      [{ type: 'header', text: plain(long(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: mrkdwn('x') }],
      'must be a valid enum value [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a section text of 3001 characters',
      [section({ text: mrkdwn(long(3001)) })],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'an empty text',
      [section({ text: mrkdwn('') })],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a section without text and fields',
      [section({})],
      'must define either `text` or `fields` [json-pointer:/blocks/0]',
    ],
    [
      '11 fields',
      [section({ fields: Array.from({ length: 11 }, () => mrkdwn('x')) })],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2001 characters',
      [section({ fields: [mrkdwn(long(2001))] })],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      '11 context elements',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      '26 actions',
      [actions(...Array.from({ length: 26 }, (_, n) => button(`a${n}`)))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button text of 76 characters',
      [actions(button('a', long(76)))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button value of 2001 characters',
      [actions({ ...button('a'), value: long(2001) })],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'an unknown button style',
      [actions({ ...button('a'), style: 'default' })],
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'an action id of 256 characters',
      [actions(button(long(256), 'Go'))],
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'a repeated action id in a block',
      [actions(button('a'), button('a'))],
      'action_id "a" already exists [json-pointer:/blocks/0]',
    ],
    [
      'a repeated block id',
      [
        { type: 'divider', block_id: 'b' },
        { type: 'divider', block_id: 'b' },
      ],
      'block_id "b" already exists [json-pointer:/blocks]',
    ],
    [
      'an image without alt_text',
      [{ type: 'image', image_url: 'https://x.test/a.png' }],
      'missing required field: alt_text [json-pointer:/blocks/0]',
    ],
    [
      'an image without a source',
      [{ type: 'image', alt_text: 'x' }],
      'must define either `image_url` or `slack_file` [json-pointer:/blocks/0]',
    ],
    [
      'a property that Slack does not know',
      [section({ text: plain('x'), color: 'red' })],
      'invalid additional property: color [json-pointer:/blocks/0]',
    ],
    [
      'a text input among actions',
      [actions({ type: 'plain_text_input', action_id: 'a' })],
      'unsupported type: plain_text_input [json-pointer:/blocks/0]',
    ],
    [
      '101 options',
      [actions(select({ options: options(...Array.from({ length: 101 }, (_, n) => `${n}`)) }))],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'an option text of 76 characters',
      [actions(select({ options: [{ text: plain(long(76)), value: 'v' }] }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
    ],
    [
      'an option value of 76 characters',
      [actions(select({ options: [{ text: plain('x'), value: long(76) }] }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
    ],
    [
      'a select without options',
      [actions(select({}))],
      'must define either `options` or `option_groups` [json-pointer:/blocks/0]',
    ],
    [
      'an initial option that is not listed',
      [actions(select({ options: options('a'), initial_option: options('b')[0] }))],
      'initial option "b" is not among the options [json-pointer:/blocks/0]',
    ],
    [
      '6 options in an overflow menu',
      [actions({ type: 'overflow', action_id: 'o', options: options('1', '2', '3', '4', '5', '6') })],
      'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'a table of 101 rows',
      [{ type: 'table', rows: Array.from({ length: 101 }, () => row(1)) }],
      'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
    ],
    [
      'a table of 21 columns',
      [{ type: 'table', rows: [row(21)] }],
      'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
    ],
    [
      'two tables',
      [
        { type: 'table', rows: [row(1)] },
        { type: 'table', rows: [row(1)] },
      ],
      'only_one_table_allowed [json-pointer:/blocks]',
    ],
    [
      'a data table without a caption',
      [{ type: 'data_table', rows: [row(1)] }],
      'missing required field: caption [json-pointer:/blocks/0]',
    ],
    [
      '7 series',
      [{ type: 'data_visualization', chart: { series: Array.from({ length: 7 }, () => ({})) } }],
      'no more than 6 items allowed [json-pointer:/blocks/0/chart/series]',
    ],
    [
      'an alert outside a modal',
      [{ type: 'alert', text: plain('x') }],
      'unsupported type: alert [json-pointer:/blocks/0]',
    ],
  ])('%s', (_what, blocks, fault) => {
    expect(faults(blocks)).toContain(fault)
  })

  test.each([
    ['title', { title: plain(long(101)) }],
    ['text', { text: plain(long(301)) }],
    ['confirm', { confirm: plain(long(31)) }],
    ['deny', { deny: plain(long(31)) }],
  ])('a confirm dialog with too long a %s', (field, part) => {
    const confirm = {
      title: plain('Sure?'),
      text: plain('x'),
      confirm: plain('Yes'),
      deny: plain('No'),
      ...part,
    }
    const [fault] = faults([actions({ ...button('a'), confirm })])
    expect(fault).toContain(`[json-pointer:/blocks/0/elements/0/confirm/${field}/text]`)
  })

  test.each(['container', 'markdown', 'plan', 'task_card', 'data_visualization'])(
    'a %s in a modal',
    (type) => {
      const block = {
        type,
        text: 'x',
        title: 'x',
        task_id: '1',
        status: 'pending',
        child_blocks: [{ type: 'divider' }],
      }
      const shaped = type === 'container' ? { type, child_blocks: block.child_blocks } : block
      const allowed = type === 'markdown' ? { type, text: 'x' } : shaped
      expect(faults([allowed], 'modal')).toContain(`unsupported type: ${type} [json-pointer:/blocks/0]`)
      expect(faults([allowed], 'message')).toEqual([])
    },
  )

  test('every fault at once', () => {
    expect(
      faults([{ type: 'header', text: plain(long(151)) }, section({ text: mrkdwn(long(3001)) })]),
    ).toHaveLength(2)
  })
})

describe('a modal is refused for', () => {
  test.each([
    [
      'a title of 25 characters',
      modal([], { title: plain(long(25)) }),
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'a submit of 25 characters',
      modal([], { submit: plain(long(25)) }),
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'a close of 25 characters',
      modal([], { close: plain(long(25)) }),
      'must be less than 25 characters [json-pointer:/view/close/text]',
    ],
    [
      'private metadata of 3001 characters',
      modal([], { private_metadata: long(3001) }),
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      '101 blocks',
      modal(Array.from({ length: 101 }, () => ({ type: 'divider' as const }))),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'inputs without a submit',
      { ...modal([reasonInput]), submit: undefined },
      'missing required field: submit [json-pointer:/view]',
    ],
  ])('%s', (_what, view, fault) => {
    expect(checkView(view)).toEqual({ error: 'invalid_arguments', faults: [fault] })
  })

  test('more than 250 kB', () => {
    const blocks = Array.from({ length: 100 }, () => ({ type: 'section' as const, text: mrkdwn(long(2900)) }))
    expect(checkView(modal(blocks))).toMatchObject({ error: 'view_too_large' })
  })
})

describe('through the Web API', () => {
  test('the faults come as response_metadata.messages and nothing is posted', async () => {
    const slack = await workspace()
    const post = client(slack).chat.postMessage({
      channel: rollouts,
      text: 'x',
      blocks: [{ type: 'header', text: plain(long(151)) }],
    })
    expect(await refusal(post)).toEqual({
      error: 'invalid_blocks',
      messages: ['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
    })
    expect(slack.messages(rollouts)).toEqual([])
  })

  test('an image that Slack cannot fetch refuses the whole message', async () => {
    const slack = await workspace({ imageIsReachable: async (url) => url.endsWith('there.png') })
    const post = (name: string) =>
      client(slack).chat.postMessage({
        channel: rollouts,
        text: 'x',
        blocks: [{ type: 'image', alt_text: 'chart', image_url: `https://charts.test/${name}.png` }],
      })
    expect((await refusal(post('gone'))).messages).toEqual([
      '[ERROR] downloading image failed [json-pointer:/blocks/0]',
    ])
    expect(await post('there')).toMatchObject({ ok: true })
  })

  test('an image on this machine is out of Slack’s reach', async () => {
    const slack = await workspace()
    const post = client(slack).chat.postMessage({
      channel: rollouts,
      text: 'x',
      blocks: [{ type: 'image', alt_text: 'chart', image_url: 'http://127.0.0.1:3000/chart.png' }],
    })
    expect(await refusal(post)).toMatchObject({ error: 'invalid_blocks' })
  })

  test('blocks with more than 13,000 characters of text together are too long', async () => {
    const slack = await workspace()
    const blocks = Array.from({ length: 5 }, () => ({ type: 'section' as const, text: mrkdwn(long(2900)) }))
    const post = client(slack).chat.postMessage({ channel: rollouts, text: 'x', blocks })
    expect(await refusal(post)).toMatchObject({ error: 'msg_blocks_too_long' })
  })
})

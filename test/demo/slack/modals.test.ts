import type { App } from '@slack/bolt'
import type { KnownBlock, ModalView } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { button, modal, mrkdwn, options, plain, reasonInput } from './support/blocks.ts'
import { client, refusal } from './support/client.ts'
import { ines, rollouts, workspaceWithApp } from './support/small-app.ts'

const input = (block_id: string, element: object, part: object = {}): KnownBlock =>
  ({
    type: 'input',
    block_id,
    label: plain(block_id),
    element: { action_id: 'in', ...element },
    ...part,
  }) as KnownBlock

async function opened(view: ModalView, listen: (app: App) => void = () => {}) {
  const slack = await workspaceWithApp((app) => {
    app.command('/rollout', async ({ ack, client: web, command }) => {
      await ack()
      await web.views.open({ trigger_id: command.trigger_id, view })
    })
    listen(app)
  })
  await slack.command({ user: ines, channel: rollouts, text: 'start' })
  await slack.waitFor(() => slack.views(ines).length === 1, 2000)
  const viewId = slack.views(ines)[0]?.id ?? ''
  const submit = (values: Record<string, string | string[] | null>) =>
    slack.submitView({ user: ines, viewId, values })
  return { slack, viewId, submit }
}

describe('submitting', () => {
  test('every kind of input arrives in state.values as Slack shapes it', async () => {
    const submitted: unknown[] = []
    const { slack, submit } = await opened(
      modal([
        input('text', { type: 'plain_text_input' }),
        input('number', { type: 'number_input', is_decimal_allowed: true }),
        input('plan', { type: 'static_select', options: options('a', 'b') }),
        input('sites', { type: 'multi_static_select', options: options('x', 'y', 'z') }),
        input('kind', { type: 'radio_buttons', options: options('fast', 'slow') }),
        input('checks', { type: 'checkboxes', options: options('fpy', 'time') }, { optional: true }),
        input('day', { type: 'datepicker' }),
        input('time', { type: 'timepicker' }),
        input('owner', { type: 'users_select' }),
        input('where', { type: 'conversations_select' }, { optional: true }),
        input('empty', { type: 'plain_text_input' }, { optional: true }),
      ]),
      (app) =>
        app.view('start', async ({ ack, view }) => {
          submitted.push(view.state.values)
          await ack()
        }),
    )
    const outcome = await submit({
      text: 'why',
      number: '2.5',
      plan: 'b',
      sites: ['x', 'z'],
      kind: 'slow',
      day: '2026-11-21',
      time: '08:30',
      owner: ines,
    })
    expect(outcome).toMatchObject({ ok: true })
    expect(submitted).toMatchObject([
      {
        text: { in: { type: 'plain_text_input', value: 'why' } },
        number: { in: { type: 'number_input', value: '2.5' } },
        plan: { in: { type: 'static_select', selected_option: { value: 'b' } } },
        sites: { in: { type: 'multi_static_select', selected_options: [{ value: 'x' }, { value: 'z' }] } },
        kind: { in: { type: 'radio_buttons', selected_option: { value: 'slow' } } },
        checks: { in: { type: 'checkboxes', selected_options: [] } },
        day: { in: { type: 'datepicker', selected_date: '2026-11-21' } },
        time: { in: { type: 'timepicker', selected_time: '08:30' } },
        owner: { in: { type: 'users_select', selected_user: ines } },
        where: { in: { type: 'conversations_select', selected_conversation: null } },
        empty: { in: { type: 'plain_text_input', value: null } },
      },
    ])
    expect(slack.views(ines)).toEqual([])
  })

  test.each<[string, object, string | string[] | null, string]>([
    [
      'a required input that is empty',
      { type: 'plain_text_input' },
      null,
      'Please complete this required field.',
    ],
    [
      'too short a text',
      { type: 'plain_text_input', min_length: 5 },
      'abcd',
      'Please enter at least 5 characters.',
    ],
    [
      'too long a text',
      { type: 'plain_text_input', max_length: 3 },
      'abcd',
      'Please enter 3 characters at most.',
    ],
    ['no number', { type: 'number_input', is_decimal_allowed: false }, 'x', 'Please enter a valid number.'],
    [
      'a fraction',
      { type: 'number_input', is_decimal_allowed: false },
      '1.5',
      'Please enter a whole number.',
    ],
    [
      'too small a number',
      { type: 'number_input', is_decimal_allowed: false, min_value: '2' },
      '1',
      'Please enter a number of at least 2.',
    ],
    [
      'too great a number',
      { type: 'number_input', is_decimal_allowed: false, max_value: '20' },
      '21',
      'Please enter a number of at most 20.',
    ],
    ['no address', { type: 'email_text_input' }, 'x', 'Please enter a valid email address.'],
    ['no URL', { type: 'url_text_input' }, 'x', 'Please enter a valid URL.'],
    [
      'too many choices',
      { type: 'multi_static_select', max_selected_items: 1, options: options('a', 'b') },
      ['a', 'b'],
      'Please choose 1 at most.',
    ],
  ])('%s stays in the client', async (_what, element, value, fault) => {
    let heard = 0
    const { slack, submit } = await opened(modal([input('field', element)]), (app) =>
      app.view('start', async ({ ack }) => {
        heard += 1
        await ack()
      }),
    )
    expect(await submit({ field: value })).toMatchObject({
      ok: false,
      error: 'refused',
      errors: { field: fault },
    })
    expect(slack.views(ines)[0]?.errors).toEqual({ field: fault })
    expect(heard).toBe(0)
  })

  test('errors of the app stand at their inputs and keep what was typed', async () => {
    const { slack, submit } = await opened(modal([reasonInput]), (app) =>
      app.view('start', async ({ ack }) =>
        ack({ response_action: 'errors', errors: { reason: 'Say more' } }),
      ),
    )
    expect(await submit({ reason: 'because' })).toMatchObject({ ok: true })
    expect(slack.views(ines)).toMatchObject([
      { errors: { reason: 'Say more' }, values: { reason: { text: { value: 'because' } } } },
    ])
  })

  test('errors at a block that is no input are not shown', async () => {
    const { slack, submit } = await opened(modal([reasonInput]), (app) =>
      app.view('start', async ({ ack }) => ack({ response_action: 'errors', errors: { nothing: 'x' } })),
    )
    expect(await submit({ reason: 'because' })).toMatchObject({ ok: false, error: 'dispatch_failed' })
    expect(slack.views(ines)[0]?.notice).toBe('We had some trouble connecting. Try again?')
  })

  test('a submission that is not acknowledged leaves the modal open', async () => {
    const { slack, submit } = await opened(modal([reasonInput]))
    expect(await submit({ reason: 'because' })).toMatchObject({ ok: false })
    expect(slack.views(ines)).toHaveLength(1)
  })

  test('update changes the modal, push adds one, clear closes all', async () => {
    const second = modal([reasonInput], { callback_id: 'second', title: plain('Second') })
    const third = modal([reasonInput], { callback_id: 'third', title: plain('Third') })
    const { slack, viewId, submit } = await opened(modal([reasonInput]), (app) => {
      app.view('start', async ({ ack }) => ack({ response_action: 'update', view: second }))
      app.view('second', async ({ ack }) => ack({ response_action: 'push', view: third }))
      app.view('third', async ({ ack }) => ack({ response_action: 'clear' }))
    })
    await submit({ reason: 'because' })
    expect(slack.views(ines)).toMatchObject([{ id: viewId, callback_id: 'second' }])
    await submit({ reason: 'because' })
    const [below, top] = slack.views(ines)
    expect(top).toMatchObject({ callback_id: 'third', previousId: below?.id, rootId: below?.id })
    await slack.submitView({ user: ines, viewId: top?.id ?? '', values: { reason: 'because' } })
    expect(slack.views(ines)).toEqual([])
  })
})

describe('the stack', () => {
  test('takes three modals and no fourth', async () => {
    const errors: unknown[] = []
    const { slack } = await opened(modal([{ type: 'actions', elements: [button('deeper')] }]), (app) =>
      app.action('deeper', async ({ ack, body, client: web }) => {
        await ack()
        const view = modal([{ type: 'actions', elements: [button('deeper')] }])
        const trigger_id = 'trigger_id' in body ? body.trigger_id : ''
        await web.views.push({ trigger_id, view }).catch((error: Error) => errors.push(error.message))
      }),
    )
    const deeper = () =>
      slack.click({ user: ines, viewId: slack.views(ines).at(-1)?.id ?? '', actionId: 'deeper' })
    for (const depth of [2, 3]) {
      await deeper()
      await slack.waitFor(() => slack.views(ines).length === depth, 2000)
    }
    await deeper()
    await slack.waitFor(() => slack.calls().some((call) => call.error === 'push_limit_reached'), 2000)
    expect(slack.views(ines)).toHaveLength(3)
  })

  test('a view below the one in front is out of reach', async () => {
    const { slack, viewId } = await opened(modal([reasonInput]), (app) =>
      app.view('start', async ({ ack }) => ack({ response_action: 'push', view: modal([reasonInput]) })),
    )
    await slack.submitView({ user: ines, viewId, values: { reason: 'because' } })
    expect(await slack.submitView({ user: ines, viewId })).toMatchObject({ ok: false, error: 'refused' })
  })

  test('closing tells the app only when it asked to know', async () => {
    const closed: string[] = []
    const listen = (app: App) =>
      app.view({ type: 'view_closed', callback_id: 'start' }, async ({ ack, body }) => {
        closed.push(`${body.view.id} ${'is_cleared' in body && body.is_cleared}`)
        await ack()
      })
    const quiet = await opened(modal([reasonInput]), listen)
    await quiet.slack.closeView({ user: ines, viewId: quiet.viewId })
    const told = await opened(modal([reasonInput], { notify_on_close: true }), listen)
    expect(await told.slack.closeView({ user: ines, viewId: told.viewId })).toMatchObject({ ok: true })
    expect(closed).toEqual([`${told.viewId} false`])
    expect(told.slack.views(ines)).toEqual([])
  })
})

describe('updating from outside', () => {
  test('an update with an old hash is a conflict', async () => {
    const { slack, viewId } = await opened(modal([reasonInput]))
    const web = client(slack)
    const hash = slack.views(ines)[0]?.hash ?? ''
    const again = { view_id: viewId, hash, view: modal([reasonInput], { title: plain('New') }) }
    expect(await web.views.update(again)).toMatchObject({ ok: true })
    expect(await refusal(web.views.update(again))).toMatchObject({ error: 'hash_conflict' })
    expect(slack.views(ines)[0]?.title?.text).toBe('New')
  })

  test('what was typed stays where block and action keep their ids', async () => {
    const { slack, viewId } = await opened(modal([reasonInput]))
    slack.fillView({ user: ines, viewId, values: { reason: 'typed' } })
    const view = modal([{ type: 'section', text: mrkdwn('new') }, reasonInput])
    const updated = await client(slack).views.update({ view_id: viewId, view })
    expect(updated.view?.state).toMatchObject({ values: { reason: { text: { value: 'typed' } } } })
  })

  test('a view that is closed is not found', async () => {
    const { slack, viewId } = await opened(modal([reasonInput]))
    await slack.closeView({ user: ines, viewId })
    const update = client(slack).views.update({ view_id: viewId, view: modal([reasonInput]) })
    expect(await refusal(update)).toMatchObject({ error: 'not_found' })
  })
})

describe('inputs that act', () => {
  const search = input('build', { type: 'external_select', min_query_length: 0 }, { dispatch_action: true })

  test('an external select offers what the app answers, and nothing else can be chosen', async () => {
    const asked: string[] = []
    const { slack, viewId, submit } = await opened(modal([search]), (app) => {
      app.options('in', async ({ ack, options: { value } }) => {
        asked.push(value)
        await ack({ options: options('2.4.1', '2.4.0') })
      })
      app.view('start', async ({ ack }) => ack())
    })
    expect(await submit({ build: '2.4.1' })).toMatchObject({ ok: false, error: 'refused' })
    const offered = await slack.suggestOptions({ user: ines, viewId, actionId: 'in', value: '2.4' })
    expect(offered).toMatchObject({ ok: true, options: [{ value: '2.4.1' }, { value: '2.4.0' }] })
    expect(asked).toEqual(['2.4'])
    expect(await submit({ build: '2.4.1' })).toMatchObject({ ok: true })
  })

  test('options over Slack’s limits are not shown', async () => {
    const { slack, viewId } = await opened(modal([search]), (app) =>
      app.options('in', async ({ ack }) =>
        ack({ options: options(...Array.from({ length: 101 }, (_, n) => `${n}`)) }),
      ),
    )
    const offered = await slack.suggestOptions({ user: ines, viewId, actionId: 'in', value: '' })
    expect(offered).toMatchObject({ ok: false, says: expect.stringContaining('unusable options') })
  })

  test('an input with dispatch_action acts at once, one without does not', async () => {
    const acted: object[] = []
    const { slack, viewId } = await opened(
      modal([
        input('plan', { type: 'static_select', options: options('a', 'b') }, { dispatch_action: true }),
        input('kind', { type: 'static_select', options: options('a', 'b') }),
      ]),
      (app) =>
        app.action('in', async ({ ack, action, body }) => {
          acted.push({ action, values: 'view' in body ? body.view?.state.values : undefined })
          await ack()
        }),
    )
    expect(
      await slack.click({ user: ines, viewId, blockId: 'kind', actionId: 'in', value: 'a' }),
    ).toMatchObject({
      error: 'refused',
    })
    expect(
      await slack.click({ user: ines, viewId, blockId: 'plan', actionId: 'in', value: 'b' }),
    ).toMatchObject({ ok: true })
    expect(acted).toMatchObject([
      {
        action: { block_id: 'plan', selected_option: { value: 'b' } },
        values: { kind: { in: { selected_option: { value: 'a' } } } },
      },
    ])
  })
})

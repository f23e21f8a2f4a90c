// The page in a real browser, against a real Bolt app.

import type { KnownBlock } from '@slack/types'
import chromium from '@sparticuz/chromium'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import type { SlackWorkspace } from '../../../demo/slack/workspace.ts'
import { button, card, modal, mrkdwn, options, plain, reasonInput } from './support/blocks.ts'
import { client } from './support/client.ts'
import { ines, rollouts, workspaceWithApp } from './support/small-app.ts'

const browserTimeoutMs = 60_000

async function opened(slack: SlackWorkspace, width = 1280): Promise<Page> {
  const browser: Browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    headless: true,
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width, height: 844 } })
  page.setDefaultTimeout(10_000)
  const problems: string[] = []
  page.on('console', (line) => line.type() === 'error' && problems.push(line.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  onTestFinished(() => expect(problems).toEqual([]))
  await page.goto(slack.url)
  return page
}

const build: KnownBlock = {
  type: 'input',
  block_id: 'build',
  label: plain('Build'),
  element: { type: 'external_select', action_id: 'build', min_query_length: 0 },
}
const plan: KnownBlock = {
  type: 'input',
  block_id: 'plan',
  label: plain('Plan'),
  element: { type: 'static_select', action_id: 'plan', options: options('careful', 'fast') },
}

test(
  'a person starts a rollout in a modal, confirms an abort and reads the thread',
  async () => {
    const submitted: unknown[] = []
    const confirm = {
      title: plain('Abort?'),
      text: mrkdwn('*All* go back.'),
      confirm: plain('Yes, abort'),
      deny: plain('No'),
    }
    const decisions: KnownBlock[] = [
      ...card(),
      { type: 'actions', elements: [{ ...button('abort', 'Abort'), style: 'danger', confirm }] },
    ]
    const slack = await workspaceWithApp((app) => {
      app.command('/rollout', async ({ ack, command, client: web }) => {
        await ack()
        await web.views.open({ trigger_id: command.trigger_id, view: modal([build, plan, reasonInput]) })
      })
      app.options('build', async ({ ack, options: { value } }) => ack({ options: options(`${value}.1`) }))
      app.view('start', async ({ ack, view, client: web }) => {
        submitted.push(view.state.values)
        await ack()
        await web.chat.postMessage({ channel: rollouts, text: 'card', blocks: decisions })
      })
      app.action('abort', async ({ ack, body, client: web }) => {
        await ack()
        const ts = 'message' in body ? (body.message?.ts ?? '') : ''
        await web.chat.update({ channel: rollouts, ts, text: 'Aborted', blocks: card() })
        await web.chat.postMessage({
          channel: rollouts,
          thread_ts: ts,
          text: `Aborted by <@${body.user.id}>`,
        })
        await web.chat.postEphemeral({ channel: rollouts, user: body.user.id, text: 'You aborted it' })
      })
    })
    const page = await opened(slack)

    await page.getByRole('textbox', { name: 'Message' }).fill('/rollout start')
    await page.getByRole('button', { name: 'Send' }).click()
    const dialog = page.getByRole('dialog', { name: 'Start a rollout' })
    await dialog.getByRole('button', { name: 'Start' }).click()
    await dialog.getByRole('alert').first().waitFor()
    expect(await dialog.getByRole('alert').allTextContents()).toHaveLength(3)

    await dialog.getByRole('combobox', { name: 'Build' }).fill('2.4')
    await dialog.getByRole('option', { name: 'Option 2.4.1' }).click()
    await dialog.getByLabel('Plan').selectOption({ label: 'Option fast' })
    await dialog.getByLabel('Reason').fill('quality asked')
    await dialog.getByRole('button', { name: 'Start' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(submitted).toMatchObject([
      {
        build: { build: { selected_option: { value: '2.4.1' } } },
        plan: { plan: { selected_option: { value: 'fast' } } },
        reason: { text: { value: 'quality asked' } },
      },
    ])

    const abort = page.getByRole('button', { name: 'Abort', exact: true })
    await abort.click()
    await page.getByRole('dialog', { name: 'Abort?' }).getByRole('button', { name: 'No' }).click()
    expect(slack.calls().filter((call) => call.method === 'chat.update')).toEqual([])
    await abort.click()
    await page.getByRole('dialog', { name: 'Abort?' }).getByRole('button', { name: 'Yes, abort' }).click()
    await page.getByText('Only visible to you').waitFor()
    await page.getByRole('button', { name: '1 reply' }).click()
    await page.getByRole('complementary', { name: 'Thread' }).getByText('Aborted by @ines').waitFor()
    expect(await abort.count()).toBe(0)

    await page.getByLabel('Act as').selectOption({ label: 'Marek Nowak' })
    await page.getByText('You aborted it').waitFor({ state: 'detached' })
  },
  browserTimeoutMs,
)

test(
  'at 390 px nothing is wider than the screen, and the channels are behind a button',
  async () => {
    const slack = await workspaceWithApp(() => {})
    const long = 'a-name-without-any-place-to-break-'.repeat(4)
    const blocks: KnownBlock[] = [
      ...card('advance', 'abort', 'undo', 'supersede'),
      { type: 'section', text: mrkdwn(`${long} \`${long}\``), accessory: button('look', 'Look') },
    ]
    await client(slack).chat.postMessage({ channel: rollouts, text: 'card', blocks })
    const page = await opened(slack, 390)
    await page.getByRole('button', { name: 'supersede' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(
      await page.evaluate(() => document.querySelector('[data-part=main]')?.scrollWidth),
    ).toBeLessThanOrEqual(390)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: '# line-2' }).click()
    await page.getByText('Nothing here yet').waitFor()
  },
  browserTimeoutMs,
)

test(
  'what a person types in a modal survives an update of it by the app',
  async () => {
    const slack = await workspaceWithApp((app) =>
      app.command('/rollout', async ({ ack, command, client: web }) => {
        await ack()
        await web.views.open({ trigger_id: command.trigger_id, view: modal([plan, reasonInput]) })
      }),
    )
    const page = await opened(slack)
    await slack.command({ user: ines, channel: rollouts, text: 'start' })
    await page.getByLabel('Reason').fill('half a sent')
    const viewId = slack.views(ines)[0]?.id ?? ''
    const more = { type: 'section' as const, text: mrkdwn('12 stations follow') }
    await client(slack).views.update({ view_id: viewId, view: modal([more, plan, reasonInput]) })
    await page.getByText('12 stations follow').waitFor()
    expect(await page.getByLabel('Reason').inputValue()).toBe('half a sent')
    await page.keyboard.type('ence')
    expect(await page.getByLabel('Reason').inputValue()).toBe('half a sentence')
  },
  browserTimeoutMs,
)

test(
  'a person opens a form from a shortcut and chooses several groups in it',
  async () => {
    const submitted: unknown[] = []
    const groups: KnownBlock = {
      type: 'input',
      block_id: 'groups',
      label: plain('Groups'),
      element: { type: 'multi_external_select', action_id: 'groups', min_query_length: 0 },
    }
    const slack = await workspaceWithApp(
      (app) => {
        app.shortcut('settings', async ({ ack, shortcut, client: web }) => {
          await ack()
          await web.views.open({ trigger_id: shortcut.trigger_id, view: modal([groups]) })
        })
        app.options('groups', async ({ ack }) => ack({ options: options('on-call', 'quality') }))
        app.view('start', async ({ ack, view }) => {
          submitted.push(view.state.values.groups?.groups?.selected_options?.map(({ value }) => value))
          await ack()
        })
      },
      { shortcuts: [{ callbackId: 'settings', name: 'Settings', type: 'global' }] },
    )
    const page = await opened(slack, 390)
    await page.locator('summary[aria-label=Shortcuts]').click()
    await page.getByRole('menuitem', { name: 'Settings' }).click()
    const dialog = page.getByRole('dialog')
    const search = dialog.getByRole('combobox', { name: 'Groups' })
    for (const name of ['on-call', 'quality']) {
      await search.click()
      await dialog.getByRole('option', { name: `Option ${name}` }).click()
    }
    await dialog.getByRole('button', { name: 'Start' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(submitted).toEqual([['on-call', 'quality']])
  },
  browserTimeoutMs,
)

// Decisions on a rollout's page: the verbs of the card, by the same people, with the same reasons; the card follows.
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { slackApp } from '../../bot/slack-app.ts'
import { startSlackWorkspace } from '../../demo/slack/workspace.ts'
import { presetPlan } from '../../server/domain/presets.ts'
import type { PageSignIn } from '../../server/routes/pages/sign-in-pages.ts'
import { signIn } from '../../server/sign-in.ts'
import { memoryStore } from '../bot/support/memory-store.ts'
import { botToken, client, signingSecret } from '../bot/support/open-bot.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type Seen, type TestBrowser, testBrowser } from '../support/test-browser.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const redirectUri = 'http://firstpass.test/signin/callback'
const log = pino({ level: 'silent' })
const hostile = '</textarea><script>alert(1)</script>"\'&'
const slack = await startSlackWorkspace({
  appUrl: () => 'http://127.0.0.1:1/slack/events',
  signingSecret,
  botToken,
  oauth: { ...client, redirectUrls: [redirectUri] },
})
const throughSlack: PageSignIn = {
  ...signIn({ ...client, apiUrl: slack.apiUrl, redirectUri: () => redirectUri, log }),
  people: { identify: (who) => bot.people.identify(who), mayAct: (...asked) => bot.people.mayAct(...asked) },
}
const database = await openTestDatabase()
const service = await openTestService({ database, signIn: throughSlack })
const local = await openTestService({ database, isLocal: true })
const bot = slackApp({
  service: service.service,
  store: memoryStore(),
  settings: { botToken, signingSecret, apiUrl: slack.apiUrl },
  now: Date.now,
  log,
})
beforeAll(async () => {
  bot.start()
  await vi.waitFor(() => expect(bot.status().state).toBe('connected'))
})
afterAll(async () => {
  await bot.stop()
  await slack.close()
})

let line: TestLine
let rollout: TestRollout
let path = ''
beforeEach(async () => {
  line = await testLine(service)
  rollout = await testRollout(service, line)
  path = `/rollouts/${rollout.id}`
})

async function signedIn(user: string): Promise<TestBrowser> {
  const browser = testBrowser(service.app)
  const left = await browser.get(`/signin?to=${path}`)
  const back = slack.signIn({ user, url: left.headers.location ?? '' })
  if ('fault' in back) throw new Error(back.fault)
  expect((await browser.visit(back.location)).status).toBe(200)
  return browser
}

/** The fields of a form of the page as a browser would send them, with what a person writes. */
function fieldsOf(page: Seen, verb: string, written: Record<string, string> = {}): Record<string, string> {
  const form = page.body
    .split('<form method="post"')
    .find((each) => each.includes(`name="verb" value="${verb}"`))
  if (form === undefined) throw new Error(`no form ${verb}`)
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  return { ...Object.fromEntries(inputs.map(([, name, value]) => [name ?? '', value ?? ''])), ...written }
}

async function decide(browser: TestBrowser, verb: string, written: Record<string, string> = {}) {
  return browser.post(path, fieldsOf(await browser.get(path), verb, written))
}

async function setRights(rights: object): Promise<void> {
  const url = `/api/v1/procedures/${line.procedure}/policy`
  const version = (await service.ask('GET', url)).body.version
  const answer = await service.ask('PUT', url, {
    body: { policy: { rights }, expected_version: version, reason: 'rights of the test' },
  })
  expect(answer.body).toMatchObject({ did: expect.any(String) })
}

describe('a person who signed in', () => {
  it('decides under the name and the id that Slack knows, and the card is drawn anew', async () => {
    const browser = await signedIn(ines.id)
    const before = service.queued.length
    const answer = await decide(browser, 'pause', { why: 'fixture 3 is dirty' })
    expect([answer.status, answer.headers.location]).toEqual([303, path])
    expect(await rollout.get()).toMatchObject({
      status: 'paused',
      pause: {
        why: 'fixture 3 is dirty',
        by: { kind: 'person', id: ines.id, name: 'Ines Duarte', door: 'page' },
      },
    })
    expect(service.queued.slice(before)).toContainEqual({
      kind: 'card',
      rolloutId: rollout.id,
      number: 0,
    })
  })

  it('is told once what was done', async () => {
    const browser = await signedIn(ines.id)
    await decide(browser, 'pause')
    const told = (await browser.get(path)).body
    expect(told).toMatch(/<strong>Done\.<\/strong> Paused/)
    expect(told).toContain('paused by the button on the page')
    expect((await browser.get(path)).body).not.toContain('<strong>Done.</strong>')
  })

  it('does once what is sent twice', async () => {
    const browser = await signedIn(ines.id)
    const fields = fieldsOf(await browser.get(path), 'pause', { why: 'once' })
    const answers = [await browser.post(path, fields), await browser.post(path, fields)]
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect((await rollout.eventTypes()).filter((type) => type === 'RolloutPaused')).toHaveLength(1)
  })

  it('overrides what is missing with a reason, and aborts after a confirmation', async () => {
    const browser = await signedIn(ines.id)
    expect((await browser.get(path)).body).toContain('although it is not ready')
    expect((await decide(browser, 'override', { why: ' ' })).status).toBe(422)
    expect((await decide(browser, 'override', { why: 'known good' })).status).toBe(303)
    expect((await rollout.get()).stage_index).toBe(1)
    const unconfirmed = await decide(browser, 'abort', { choice: 'Too slow', why: 'by 9 s' })
    expect(unconfirmed.status).toBe(422)
    expect(unconfirmed.body).toContain('Tick the box')
    const aborted = await decide(browser, 'abort', { choice: 'Too slow', why: 'by 9 s', confirmed: 'yes' })
    expect(aborted.status).toBe(303)
    expect((await rollout.get()).abort).toMatchObject({ why: 'Too slow: by 9 s', by: { id: ines.id } })
  })

  it('jumps to a share, undoes, waives a station and retries, each with a reason', async () => {
    const browser = await signedIn(ines.id)
    expect((await decide(browser, 'set', { share: 'half', why: 'x' })).status).toBe(422)
    expect(
      (await decide(browser, 'set', { share: '50 %', why: 'night shift', override: 'yes' })).status,
    ).toBe(303)
    expect((await decide(browser, 'undo', { why: 'too early' })).status).toBe(303)
    const [station] = (await rollout.get()).stations
    expect((await decide(browser, 'waive', { station: station.id, why: 'under repair' })).status).toBe(303)
    await decide(browser, 'abort', { why: 'over', confirmed: 'yes' })
    for (const each of (await rollout.get()).stations.filter(
      ({ status }: { status: string }) => status === 'reverting',
    ))
      await rollout.verb('waive', { station_id: each.id, reason: 'over' })
    const retried = await decide(browser, 'retry', { why: 'fixture cleaned' })
    expect(retried.status).toBe(303)
    expect(retried.headers.location).toMatch(/^\/rollouts\//)
    expect(retried.headers.location).not.toBe(path)
  })

  it('is told who was first and when, and keeps what was written', async () => {
    const browser = await signedIn(ines.id)
    const fields = fieldsOf(await browser.get(path), 'set', { share: '50', why: hostile })
    expect((await decide(await signedIn(marek.id), 'pause', { why: 'looking at it' })).status).toBe(303)
    const answer = await browser.post(path, fields)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatch(/The rollout has moved on: Marek Nowak paused .*<time datetime="2026-05-22T/)
    expect(answer.body).toContain('&#60;/textarea&#62;&#60;script&#62;alert(1)&#60;/script&#62;')
    expect(answer.body).not.toContain('<script>alert')
    expect(answer.body).toContain('name="share" inputmode="decimal" size="6" required value="50"')
    expect((await rollout.get()).stage_index).toBe(0)
  })

  it('may do no more than in Slack: rights are read at the click', async () => {
    await setRights({ decide: { groups: ['S0LINELEAD'], users: [] } })
    const browser = await signedIn(ines.id)
    const answer = await decide(browser, 'override', { why: 'I say so' })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('That is for @line-leads')
    expect(answer.body).toContain('>I say so</textarea>')
    expect((await rollout.get()).stage_index).toBe(0)
    expect((await decide(await signedIn('U0LINELEAD'), 'override', { why: 'I may' })).status).toBe(303)
  })

  it('is the same person on the page and in Slack: four eyes are two people', async () => {
    const other = await testLine(service)
    const started = await service.service.start(
      {
        procedureId: other.procedure,
        deploymentId: other.next,
        plan: { ...presetPlan('standard'), startApprovals: 1, fourEyes: true },
        reason: 'the new build',
      },
      { ...ines, door: 'slack' },
    )
    if ('refused' in started) throw new Error(started.why)
    path = `/rollouts/${started.rollout.id}`
    const own = await decide(await signedIn(ines.id), 'approve')
    expect(own.status).toBe(403)
    expect(own.body).toContain('four eyes')
    expect((await decide(await signedIn(marek.id), 'approve')).status).toBe(303)
    expect((await service.service.get(started.rollout.id))?.status).toBe('active')
  })
})

describe('a form is refused', () => {
  it('without the token of its person, or from another site', async () => {
    const browser = await signedIn(ines.id)
    const other = await signedIn(marek.id)
    const page = await browser.get(path)
    const fields = fieldsOf(page, 'pause', { why: 'not lost' })
    const foreign = fieldsOf(await other.get(path), 'pause')
    for (const [form, headers] of [
      [{ ...fields, token: '' }, {}],
      [{ ...fields, token: foreign.token ?? '' }, {}],
      [fields, { 'sec-fetch-site': 'cross-site' }],
      [fields, { 'sec-fetch-site': 'same-site' }],
      [fields, { origin: 'https://firstpass.test.evil.example' }],
    ] as const) {
      const answer = await browser.post(path, form, headers)
      expect(answer.status).toBe(403)
      expect(answer.body).toContain('Nothing was changed')
    }
    expect((await browser.post(path, { ...fields, token: '' })).body).toContain('You had written: not lost')
    expect((await rollout.get()).status).toBe('active')
    const own = { origin: 'null', 'sec-fetch-site': 'same-origin' }
    expect((await browser.post(path, fields, own)).status).toBe(303)
  })

  it('of who reads by a link, who is told how to decide', async () => {
    const fields = fieldsOf(await (await signedIn(ines.id)).get(path), 'pause')
    const reader = testBrowser(service.app)
    const page = await reader.visit((await rollout.get()).url)
    expect(page.body).toContain('You read this page by its link')
    expect(page.body).not.toContain('method="post"')
    expect((await reader.post(path, fields)).status).toBe(403)
    expect((await rollout.get()).status).toBe('active')
  })

  it('of who signed out meanwhile', async () => {
    const browser = await signedIn(ines.id)
    const fields = fieldsOf(await browser.get(path), 'pause')
    const elsewhere = browser.copyTo(service.app)
    await browser.post('/signout', { token: fields.token ?? '' })
    expect((await elsewhere.post(path, fields)).status).toBe(403)
    expect((await rollout.get()).status).toBe('active')
  })

  it('when it is none that the page has', async () => {
    const browser = await signedIn(ines.id)
    const fields = fieldsOf(await browser.get(path), 'pause')
    for (const wrong of [{ verb: 'destroy' }, { version: 'new' }, { deployment: 'none' }, { command: '' }])
      expect((await browser.post(path, { ...fields, ...wrong })).status).toBe(422)
    const body = new URLSearchParams([...Object.entries(fields), ['verb', 'abort']]).toString()
    expect((await browser.post(path, body)).status).toBe(422)
  })
})

describe('somebody at this machine', () => {
  const atHome = { host: '127.0.0.1:3000' }
  async function send(verb: string, written: Record<string, string> = {}) {
    const browser = testBrowser(local.app)
    return browser.post(path, fieldsOf(await browser.get(path, atHome), verb, written), {
      ...atHome,
      origin: 'http://127.0.0.1:3000',
    })
  }

  it('may do what the settings let everybody do, and is no approver', async () => {
    const page = await testBrowser(local.app).get(path, atHome)
    expect(page.body).toContain('whose name nobody knows')
    expect(page.body).not.toContain('value="approve"')
    expect((await send('pause', { why: 'a look' })).status).toBe(303)
    expect((await rollout.get()).pause.by).toMatchObject({ id: 'local', door: 'page' })
    const browser = testBrowser(local.app)
    const fields = fieldsOf(await browser.get(path, atHome), 'resume')
    const approved = await browser.post(path, { ...fields, verb: 'approve' }, atHome)
    expect(approved.status).toBe(403)
    expect(approved.body).toContain('no second pair of eyes')
  })

  it('may do nothing for which the settings name people', async () => {
    await setRights({ stop: { groups: [], users: [ines.id] } })
    const answer = await send('pause', { why: 'a look' })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('The settings name who may pause')
    expect((await rollout.get()).status).toBe('active')
  })

  it('cannot be made to act by a page of another site', async () => {
    const browser = testBrowser(local.app)
    const fields = fieldsOf(await browser.get(path, atHome), 'pause')
    const evil = { ...atHome, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await browser.post(path, fields, evil)).status).toBe(403)
    expect((await browser.post(path, fields, { host: 'rebound.example' })).status).toBe(403)
    expect((await browser.post(path, { ...fields, token: 'guessed' }, atHome)).status).toBe(403)
    expect((await rollout.get()).status).toBe('active')
  })
})

// Sign in with Slack, against the local workspace: real requests, real signatures, and every way in which it can be wrong.
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { slackApp } from '../../bot/slack-app.ts'
import { sessions as sessionsTable } from '../../db/schema/doors.ts'
import { secondTeam } from '../../demo/slack/state/team.ts'
import { type SlackWorkspace, startSlackWorkspace } from '../../demo/slack/workspace.ts'
import { hour, minute } from '../../server/domain/instant.ts'
import type { PageSignIn } from '../../server/routes/pages/sign-in-pages.ts'
import { wayBack } from '../../server/routes/pages/way-back.ts'
import { signIn } from '../../server/sign-in.ts'
import { memoryStore } from '../bot/support/memory-store.ts'
import { botToken, client, signingSecret } from '../bot/support/open-bot.ts'
import { ines } from '../support/fixed-values.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type TestBrowser, testBrowser } from '../support/test-browser.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const redirectUri = 'http://firstpass.test/signin/callback'
const logged: string[] = []
const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })

const slack = await startSlackWorkspace({
  appUrl: () => 'http://127.0.0.1:1/slack/events',
  signingSecret,
  botToken,
  oauth: { ...client, redirectUrls: [redirectUri] },
  otherTeams: [{ team: secondTeam }],
})
const database = await openTestDatabase()
const nobody = { identify: async () => ({ refused: '' }), mayAct: async () => ({ refused: '' }) }
const service = await openTestService({ database, signIn: signInOf(() => bot.people) })
const replica = await openTestService({ database, signIn: signInOf(() => bot.people) })
const whileAway = await openTestService({
  database,
  signIn: signInOf(() => nobody, 'http://127.0.0.1:1/api/'),
})
const notSetUp = await openTestService({ database })
const bot = slackApp({
  service: service.service,
  store: memoryStore(),
  settings: { botToken, signingSecret, apiUrl: slack.apiUrl },
  now: Date.now,
  log,
})
let path = ''

beforeAll(async () => {
  bot.start()
  await vi.waitFor(() => expect(bot.status().state).toBe('connected'))
  path = `/rollouts/${(await testRollout(service, await testLine(service))).id}`
})
afterAll(async () => {
  await bot.stop()
  await slack.close()
})

function signInOf(people: () => PageSignIn['people'], apiUrl: string = slack.apiUrl): PageSignIn {
  return {
    ...signIn({ ...client, apiUrl, redirectUri: () => redirectUri, log }),
    people: {
      identify: (person) => people().identify(person),
      mayAct: (...asked) => people().mayAct(...asked),
    },
  }
}

/** To Slack, where `user` answers, and the address that Slack sends the browser back to. */
async function atSlack(
  browser: TestBrowser,
  how: { user?: string; allow?: boolean; to?: string; team?: string } = {},
) {
  const left = await browser.get(`/signin?${new URLSearchParams({ to: how.to ?? path })}`)
  expect(left.status).toBe(303)
  const place = how.team === undefined ? slack : slack.inTeam(how.team)
  const answered = place.signIn({
    user: how.user ?? ines.id,
    url: left.headers.location ?? '',
    allow: how.allow ?? true,
  })
  if ('fault' in answered) throw new Error(answered.fault)
  const back = new URL(answered.location)
  return `${back.pathname}${back.search}`
}

async function signedIn(how: { user?: string; to?: string } = {}) {
  const browser = testBrowser(service.app)
  const answer = await browser.get(await atSlack(browser, how))
  expect(answer.status).toBe(303)
  return { browser, to: answer.headers.location }
}

const formToken = (body: string) => /name="token" value="([^"]+)"/.exec(body)?.[1] ?? ''

describe('signing in with Slack', () => {
  it('opens every page, under the name that Slack knows', async () => {
    const { browser, to } = await signedIn({ to: `${path}?gate=errors` })
    expect(to).toBe(`${path}?gate=errors`)
    const page = await browser.get(path)
    expect(page.status).toBe(200)
    expect(page.body).toContain('Ines Duarte')
    expect(page.body).toContain('Sign out')
  })

  it('is offered where a page is closed, with the way back to it', async () => {
    const closed = await testBrowser(service.app).get(path)
    expect(closed.status).toBe(403)
    expect(closed.body).toContain(`href="/signin?to=${encodeURIComponent(path)}"`)
  })

  it('asks Slack for no more than who it is, and never tells it the secret', async () => {
    const left = await testBrowser(service.app).get('/signin')
    const url = new URL(left.headers.location ?? '')
    expect(url.href).toMatch(new RegExp(`^${slack.url}openid/connect/authorize\\?`))
    expect(url.searchParams.get('scope')).toBe('openid profile')
    expect(url.href).not.toContain(client.clientSecret)
  })

  it('leaves a cookie that no script reads, and of its token only a hash', async () => {
    const { browser } = await signedIn()
    const cookie = browser.cookies().find(({ name }) => name === 'firstpass_session')
    expect(cookie?.attributes).toMatch(/Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
    const rows = JSON.stringify(await service.database.db.select().from(sessionsTable))
    expect(rows).not.toContain(cookie?.value)
    expect(logged.join('')).not.toContain(cookie?.value)
  })

  it('holds in every replica, also after a restart, and for twelve hours', async () => {
    const { browser } = await signedIn()
    const elsewhere = browser.copyTo(replica.app)
    expect((await elsewhere.get(path)).status).toBe(200)
    service.clock.pass(12 * hour - minute)
    expect((await browser.get(path)).status).toBe(200)
    service.clock.pass(minute)
    expect((await browser.get(path)).status).toBe(403)
  })

  it('makes a session of its own each time, and ends the one before', async () => {
    const { browser } = await signedIn()
    const before = browser.copyTo(service.app)
    expect((await browser.get(await atSlack(browser))).status).toBe(303)
    expect((await browser.get(path)).status).toBe(200)
    expect((await before.get(path)).status).toBe(403)
  })

  it('ends by signing out, for who has a copy of the cookie too', async () => {
    const { browser } = await signedIn()
    const copy = browser.copyTo(replica.app)
    const token = formToken((await browser.get(path)).body)
    expect((await browser.post('/signout', { token: 'another' })).status).toBe(403)
    expect((await browser.post('/signout', { token }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await browser.post('/signout', { token }, { origin: 'https://elsewhere.test' })).status).toBe(403)
    expect((await browser.get(path)).status).toBe(200)
    const out = await browser.post('/signout', { token })
    expect([out.status, out.headers.location]).toEqual([303, '/signout'])
    expect((await browser.get('/signout')).body).toContain('You are signed out')
    expect(browser.cookies().map(({ name }) => name)).not.toContain('firstpass_session')
    expect((await copy.get(path)).status).toBe(403)
  })

  it('goes back to pages of this site alone', async () => {
    const elsewhere = [
      'https://evil.test/x',
      '//evil.test',
      '/\\evil.test',
      '/.//evil.test',
      '/x/..//evil.test',
      'javascript:alert(1)',
      '/signout',
    ]
    for (const to of elsewhere) expect([to, (await signedIn({ to })).to]).toEqual([to, '/'])
  })
})

describe('the way back', () => {
  it('is a path of this site, however it is written', () => {
    for (const path of ['/', '/fleet', '/rollouts/1?gate=a+b', '/history?label=%3Cb%3E'])
      expect(wayBack(path)).toBe(path)
    for (const other of [
      '//evil.test',
      '/.//evil.test',
      '/x/..//evil.test',
      '/\\evil.test',
      '/\t/evil.test',
      'x',
      '',
      '/signin',
      '/signout',
      undefined,
      ['/fleet'],
    ])
      expect([other, wayBack(other)]).toEqual([other, '/'])
  })
})

describe('a sign-in is refused', () => {
  async function refused(browser: TestBrowser, address: string): Promise<string> {
    const answer = await browser.get(address)
    expect(answer.status).toBe(403)
    expect(browser.cookies().map(({ name }) => name)).not.toContain('firstpass_session')
    expect(answer.body).toContain('Sign in with Slack')
    return answer.body
  }

  it('when the person says no', async () => {
    const browser = testBrowser(service.app)
    expect(await refused(browser, await atSlack(browser, { allow: false }))).toContain(
      'told not to sign you in',
    )
  })

  it('in a browser that did not begin it, and with another state', async () => {
    const browser = testBrowser(service.app)
    const address = await atSlack(browser)
    expect(await refused(testBrowser(service.app), address)).toContain('did not begin here')
    const swapped = address.replace(/state=[^&]*/, 'state=of-somebody-else')
    expect(await refused(browser, swapped)).toContain('did not begin here')
  })

  it('with a cookie that was made up', async () => {
    const browser = testBrowser(service.app)
    const address = await atSlack(browser)
    const state = new URLSearchParams(address.split('?')[1]).get('state')
    const value = encodeURIComponent(JSON.stringify({ state, nonce: 'n', to: '/' }))
    browser.keep(browser.cookies().map((each) => ({ ...each, value })))
    expect(await refused(browser, address)).toContain('did not begin here')
  })

  it('the second time with the same code', async () => {
    const browser = testBrowser(service.app)
    const address = await atSlack(browser)
    const before = browser.copyTo(service.app)
    expect((await browser.get(address)).status).toBe(303)
    expect(await refused(before, address)).toContain('could not be verified')
  })

  const wrong: [string, Parameters<SlackWorkspace['forgeNextSignIn']>[0]][] = [
    ['another nonce', { claims: { nonce: 'of-another-sign-in' } }],
    ['another issuer', { claims: { iss: 'https://slack.example' } }],
    ['another audience', { claims: { aud: '9.9' } }],
    ['a time long past', { claims: { exp: 1_000_000_000, iat: 999_999_000 } }],
    ['a signature of another key', { foreignKey: true }],
    ['no workspace', { claims: { 'https://slack.com/team_id': null } }],
  ]
  for (const [what, forgery] of wrong)
    it(`with a token of ${what}`, async () => {
      const browser = testBrowser(service.app)
      const address = await atSlack(browser)
      slack.forgeNextSignIn(forgery)
      expect(await refused(browser, address)).toContain('could not be verified')
    })

  it('of people of a workspace that has not installed the app', async () => {
    const browser = testBrowser(service.app)
    const address = await atSlack(browser, { team: secondTeam.teamId })
    expect(await refused(browser, address)).toContain('not installed in the Slack workspace')
  })

  it('of guests and of deactivated people', async () => {
    const guest = testBrowser(service.app)
    expect(await refused(guest, await atSlack(guest, { user: 'U0GUEST001' }))).toContain('Guests may not')
    const leaver = testBrowser(service.app)
    const address = await atSlack(leaver, { user: 'U0QUALITY1' })
    slack.changeUser('U0QUALITY1', { deleted: true })
    expect(await refused(leaver, address)).toContain('deactivated')
  })

  it('and says so in the log, without a code, a token or a secret', async () => {
    const browser = testBrowser(service.app)
    const address = await atSlack(browser)
    const code = new URLSearchParams(address.split('?')[1]).get('code') ?? 'none'
    slack.forgeNextSignIn({ foreignKey: true })
    await refused(browser, address)
    const said = logged.join('')
    expect(said).toContain('Sign in with Slack: refused')
    for (const secret of [code, client.clientSecret, 'xoxp-', 'eyJ']) expect(said).not.toContain(secret)
  })
})

describe('while Slack is away', () => {
  it('nobody is signed in, and the page says why', async () => {
    const answer = await testBrowser(whileAway.app).get('/signin')
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('Slack does not answer')
  })
})

describe('where it is not set up', () => {
  it('pages say so, and offer no way in', async () => {
    const browser = testBrowser(notSetUp.app)
    expect((await browser.get('/signin')).body).toContain('Sign in with Slack is not set up')
    expect((await browser.get('/signin/callback')).status).toBe(404)
    expect((await browser.get(path)).body).not.toContain('/signin')
  })
})

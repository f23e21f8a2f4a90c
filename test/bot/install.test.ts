// Workspaces install the app by OAuth: from the first page to a card, and out again.
import { describe, expect, it, vi } from 'vitest'
import { defaultTeam } from '../../demo/slack/state/team.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import type { Delivery } from '../../server/service.ts'
import { ines, uuid } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

const { teamId } = defaultTeam
const patiently = { timeout: 2000, interval: 5 }
const other = {
  ...defaultTeam,
  teamId: 'T0SECOND01',
  domain: 'second',
  name: 'Second <factory>',
  botUserId: 'U0SECONDBO',
  botId: 'B0SECONDBO',
}
const rollout = aRollout()
const elsewhere = aRollout({ procedure: { ...rollout.procedure, team: other.teamId } })
const second = aRollout({ ...elsewhere, id: rolloutId.parse(uuid(1, 2)) })
const card: Delivery = { kind: 'card', rolloutId: rollout.id, stageIndex: 1 }
type Oauth = NonNullable<NonNullable<Parameters<typeof openBot>[0]>['oauth']>

async function open(oauth: Oauth = {}, given: Parameters<typeof openBot>[0] = {}) {
  const service = fakeService({ rollouts: [rollout] })
  const bot = await openBot({ service, oauth, workspace: { otherTeams: [{ team: other }] }, ...given })
  const { workspace, server } = bot
  /** The way of a browser: our page, Slack's question, back to us with the cookie. */
  const begin = async () => {
    const page = await fetch(`${server.listeningOrigin}/slack/install`)
    const html = await page.text()
    const url = /href="([^"]*oauth\/v2\/authorize[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    return { page, html, url, cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' }
  }
  const back = async (location: string, cookie: string) => {
    const answer = await fetch(location, { headers: { cookie } })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const install = async (team = teamId, allow = true) => {
    const { url, cookie } = await begin()
    const asked = workspace.inTeam(team).authorize({ user: ines.id, url, allow })
    return back('location' in asked ? asked.location : `none:${asked.fault}`, cookie)
  }
  return { ...bot, service, begin, back, install }
}

describe('an installation', () => {
  it('goes from our page to Slack and back, and is kept sealed', async () => {
    const { install, begin, store, workspace } = await open()
    const { page, html, url } = await begin()
    expect(page.status).toBe(200)
    expect(html).toContain('Install Firstpass in Slack')
    expect(url.startsWith(new URL('../oauth/v2/authorize', workspace.apiUrl).href)).toBe(true)
    expect(page.headers.get('set-cookie')).toMatch(/HttpOnly/)
    const done = await install()
    expect(done.status).toBe(200)
    expect(done.text).toContain('Firstpass is installed in Factory')
    expect(done.headers.get('referrer-policy')).toBe('no-referrer')
    const kept = store.keptInstallations.get(teamId)
    expect(kept).toMatchObject({ teamName: 'Factory', installedBy: ines.id, ended: null })
    expect(kept?.sealed).toMatch(/^v1\./)
    expect(JSON.stringify([...store.keptInstallations])).not.toContain('xoxb')
  })

  it('lets commands be answered and cards be posted in each workspace with its own token', async () => {
    const bot = await open()
    const { install, workspace, service } = bot
    await install()
    await install(other.teamId)
    service.rollouts = [{ ...rollout, procedure: { ...rollout.procedure, team: teamId } }, second]
    await workspace.command({ user: ines.id, channel, text: 'help' })
    await answerTo(bot, ines.id, '/rollout help')
    expect(await bot.bot.deliver(card)).toEqual({ delivered: true })
    expect(await bot.bot.deliver({ ...card, rolloutId: second.id })).toEqual({ delivered: true })
    expect(workspace.messages(channel)).toHaveLength(1)
    expect(workspace.inTeam(other.teamId).messages(channel)).toHaveLength(1)
  })

  it('shows names as text', async () => {
    const { install } = await open()
    expect((await install(other.teamId)).text).toContain('installed in Second &lt;factory&gt;')
  })

  it('that is cancelled installs nothing and says so', async () => {
    const { install, store } = await open()
    expect(await install(teamId, false)).toMatchObject({
      status: 400,
      text: expect.stringContaining('The installation was cancelled'),
    })
    expect(store.keptInstallations.size).toBe(0)
  })

  it.each([
    ['another browser', () => ''],
    ['a state of somebody else', () => 'slack-app-oauth-state=stolen'],
  ])('that comes back with the cookie of %s is refused', async (_who, cookie) => {
    const { begin, back, workspace, store } = await open()
    const { url } = await begin()
    const asked = workspace.authorize({ user: ines.id, url })
    const answer = await back('location' in asked ? asked.location : '', cookie())
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('did not begin here') })
    expect(store.keptInstallations.size).toBe(0)
  })

  it('whose code Slack refuses says what Slack said', async () => {
    const { begin, back, server } = await open()
    const { url, cookie } = await begin()
    const state = new URL(url).searchParams.get('state')
    const answer = await back(
      `${server.listeningOrigin}/slack/oauth_redirect?code=made-up&state=${state}`,
      cookie,
    )
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('invalid_code') })
  })

  it('of a workspace that is not among those that may is refused, and its token given back', async () => {
    const { install, store, workspace } = await open({ teams: [teamId] })
    expect(await install(other.teamId)).toMatchObject({
      status: 403,
      text: expect.stringContaining(`${other.teamId} is not one of them`),
    })
    expect(store.keptInstallations.size).toBe(0)
    expect(workspace.inTeam(other.teamId).isInstalled()).toBe(false)
    expect(await install(teamId)).toMatchObject({ status: 200 })
  })
})

describe('a workspace that takes the app out', () => {
  it.each(['uninstall', 'revokeToken'] as const)(
    'by %s: its cards wait, told once, until it is installed again',
    async (how) => {
      const bot = await open()
      const { install, workspace, store, logged } = bot
      bot.service.rollouts = [{ ...rollout, procedure: { ...rollout.procedure, team: teamId } }]
      await install()
      expect(await bot.bot.deliver(card)).toEqual({ delivered: true })
      workspace[how]()
      await vi.waitFor(() => expect(store.keptInstallations.get(teamId)?.ended).not.toBeNull(), patiently)
      expect(bot.bot.status()).toEqual({
        state: 'connected',
        reason: expect.stringContaining(`taken out of ${teamId}`),
      })
      const waits = { delivered: false, waitSeconds: 600, why: 'the app is not installed in its workspace' }
      expect(await bot.bot.deliver(card)).toEqual(waits)
      expect(await bot.bot.deliver(card)).toEqual(waits)
      expect(logged.filter((line) => line.includes('the app was taken out of a workspace'))).toHaveLength(1)
      expect(logged.filter((line) => line.includes('does not let the bot write'))).toHaveLength(1)
      bot.clock.now += 5000
      await install()
      expect(await bot.bot.deliver(card)).toEqual({ delivered: true })
      expect(workspace.messages(channel)).toHaveLength(1)
      expect(bot.bot.status()).toEqual({ state: 'connected', reason: null })
    },
  )

  it('does not end an installation that was made after it', async () => {
    const bot = await open()
    await bot.install()
    const long = Math.floor(bot.clock.now / 1000) - 3600
    const body = {
      type: 'event_callback',
      team_id: teamId,
      event_time: long,
      event: { type: 'app_uninstalled' },
    }
    await bot.bot.deliver({ kind: 'event', eventId: 'Ev0OLD', body })
    expect(bot.store.keptInstallations.get(teamId)?.ended).toBeNull()
  })
})

describe('a delivery', () => {
  it('to a workspace that never installed the app waits', async () => {
    const bot = await open()
    bot.service.rollouts = [elsewhere]
    await bot.install()
    expect(await bot.bot.deliver(card)).toMatchObject({ delivered: false, waitSeconds: 600 })
    expect(bot.workspace.messages(channel)).toEqual([])
  })

  it('without a workspace goes to the only one there is, and waits when there are two', async () => {
    const bot = await open()
    await bot.install()
    expect(await bot.bot.deliver(card)).toEqual({ delivered: true })
    await bot.install(other.teamId)
    expect(await bot.bot.deliver(card)).toMatchObject({ delivered: false })
  })
})

describe('the secret of the tokens', () => {
  const first = 'the-first-secret-of-32-characters'
  const second = 'the-second-secret-of-32-characters'

  it('can be changed: the old one still opens, and what it opened is sealed anew', async () => {
    const before = await open({ tokenSecrets: [first] })
    await before.install()
    const { store, workspace } = before
    const shared = { store, settings: { apiUrl: workspace.apiUrl } }
    const sealed = () => store.keptInstallations.get(teamId)?.sealed
    const old = sealed()
    const rotating = await open({ tokenSecrets: [second, first] }, shared)
    expect(await rotating.bot.deliver(card)).toEqual({ delivered: true })
    expect(sealed()).not.toBe(old)
    const after = await open({ tokenSecrets: [second] }, shared)
    expect(await after.bot.deliver(card)).toEqual({ delivered: true })
  })

  it('that is lost leaves the workspace closed, and the log says what to do', async () => {
    const before = await open({ tokenSecrets: [first] })
    await before.install()
    const after = await open({ tokenSecrets: [second] }, { store: before.store })
    expect(await after.bot.deliver(card)).toMatchObject({ delivered: false })
    await after.bot.deliver(card)
    expect(
      after.logged.filter((line) => line.includes('cannot be opened with SLACK_TOKEN_SECRET')),
    ).toHaveLength(1)
  })
})

describe('an app with a bot token', () => {
  it('that is taken out of its workspace says so, and its cards wait', async () => {
    const bot = await openBot({ service: fakeService({ rollouts: [rollout] }) })
    expect(await bot.bot.deliver(card)).toEqual({ delivered: true })
    bot.workspace.uninstall()
    await vi.waitFor(() => expect(bot.bot.status().state).toBe('refused'), patiently)
    expect(bot.bot.status().reason).toContain('install it again, set SLACK_BOT_TOKEN and restart')
    expect(await bot.bot.deliver(card)).toMatchObject({ delivered: false, waitSeconds: 600 })
  })

  it('does not believe word of an end while its token works', async () => {
    const bot = await openBot({ service: fakeService({ rollouts: [rollout] }) })
    const event = { type: 'tokens_revoked', tokens: { bot: [bot.workspace.team.botUserId] } }
    const body = { type: 'event_callback', team_id: teamId, event_time: 1, event }
    await bot.bot.deliver({ kind: 'event', eventId: 'Ev0OLD', body })
    expect(bot.bot.status()).toEqual({ state: 'connected', reason: null })
  })
})

// The way an app comes into a workspace and out of it again, in two workspaces at once.
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { secondTeam } from '../../../demo/slack/state/team.ts'
import type { SlackWorkspaceOptions } from '../../../demo/slack/workspace.ts'
import { client, refusal } from './support/client.ts'
import { clock } from './support/clock.ts'
import { botToken, ines, rollouts, workspace } from './support/small-app.ts'

const oauth = {
  clientId: '12.34',
  clientSecret: 'known-to-slack',
  redirectUrls: ['https://firstpass.test/slack'],
}
const redirect_uri = 'https://firstpass.test/slack/oauth_redirect'
const asked = { client_id: oauth.clientId, scope: 'commands,chat:write', redirect_uri, state: 's1' }
const address = (base: string, query: Record<string, string> = asked) =>
  `${base}oauth/v2/authorize?${new URLSearchParams(query)}`

async function twoTeams(part: Partial<SlackWorkspaceOptions> = {}) {
  const slack = await workspace({ oauth, otherTeams: [{ team: secondTeam }], ...part })
  const second = slack.inTeam(secondTeam.teamId)
  const exchange = (code: string, rest: object = {}) =>
    client(slack, '').oauth.v2.access({
      client_id: oauth.clientId,
      client_secret: oauth.clientSecret,
      redirect_uri,
      code,
      ...rest,
    })
  const codeFrom = (given: { location: string } | { fault: string }) =>
    new URL('location' in given ? given.location : given.fault).searchParams.get('code') ?? ''
  const newCode = () => codeFrom(second.authorize({ user: ines, url: address(slack.url) }))
  return { slack, second, exchange, newCode }
}

/** An app that keeps what it hears. */
async function listening() {
  const heard: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      heard.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const at = server.address()
  const port = at !== null && typeof at === 'object' ? at.port : 0
  return { heard, appUrl: () => `http://127.0.0.1:${port}/slack/events` }
}

test('allowing sends the browser back with a code and the state; the code becomes a token of that team', async () => {
  const { slack, second, exchange } = await twoTeams()
  const answered = second.authorize({ user: ines, url: address(slack.url) })
  const back = new URL('location' in answered ? answered.location : '')
  expect(back.origin + back.pathname).toBe(redirect_uri)
  expect(back.searchParams.get('state')).toBe('s1')
  expect(second.isInstalled()).toBe(false)
  const access = await exchange(back.searchParams.get('code') ?? '')
  expect(access).toMatchObject({
    team: { id: secondTeam.teamId },
    bot_user_id: secondTeam.botUserId,
    scope: 'chat:write,commands',
    authed_user: { id: ines },
  })
  expect(await client(slack, access.access_token).auth.test()).toMatchObject({ team_id: secondTeam.teamId })
  expect(await client(slack).auth.test()).toMatchObject({ team_id: slack.team.teamId })
})

test('a token writes into its own workspace only', async () => {
  const { slack, second, exchange, newCode } = await twoTeams()
  const { access_token } = await exchange(newCode())
  await client(slack, access_token).chat.postMessage({ channel: rollouts, text: 'for the supplier' })
  expect(second.messages(rollouts)).toMatchObject([{ text: 'for the supplier' }])
  expect(slack.messages(rollouts)).toEqual([])
})

test('cancelling sends the browser back with the refusal', async () => {
  const { slack, second } = await twoTeams()
  expect(second.authorize({ user: ines, url: address(slack.url), allow: false })).toEqual({
    location: `${redirect_uri}?error=access_denied&state=s1`,
  })
})

test('a code is good once, for ten minutes, for its own address and with the right secret', async () => {
  const time = clock()
  const { exchange, newCode } = await twoTeams({ now: time.now })
  const code = newCode()
  expect(await refusal(exchange(code, { client_secret: 'guess' }))).toMatchObject({
    error: 'bad_client_secret',
  })
  expect(await refusal(exchange(code, { client_id: '1.2' }))).toMatchObject({ error: 'invalid_client_id' })
  expect(await refusal(exchange(code, { redirect_uri: `${redirect_uri}/x` }))).toMatchObject({
    error: 'bad_redirect_uri',
  })
  expect(await exchange(code)).toMatchObject({ ok: true })
  expect(await refusal(exchange(code))).toMatchObject({ error: 'invalid_code' })
  const old = newCode()
  time.pass(10 * 60_000 + 1)
  expect(await refusal(exchange(old))).toMatchObject({ error: 'invalid_code' })
})

test.each([
  ['another app', { ...asked, client_id: '9.9' }, 'invalid_client_id'],
  ['no scopes', { ...asked, scope: '' }, 'no scopes'],
  [
    'an address that is not configured',
    { ...asked, redirect_uri: 'https://evil.test/slack' },
    'redirect_uri',
  ],
  [
    'an address that only begins alike',
    { ...asked, redirect_uri: 'https://firstpass.test/slackx' },
    'redirect_uri',
  ],
])('%s is refused before anybody is asked', async (_what, query, says) => {
  const { slack } = await twoTeams()
  const page = await fetch(address(slack.url, query))
  expect(page.status).toBe(400)
  expect(await page.text()).toContain(says)
})

test('the page lists what the app asks for, and its form leads back to the app', async () => {
  const { slack } = await twoTeams()
  const page = await (await fetch(address(slack.url))).text()
  expect(page).toContain('write messages as itself')
  expect(page).toContain('Supplier')
  const form = new URLSearchParams({ ...asked, by: `${secondTeam.teamId}/${ines}`, answer: 'allow' })
  const answer = await fetch(`${slack.url}oauth/v2/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toMatch(
    /^https:\/\/firstpass.test\/slack\/oauth_redirect\?code=.+&state=s1$/,
  )
})

test('installing again keeps the token and adds scopes', async () => {
  const { slack, second, exchange, newCode } = await twoTeams()
  const first = await exchange(newCode())
  const url = address(slack.url, { ...asked, scope: 'users:read' })
  const again = second.authorize({ user: ines, url })
  const code = new URL('location' in again ? again.location : '').searchParams.get('code') ?? ''
  expect(await exchange(code)).toMatchObject({
    access_token: first.access_token,
    scope: 'chat:write,commands,users:read',
  })
})

test('a revoked token is dead, and the app hears of it', async () => {
  const app = await listening()
  const { slack } = await twoTeams({ appUrl: app.appUrl })
  expect(await client(slack).auth.revoke({})).toMatchObject({ revoked: true })
  expect(await refusal(client(slack).auth.test())).toMatchObject({ error: 'token_revoked' })
  await expect.poll(() => app.heard.length).toBe(1)
  expect(app.heard).toMatchObject([
    {
      team_id: slack.team.teamId,
      event: { type: 'tokens_revoked', tokens: { oauth: [], bot: [slack.team.botUserId] } },
    },
  ])
})

test('an app that is taken out of a workspace hears that and nothing more from there', async () => {
  const app = await listening()
  const { slack } = await twoTeams({ appUrl: app.appUrl })
  slack.uninstall()
  expect(await refusal(client(slack).auth.test())).toMatchObject({ error: 'account_inactive' })
  await expect.poll(() => app.heard.length).toBe(2)
  await slack.mention({ user: ines, channel: rollouts, text: 'status' })
  expect(app.heard.map(({ event }) => (event as { type: string }).type)).toEqual([
    'tokens_revoked',
    'app_uninstalled',
  ])
  expect(await slack.command({ user: ines, channel: rollouts, text: 'status' })).toMatchObject({
    ok: false,
    says: '/rollout is not a valid command',
  })
})

test('an app may uninstall itself, with its secret', async () => {
  const { slack } = await twoTeams()
  const uninstall = (client_secret: string) =>
    client(slack).apps.uninstall({ client_id: oauth.clientId, client_secret })
  expect(await refusal(uninstall('guess'))).toMatchObject({ error: 'bad_client_secret' })
  expect(await uninstall(oauth.clientSecret)).toMatchObject({ ok: true })
  expect(slack.isInstalled()).toBe(false)
})

test('a token without a scope is told which one it lacks', async () => {
  const slack = await workspace({ scopes: ['users:read'] })
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: rollouts, text: 'hello' }),
  })
  expect(await response.json()).toEqual({
    ok: false,
    error: 'missing_scope',
    needed: 'chat:write',
    provided: 'users:read',
  })
})

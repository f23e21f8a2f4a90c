// Sign in with Slack as the local workspace offers it: what Slack documents of OpenID Connect, seen from the outside.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SlackWorkspace, startSlackWorkspace } from '../../../demo/slack/workspace.ts'
import { ines } from '../../support/fixed-values.ts'

const client = { clientId: '1.2', clientSecret: 'client-secret' }
const redirect_uri = 'https://firstpass.test/signin/callback'
let at = Date.now()
let slack: SlackWorkspace
beforeAll(async () => {
  slack = await startSlackWorkspace({
    signingSecret: 'signing-secret',
    botToken: 'xoxb-test',
    oauth: { ...client, redirectUrls: [redirect_uri] },
    now: () => at,
  })
})
afterAll(() => slack.close())

const asking = {
  client_id: client.clientId,
  redirect_uri,
  response_type: 'code',
  scope: 'openid profile',
  state: 's1',
  nonce: 'n1',
}
const address = (more: Record<string, string> = {}) =>
  `${slack.url}openid/connect/authorize?${new URLSearchParams({ ...asking, ...more })}`

function newCode(): string {
  const answered = slack.signIn({ user: ines.id, url: address() })
  if ('fault' in answered) throw new Error(answered.fault)
  return new URL(answered.location).searchParams.get('code') ?? ''
}

async function exchange(code: string, more: Record<string, string> = {}) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uri,
    code,
    ...more,
  })
  return (await fetch(`${slack.apiUrl}openid.connect.token`, { method: 'POST', body })).json()
}

test('it announces itself, and signs who somebody is with a key that it publishes', async () => {
  const announced = await (await fetch(`${slack.url}.well-known/openid-configuration`)).json()
  expect(announced).toMatchObject({
    issuer: slack.url.replace(/\/$/, ''),
    token_endpoint: `${slack.apiUrl}openid.connect.token`,
    id_token_signing_alg_values_supported: ['RS256'],
  })
  const answer = await exchange(newCode())
  expect(answer).toMatchObject({ ok: true, token_type: 'Bearer' })
  const keys = createRemoteJWKSet(new URL(announced.jwks_uri))
  const { payload } = await jwtVerify(answer.id_token, keys, { issuer: announced.issuer, audience: '1.2' })
  expect(payload).toMatchObject({
    sub: ines.id,
    nonce: 'n1',
    'https://slack.com/team_id': slack.team.teamId,
    'https://slack.com/user_id': ines.id,
  })
})

test('a code is good once, for ten minutes, for its app and its address, and installs nothing', async () => {
  const code = newCode()
  expect(await exchange(code, { client_secret: 'wrong' })).toEqual({ ok: false, error: 'bad_client_secret' })
  expect(await exchange(code, { redirect_uri: 'https://evil.test' })).toEqual({
    ok: false,
    error: 'invalid_code',
  })
  expect(await exchange(code)).toMatchObject({ ok: true })
  expect(await exchange(code)).toEqual({ ok: false, error: 'invalid_code' })
  const late = newCode()
  at += 10 * 60_000 + 1
  expect(await exchange(late)).toEqual({ ok: false, error: 'invalid_code' })
  const body = new URLSearchParams({
    client_id: '1.2',
    client_secret: client.clientSecret,
    code: newCode(),
    redirect_uri,
  })
  const installed = await (await fetch(`${slack.apiUrl}oauth.v2.access`, { method: 'POST', body })).json()
  expect(installed).toMatchObject({ ok: false, error: 'invalid_code' })
})

test('its page asks who it is, and shows what is wrong with the way there', async () => {
  const page = await fetch(address())
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('Sign in to Firstpass with Slack')
  for (const wrong of [
    { client_id: '9.9' },
    { redirect_uri: 'https://evil.test' },
    { response_type: 'token' },
    { scope: 'openid chat:write' },
  ]) {
    const answer = await fetch(address(wrong as Record<string, string>))
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('Something went wrong')
  }
})

test('a person answers on its page, and the browser goes back with the code or the refusal', async () => {
  const answer = (what: string) =>
    fetch(`${slack.url}openid/connect/authorize`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...asking, answer: what, by: `${slack.team.teamId}/${ines.id}` }),
    })
  const allowed = new URL((await answer('allow')).headers.get('location') ?? '')
  expect(`${allowed.origin}${allowed.pathname}`).toBe(redirect_uri)
  expect(allowed.searchParams.get('state')).toBe('s1')
  expect(await exchange(allowed.searchParams.get('code') ?? '')).toMatchObject({ ok: true })
  const refused = new URL((await answer('cancel')).headers.get('location') ?? '')
  expect(Object.fromEntries(refused.searchParams)).toEqual({ error: 'access_denied', state: 's1' })
})

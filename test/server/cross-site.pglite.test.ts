// Forms of other sites: whatever page takes something from a browser takes it from our own pages alone, sent by the person to
// whom they were shown.
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import { sessions } from '../../server/sessions.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { routesOf } from '../support/routes-of.ts'
import { type TestBrowser, testBrowser } from '../support/test-browser.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { app, clock, database } = service
let rollout = ''
let procedure = ''
/** Of every procedure's or rollout's page that takes something. */
const taking = routesOf(app.printRoutes({ commonPrefix: false }))
  .map((route) => route.split(' '))
  .filter(
    ([method = '', path = '']) =>
      !/^(GET|HEAD|OPTIONS)$/.test(method) && !/^\/(api|webhooks|slack)\b/.test(path),
  )

beforeAll(async () => {
  const line = await testLine(service)
  procedure = line.procedure
  rollout = (await testRollout(service, line)).id
})

async function signedIn({ id, name }: { id: string; name: string }): Promise<TestBrowser> {
  const token = await sessions({ db: database.db, now: clock.now }).begin({
    rolloutId: null,
    person: { team: 'T0FACTORY1', user: id, name },
    expiresAt: clock.now() + hour,
  })
  const browser = testBrowser(app)
  browser.keep([{ name: 'firstpass_session', value: token, path: '/', attributes: '' }])
  return browser
}

const address = (path: string) =>
  path.replace('{id}', path.includes('/procedures/') ? procedure : rollout).replace(/\{\w+\}/g, randomUUID())
const tokenFor = async (browser: TestBrowser) =>
  /name="token" value="([^"]+)"/.exec((await browser.get('/')).body)?.[1] ?? ''

describe('every page that takes something', () => {
  it('is found: there are four', () => {
    expect(taking.map((route) => route.join(' ')).sort()).toEqual([
      'POST /procedures/{id}/replay',
      'POST /rollouts/{id}',
      'POST /rollouts/{id}/containment',
      'POST /signout',
    ])
  })

  it('refuses a form that another site sent, was made for somebody else, or carries no token', async () => {
    const browser = await signedIn(ines)
    const own = await tokenFor(browser)
    const foreign = await tokenFor(await signedIn(marek))
    expect(own.length).toBeGreaterThan(20)
    const before = await state()
    for (const [, path = ''] of taking)
      for (const [token, headers] of [
        ['', {}],
        [foreign, {}],
        [`${own}x`, {}],
        [own, { 'sec-fetch-site': 'cross-site' }],
        [own, { 'sec-fetch-site': 'same-site' }],
        [own, { 'sec-fetch-site': 'none' }],
        [own, { origin: 'https://evil.test' }],
        [own, { origin: 'http://firstpass.test.evil.test' }],
        [own, { origin: 'http://firstpass.test:8080' }],
      ] as const) {
        const answer = await browser.post(
          address(path),
          { token, verb: 'abort', why: 'x', confirmed: 'yes' },
          headers,
        )
        expect([path, token === own, headers, answer.status]).toEqual([path, token === own, headers, 403])
        expect(answer.body).toContain('Nothing was changed')
      }
    expect(await state()).toEqual(before)
    expect((await browser.get('/')).status).toBe(200)
  })

  it('refuses whoever has no session, and whoever has the link of a rollout alone', async () => {
    const nobody = testBrowser(app)
    const reader = testBrowser(app)
    await reader.visit((await service.ask('GET', `/api/v1/rollouts/${rollout}`)).body.url)
    const token = await tokenFor(await signedIn(ines))
    for (const [, path = ''] of taking)
      for (const browser of [nobody, reader])
        expect([path, (await browser.post(address(path), { token })).status]).toEqual([path, 403])
  })
})

describe('the API', () => {
  it('knows no cookie: a browser that is signed in is nobody there', async () => {
    const browser = await signedIn(ines)
    expect((await browser.get('/api/v1/rollouts')).status).toBe(401)
    expect((await browser.post(`/api/v1/rollouts/${rollout}/abort`, {})).status).toBeGreaterThanOrEqual(400)
  })

  it('tells browsers of no other site that may read it', async () => {
    const answer = await app.inject({
      method: 'OPTIONS',
      url: '/api/v1/rollouts',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' },
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('signing out everywhere', () => {
  it('ends every session of that person, and of nobody else', async () => {
    const [here, there, other] = [await signedIn(ines), await signedIn(ines), await signedIn(marek)]
    const out = await here.post('/signout', { token: await tokenFor(here), everywhere: 'yes' })
    expect(out.status).toBe(303)
    expect((await there.get('/')).status).toBe(403)
    expect((await here.get('/')).status).toBe(403)
    expect((await other.get('/')).status).toBe(200)
  })

  it('is offered beside signing out of this browser', async () => {
    const [here, there] = [await signedIn(ines), await signedIn(ines)]
    expect((await here.get('/')).body).toContain('Sign out everywhere')
    await here.post('/signout', { token: await tokenFor(here) })
    expect((await there.get('/')).status).toBe(200)
  })
})

async function state() {
  const { status, version } = (await service.ask('GET', `/api/v1/rollouts/${rollout}`)).body
  return { status, version }
}

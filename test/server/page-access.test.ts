// The door of the pages: a rollout's link in exchange for a session of that rollout's pages alone.
import type { FastifyRequest } from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { sessions as sessionsTable } from '../../db/schema/doors.ts'
import { day } from '../../server/domain/instant.ts'
import { pageAccess } from '../../server/page-access.ts'
import { pageCookie } from '../../server/page-cookies.ts'
import { pageLinks } from '../../server/page-links.ts'
import { sessions } from '../../server/sessions.ts'
import { signing } from '../../server/signing.ts'
import { testBrowser } from '../support/test-browser.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const replica = await openTestService({ database: service.database })
const page = { path: '', link: '' }
const another = { path: '', link: '' }

beforeAll(async () => {
  for (const each of [page, another]) {
    const rollout = await testRollout(service, await testLine(service))
    each.path = `/rollouts/${rollout.id}`
    each.link = (await rollout.get()).url
  }
})

const rows = () => service.database.db.select().from(sessionsTable)

async function reader(link = page.link) {
  const browser = testBrowser(service.app)
  expect((await browser.visit(link)).status).toBe(200)
  return browser
}

describe('the link of a rollout', () => {
  it('leads to the page at its address without the key, and leaves a cookie for that page alone', async () => {
    const browser = testBrowser(service.app)
    const answer = await browser.get(`${page.link}&gate=error+rate`)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe(`${page.path}?gate=error+rate`)
    const [cookie] = browser.cookies()
    expect(cookie?.path).toBe(page.path)
    expect(cookie?.attributes).toMatch(/HttpOnly; SameSite=Lax$/)
    expect((await browser.get(page.path)).body).toContain('Board')
  })

  it('opens everything below that page, and nothing beside it', async () => {
    const browser = await reader()
    expect((await browser.get(`${page.path}/charts/first-pass-yield.json`)).status).toBe(200)
    expect((await browser.get(`${page.path}/failures/failures.csv`)).status).toBe(200)
    expect((await browser.get(another.path)).status).toBe(403)
  })

  it('opens no other page by a cookie that was moved there by hand', async () => {
    const browser = await reader()
    browser.keep(browser.cookies().map((each) => ({ ...each, path: '/' })))
    expect((await browser.get(page.path)).status).toBe(200)
    expect((await browser.get(another.path)).status).toBe(403)
  })

  it('is refused when it is of another rollout, altered, or carries two keys, and says what to do', async () => {
    const key = new URL(another.link).search
    for (const address of [`${page.path}${key}`, `${page.link}x`, `${page.link}&key=1`]) {
      const browser = testBrowser(service.app)
      const answer = await browser.get(address)
      expect(answer.status).toBe(403)
      expect(answer.body).toContain('This link does not open the page')
      expect(answer.body).toContain('/rollout status')
      expect(browser.cookies()).toEqual([])
    }
  })

  it('makes no second session in a browser that has one already, and a bad one does not end that', async () => {
    const browser = await reader()
    const before = (await rows()).length
    expect((await browser.visit(page.link)).status).toBe(200)
    expect((await browser.visit(`${page.link}x`)).status).toBe(200)
    expect(await rows()).toHaveLength(before)
  })

  it('leaves nothing in the database by which a session could be taken over', async () => {
    const browser = await reader()
    const token = browser.cookies()[0]?.value ?? 'none'
    expect(token.length).toBeGreaterThan(40)
    expect(JSON.stringify(await rows())).not.toContain(token)
  })

  it('is known to every replica, also after a restart', async () => {
    const elsewhere = (await reader()).copyTo(replica.app)
    expect((await elsewhere.get(page.path)).status).toBe(200)
  })

  it('expires, and its session with it, and is forgotten at the next one', async () => {
    const browser = await reader()
    service.clock.pass(14 * day)
    expect((await browser.get(page.path)).status).toBe(403)
    const answer = await browser.get(page.link)
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('This link has expired')
    page.link = (await service.ask('GET', `/api/v1${page.path}`)).body.url
    await reader()
    const left = await rows()
    expect(left.every(({ expiresAt }) => expiresAt.getTime() > service.clock.now())).toBe(true)
  })
})

describe('a cookie', () => {
  it('is of this service alone below a path, and never sent in the open where the service is reached by https', () => {
    expect(pageCookie('https://fp.test/line-4', 'firstpass_link', '/rollouts/1')).toEqual({
      name: '__Secure-firstpass_link',
      options: { path: '/line-4/rollouts/1', httpOnly: true, sameSite: 'lax', secure: true },
    })
    expect(pageCookie('http://line.local:3000', 'firstpass_session', '/')).toMatchObject({
      name: 'firstpass_session',
      options: { path: '/', secure: false },
    })
  })

  it('of all the host cannot be set by its neighbours, where browsers have a name for that', () => {
    const of = (url: string) => pageCookie(url, 'firstpass_session', '/')
    expect(of('https://fp.test')).toMatchObject({
      name: '__Host-firstpass_session',
      options: { path: '/', secure: true },
    })
    expect(of('https://fp.test').options).not.toHaveProperty('domain')
    expect(of('https://fp.test/line-4').name).toBe('__Secure-firstpass_session')
  })
})

describe('a page without a link', () => {
  it('stays closed to a token that nobody was given', async () => {
    const browser = await reader()
    browser.keep(browser.cookies().map((each) => ({ ...each, value: 'A'.repeat(43) })))
    const answer = await browser.get(page.path)
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('This page is closed')
  })
})

describe('a service that only this machine reaches', () => {
  const { now } = service.clock
  const signs = signing(['secret of the tests'])
  const access = (isLocal: boolean, publicUrl = 'http://127.0.0.1:3000') =>
    pageAccess({
      links: pageLinks({ publicUrl: () => publicUrl, signing: signs, now }),
      sessions: sessions({ db: service.database.db, now }),
      publicUrl: () => publicUrl,
      isLocal,
      signing: signs,
      now,
    })
  const asked = (hostname: string, isLocal = true, headers: Record<string, string> = {}) =>
    access(isLocal).readerOf({ hostname, cookies: {}, headers } as FastifyRequest, 'everything')

  it('shows everything to who asks by a name of this machine, and nothing to a page of another site', async () => {
    expect(await asked('127.0.0.1')).toMatchObject({ kind: 'person', actor: { id: 'local', door: 'page' } })
    expect(await asked('localhost')).toMatchObject({ kind: 'person' })
    expect(await asked('firstpass.example')).toBeNull()
    expect(await asked('127.0.0.1', false)).toBeNull()
  })

  it('shows nothing to who comes through a proxy, behind which there may be anybody', async () => {
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'])
      expect(await asked('127.0.0.1', true, { [name]: '10.0.0.7' })).toBeNull()
  })
})

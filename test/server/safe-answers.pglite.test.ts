// What every answer tells browsers, and what no answer and no line of the log gives away.
import { beforeAll, describe, expect, it } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import { serviceLog } from '../../server/service-log.ts'
import { sessions } from '../../server/sessions.ts'
import { ines } from '../support/fixed-values.ts'
import { githubHook, payload } from '../support/github-hook.ts'
import { testBrowser } from '../support/test-browser.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { adminToken, githubSecret, openTestService } from '../support/test-service.ts'

const written: string[] = []
const log = serviceLog({ level: 'trace', secrets: [] }, { write: (line: string) => void written.push(line) })
const service = await openTestService({ log })
const { app, ask, clock, database } = service
const hook = githubHook(service)
let link = ''
let line: Awaited<ReturnType<typeof testLine>>

beforeAll(async () => {
  line = await testLine(service, { stations: 1 })
  link = (await (await testRollout(service, line)).get()).url
})

describe('headers', () => {
  it.each([
    '/api/v1/rollouts',
    '/healthz',
    '/nowhere',
    '/docs/json',
    '/signout',
    '/fleet',
    '/docs/static/index.html',
    '/api/v1/stations/me/assignments',
  ])('of %s keep it out of frames, and its type as it is', async (url) => {
    const { headers } = await app.inject({ url, headers: { authorization: `Bearer ${line.bench(0).key}` } })
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['x-powered-by']).toBeUndefined()
    // A poll is JSON for a program, and costs every byte of it.
    if (url.endsWith('/assignments')) return
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe-(inline|eval)|https?:|\*/)
  })
})

describe('whatever opens a door', () => {
  it('is in no line of the log, in no answer to who got it wrong, and in no error', async () => {
    const browser = testBrowser(app)
    const session = await sessions({ db: database.db, now: clock.now }).begin({
      rolloutId: null,
      person: { team: 'T0FACTORY1', user: ines.id, name: ines.name },
      expiresAt: clock.now() + hour,
    })
    browser.keep([{ name: 'firstpass_session', value: session, path: '/', attributes: '' }])
    const formToken = /name="token" value="([^"]+)"/.exec((await browser.get('/')).body)?.[1] ?? 'none'
    const key = line.bench(0).key
    const upload = await ask('POST', '/api/v1/uploads/initialize', { token: key, body: { name: 'x.json' } })
    const uploadKey = new URL(upload.body.uploadUrl).searchParams.get('key') ?? 'none'
    const linkKey = new URL(link).searchParams.get('key') ?? 'none'
    const wrong = 'a-token-that-opens-nothing'
    const answers = [
      await ask('GET', '/api/v1/rollouts', { token: wrong }),
      await ask('GET', '/api/v1/stations/me/assignments', { token: wrong }),
      await ask('GET', '/api/v1/stations/me/assignments', { token: key }),
      await ask('POST', '/api/v1/runs', { token: key, body: { key, nonsense: adminToken } }),
      await ask('PUT', `/api/v1/uploads/${upload.body.id}?until=1&key=${uploadKey}`, {
        token: null,
        body: {},
      }),
      await ask('PUT', new URL(upload.body.uploadUrl).pathname + new URL(upload.body.uploadUrl).search, {
        token: null,
        body: {},
      }),
      await ask('GET', `/rollouts/1?key=${linkKey}`, { token: null }),
      await ask('GET', `/nowhere?key=${linkKey}`, { token: adminToken }),
      await hook('ping', payload('ping')),
      await hook('ping', payload('ping'), { signature: `sha256=${'0'.repeat(64)}` }),
    ]
    // The page that it answers with is this person's own, and so are the forms on it.
    expect((await browser.post('/signout', { token: `${formToken}x` })).status).toBe(403)
    // A fault inside, with what was asked in its hands.
    app.log.error({ err: new Error(`GET ${link} failed with Bearer ${adminToken}`) }, 'a fault of the test')
    expect(written.length).toBeGreaterThan(0)
    const secrets = { adminToken, githubSecret, key, wrong, session, formToken, uploadKey, linkKey }
    const told =
      written.join('') +
      answers.map(({ body, status }) => (status >= 400 ? JSON.stringify(body) : '')).join('')
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, secret.length > 12]).toEqual([name, true])
      expect([name, told.includes(secret)]).toEqual([name, false])
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 422, 403, 200, 403, 404, 200, 401])
  })
})

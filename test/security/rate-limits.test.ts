// What one client may ask: a loud one is told to wait, in the seconds that it takes, and nobody else notices.
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { clientAddress } from '../../server/client-address.ts'
import { limits } from '../../server/limits.ts'
import { refusedKeys } from '../../server/refused-keys.ts'
import { errorHandling, HttpNo } from '../../server/routes/errors.ts'
import { rateLimits } from '../../server/routes/rate-limits.ts'

const password = 'a token that somebody chose'

/** Routes of each kind, with a clock of its own; `done` counts what was done for whom. */
async function doors(options: { trustProxy?: string[] } = {}) {
  let at = 0
  const done: string[] = []
  const app = Fastify({ trustProxy: options.trustProxy ?? false })
  const refused = refusedKeys(() => at)
  errorHandling(app, { refused })
  rateLimits(app, refused, () => at)
  for (const url of [...people, '/signin', '/webhooks/github', '/fleet', '/rollouts/:id/charts/:file'])
    app.get(url, async () => done.push(url))
  app.get('/api/v1/own', async (request) => {
    done.push('looked')
    if (request.headers.authorization !== `Bearer ${encodeURIComponent(password)}`)
      throw new HttpNo(401, 'unauthorized', 'Expected the token.')
    return { opened: true }
  })
  app.get('/api/v1/stations/me/assignments', async (request) => {
    if (request.headers.authorization !== 'Bearer key')
      throw new HttpNo(401, 'unauthorized', 'Expected a key.')
    return { pins: [] }
  })
  await app.ready()
  const ask = async (
    url: string,
    from: { token?: string; ip?: string; headers?: Record<string, string> } = {},
  ) => {
    const { token, ip = '10.0.0.1', headers = {} } = from
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await app.inject({ url, remoteAddress: ip, headers: { ...authorization, ...headers } })
    return { status: answer.statusCode, after: Number(answer.headers['retry-after']), body: answer.json() }
  }
  const statuses = async (count: number, url: string, from: Parameters<typeof ask>[1] = {}) => {
    const seen: number[] = []
    for (let asked = 0; asked < count; asked++) seen.push((await ask(url, from)).status)
    return seen
  }
  const pass = (ms: number) => {
    at += ms
  }
  return { ask, statuses, done, pass }
}
const people = ['/api/v1/rollouts', '/api/v1/rollouts/:id/ledger.csv']
const count = (seen: number[], status: number) => seen.filter((each) => each === status).length

describe('a loud client', () => {
  it('is told in how many seconds to come again, and is let in then', async () => {
    const { ask, statuses, pass } = await doors()
    const seen = await statuses(limits.heavy.atOnce + 30, '/api/v1/rollouts/1/ledger.csv', { token: 'loud' })
    expect([count(seen, 200), count(seen, 429)]).toEqual([limits.heavy.atOnce, 30])
    const told = await ask('/api/v1/rollouts/1/ledger.csv', { token: 'loud' })
    expect(told).toMatchObject({ status: 429, after: 1, body: { code: 'too_often' } })
    pass(told.after * 1000)
    expect((await ask('/api/v1/rollouts/1/ledger.csv', { token: 'loud' })).status).toBe(200)
  })

  it('costs nobody else anything, not even at the same address', async () => {
    const { ask, statuses } = await doors()
    await statuses(limits.people.atOnce + 1, '/api/v1/rollouts', { token: 'loud' })
    expect((await ask('/api/v1/rollouts', { token: 'loud' })).status).toBe(429)
    expect((await ask('/api/v1/rollouts', { token: 'quiet' })).status).toBe(200)
    expect((await ask('/api/v1/stations/me/assignments', { token: 'key' })).status).toBe(200)
    expect((await ask('/fleet')).status).toBe(200)
  })

  it('does not become another one by spaces, letters or cookies beside', async () => {
    const { ask, statuses } = await doors()
    await statuses(limits.heavy.atOnce, '/api/v1/rollouts/1/ledger.csv', { token: 'loud' })
    for (const authorization of ['bearer loud', 'BEARER   loud', 'Bearer\tloud'])
      expect((await ask('/api/v1/rollouts/1/ledger.csv', { headers: { authorization } })).status).toBe(429)
    const chart = '/rollouts/1/charts/yield.png'
    const session = (more: string) => ({ headers: { cookie: `${more}; firstpass_session=abc` } })
    await statuses(limits.heavy.atOnce, chart, session('a=1'))
    expect((await ask(chart, session('a=2'))).status).toBe(429)
    expect((await ask(chart, { headers: { cookie: 'firstpass_session=def' } })).status).toBe(200)
  })

  it('with a new cookie for every request comes to the limit of its address', async () => {
    const { ask } = await doors()
    const seen: number[] = []
    for (let each = 0; each < limits.pages.atOnce + 5; each++)
      seen.push(
        (await ask('/rollouts/1/charts/y.png', { headers: { cookie: `firstpass_link=${each}` } })).status,
      )
    expect(count(seen, 429)).toBe(5)
    expect((await ask('/rollouts/1/charts/y.png', { ip: '10.0.0.2' })).status).toBe(200)
  })

  it('is counted by address where nobody has a name yet: at the way in and at the webhook', async () => {
    const { ask, statuses } = await doors()
    for (const [url, { atOnce }] of [
      ['/signin', limits.signIn],
      ['/webhooks/github', limits.webhook],
    ] as const) {
      expect(count(await statuses(atOnce + 3, url), 429)).toBe(3)
      expect((await ask(url, { ip: '10.0.0.2' })).status).toBe(200)
    }
  })
})

describe('guessing', () => {
  const guess = (each: number) => `guess-${each}`

  it('is slowed down to one look a second, even for the guess that is right', async () => {
    const { ask, done, pass } = await doors()
    for (let each = 0; each < limits.refusedKeys.atOnce + 100; each++)
      await ask('/api/v1/own', { token: guess(each) })
    expect(done.filter((what) => what === 'looked')).toHaveLength(limits.refusedKeys.atOnce)
    const right = await ask('/api/v1/own', { token: encodeURIComponent(password) })
    expect([right.status, right.after]).toEqual([429, 1])
    pass(1000)
    expect((await ask('/api/v1/own', { token: 'guess once more' })).status).toBe(401)
    expect((await ask('/api/v1/own', { token: 'guess again' })).status).toBe(429)
  })

  it('shuts out nobody at the same address whose token opened before, and no other address', async () => {
    const { ask } = await doors()
    const token = encodeURIComponent(password)
    expect((await ask('/api/v1/own', { token })).status).toBe(200)
    for (let each = 0; each < limits.refusedKeys.atOnce + 100; each++)
      await ask('/api/v1/own', { token: guess(each) })
    expect((await ask('/api/v1/own', { token })).status).toBe(200)
    expect((await ask('/api/v1/own', { token, ip: '10.9.9.9' })).status).toBe(200)
  })

  it('of station keys is told to wait, and never shuts out a factory behind one address', async () => {
    const { ask, statuses } = await doors()
    const seen = await statuses(limits.refusedKeys.atOnce + 40, '/api/v1/stations/me/assignments', {
      token: 'wrong',
    })
    expect([count(seen, 401), count(seen, 429)]).toEqual([limits.refusedKeys.atOnce, 40])
    const told = await ask('/api/v1/stations/me/assignments', { token: 'wrong' })
    expect([told.status, told.after]).toEqual([429, 1])
    expect((await ask('/api/v1/stations/me/assignments', { token: 'key' })).status).toBe(200)
  })
})

describe('the address of a client', () => {
  const spoofed = (each: number) => ({ headers: { 'x-forwarded-for': `192.0.2.${each % 250}` } })

  it('is the one that connected: what is said in X-Forwarded-For counts for nothing', async () => {
    const { ask } = await doors()
    const seen: number[] = []
    for (let each = 0; each < limits.signIn.atOnce + 4; each++)
      seen.push((await ask('/signin', spoofed(each))).status)
    expect(count(seen, 429)).toBe(4)
  })

  it('is what a trusted proxy says, and only the last that it did not say itself', async () => {
    const { ask } = await doors({ trustProxy: ['10.0.0.0/8'] })
    const by = (forwarded: string) => ask('/signin', { headers: { 'x-forwarded-for': forwarded } })
    for (let each = 0; each < limits.signIn.atOnce; each++) await by(`192.0.2.${each % 250}, 203.0.113.7`)
    expect((await by('198.51.100.1, 203.0.113.7')).status).toBe(429)
    expect((await by('203.0.113.8')).status).toBe(200)
    expect((await by('203.0.113.7, 10.3.3.3')).status).toBe(429)
  })

  it('of version 6 is its network, as one client has all of it', () => {
    expect(clientAddress('2001:db8:1:2::1')).toBe(clientAddress('2001:db8:1:2:ffff:1:2:3'))
    expect(clientAddress('2001:0DB8:0001:0002::1')).toBe('2001:db8:1:2::/64')
    expect(clientAddress('2001:db8:1:3::1')).not.toBe(clientAddress('2001:db8:1:2::1'))
    expect(clientAddress('::1')).toBe('0:0:0:0::/64')
    expect(clientAddress('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(clientAddress('::ffff:10.1.2.3')).toBe('10.1.2.3')
    expect(clientAddress('10.1.2.3')).toBe('10.1.2.3')
  })
})

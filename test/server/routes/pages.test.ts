import fastify, { type FastifyRequest } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageAccess } from '../../../server/page-access.ts'
import { pageRoutes } from '../../../server/routes/pages/pages.ts'
import { uuid } from '../../support/fixed-values.ts'
import { rolloutCharts, withErrorRate } from '../../views/support/rollout-charts.ts'
import { everyEvent } from '../../views/support/rollout-events.ts'
import { pausedByBreach } from '../../views/support/rollout-stories.ts'

const key = 'k&"/='
const known = pausedByBreach.id
const withoutCharts = uuid(1, 77)
const app = fastify()

beforeAll(async () => {
  await app.register(
    pageRoutes({
      rollout: async (id) => (id === known || id === withoutCharts ? pausedByBreach : null),
      charts: async (id) =>
        id === known ? withErrorRate(rolloutCharts({ hours: 6, canaryYield: 0.9, baseYield: 0.98 })) : null,
      events: async () => everyEvent,
      retests: async () => null,
      access: pageAccess({ mayRead: (request) => request.key === key, isLocal: false }),
      base: () => '',
    }),
  )
})
afterAll(() => app.close())

const get = (url: string, headers = {}) => app.inject({ url, headers })
const keyed = (path: string) => get(`${path}?key=${encodeURIComponent(key)}`)

describe('pages', () => {
  it('open with the key of their link', async () => {
    const answer = await keyed(`/rollouts/${known}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain('Paused in stage 1 of 3')
    expect(answer.body.match(/<svg role="img"/g)).toHaveLength(5)
  })

  it('stay closed without a key, or with another, and say to open them from Slack', async () => {
    for (const url of [
      `/rollouts/${known}`,
      `/rollouts/${known}?key=wrong`,
      `/rollouts/${known}?key=a&key=b`,
    ]) {
      const answer = await get(url)
      expect(answer.statusCode).toBe(403)
      expect(answer.body).toContain('Open the page from Slack.')
      expect(answer.body).not.toContain('PCBA-FCT')
    }
  })

  it('do not tell without a key which rollouts exist', async () => {
    expect((await get(`/rollouts/${uuid(1, 9)}`)).statusCode).toBe(403)
    expect((await get(`/rollouts/${known}/charts/first-pass-yield.svg`)).statusCode).toBe(403)
    expect((await get(`/rollouts/${known}/charts/first-pass-yield.json`)).statusCode).toBe(403)
  })

  it('say what was expected where there is no such rollout', async () => {
    for (const id of [uuid(1, 9), 'no-id', encodeURIComponent('<script>')]) {
      const answer = await keyed(`/rollouts/${id}`)
      expect(answer.statusCode).toBe(404)
      expect(answer.body).toContain('Expected the id of a rollout')
      expect(answer.body).not.toContain('<script>')
    }
  })

  it('allow scripts of our own only, and no evaluation of text', async () => {
    for (const path of [
      `/rollouts/${known}`,
      `/rollouts/${known}/charts/first-pass-yield.svg`,
      '/rollouts/none',
    ]) {
      const policy = String((await keyed(path)).headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe-eval')
    }
  })

  it('load nothing from elsewhere and run no script written into them', async () => {
    const { body } = await keyed(`/rollouts/${known}`)
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(body.match(/<script[^>]*>[^<]/g)).toBeNull()
  })

  it('keep the key on every address of a chart', async () => {
    const { body } = await keyed(`/rollouts/${known}`)
    const addresses = [...body.matchAll(/(?:href|data-spec)="([^"]*\/charts\/[^"]*)"/g)].map(
      ([, each]) => each,
    )
    expect(addresses).toHaveLength(15)
    for (const address of addresses) {
      const url = new URL(String(address).replaceAll('&#38;', '&'), 'http://here/rollouts/')
      expect(url.searchParams.get('key')).toBe(key)
      expect((await get(url.pathname + url.search)).statusCode).toBe(200)
    }
  })

  it('show the difference and the evidence of the gate that is asked for', async () => {
    const page = (gate: string) => get(`/rollouts/${known}?key=${encodeURIComponent(key)}&gate=${gate}`)
    const { body } = await page('error%20rate')
    expect(body).toContain('Difference: Errors')
    expect(body).toContain('Evidence: Errors')
    const spec = body.match(/data-spec="([^"]*evidence[^"]*)"/)?.[1]?.replaceAll('&#38;', '&') ?? ''
    expect(new URL(spec, 'http://here').searchParams.get('gate')).toBe('error rate')
    const link = body.match(/<a href="([^"]*)">First-pass yield<\/a>/)?.[1]?.replaceAll('&#38;', '&') ?? ''
    const back = new URL(link, `http://here/rollouts/${known}`)
    expect(Object.fromEntries(back.searchParams)).toEqual({ key, gate: 'first-pass yield' })
    expect((await get(back.pathname + back.search)).body).toContain('Difference: First-pass yield')
    expect((await page('nothing%20of%20the%20kind')).body).toContain('Difference: First-pass yield')
  })

  it('do without charts where there are none', async () => {
    expect((await keyed(`/rollouts/${withoutCharts}`)).statusCode).toBe(200)
    expect((await keyed(`/rollouts/${withoutCharts}/charts/first-pass-yield.svg`)).statusCode).toBe(404)
  })
})

describe('a service that only this machine reaches', () => {
  const local = pageAccess({ mayRead: () => false, isLocal: true })
  const asked = (hostname: string) => local({ hostname, query: {} } as FastifyRequest, 'everything')

  it('shows everything to who asks by a name of this machine, and nothing to a page of another site', async () => {
    expect(await asked('127.0.0.1')).toMatchObject({ kind: 'person', actor: { id: 'local', door: 'page' } })
    expect(await asked('localhost')).toMatchObject({ kind: 'person' })
    expect(await asked('firstpass.example')).toBeNull()
  })
})

describe('charts', () => {
  it('are pictures', async () => {
    const answer = await keyed(`/rollouts/${known}/charts/first-pass-yield.svg`)
    expect(answer.headers['content-type']).toBe('image/svg+xml; charset=utf-8')
    expect(answer.body).toMatch(/^<svg role="img"/)
  })

  it('are data, as wide as the reader has room for', async () => {
    const answer = await get(
      `/rollouts/${known}/charts/first-pass-yield.json?key=${encodeURIComponent(key)}&width=360`,
    )
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.json().width).toBeLessThan(360)
  })

  it('are of the gate that is asked for', async () => {
    const drawn = (gate: string) =>
      get(`/rollouts/${known}/charts/evidence.svg?key=${encodeURIComponent(key)}&gate=${gate}`)
    expect((await drawn('error%20rate')).body).toContain('aria-label="Evidence of errors')
    expect((await drawn('first-pass%20yield')).body).toContain('aria-label="Evidence of first-pass yield')
  })

  it('say which ones there are', async () => {
    for (const file of ['yield.svg', 'first-pass-yield.png', 'first-pass-yield']) {
      const answer = await keyed(`/rollouts/${known}/charts/${file}`)
      expect(answer.statusCode).toBe(404)
      expect(answer.body).toContain('first-pass-yield, difference, evidence, error-timeout-rates')
    }
  })
})

describe('assets', () => {
  const files = ['page.css', 'page.js', 'sort.js', 'vega.min.js', 'vega-lite.min.js', 'vega-embed.min.js']
  for (const file of files)
    it(`${file} is kept by browsers until it changes`, async () => {
      const answer = await get(`/assets/any-hash/${file}`)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['cache-control']).toContain('immutable')
      const again = await get(`/assets/any-hash/${file}`, { 'if-none-match': answer.headers.etag })
      expect(again.statusCode).toBe(304)
      expect(again.body).toBe('')
      const zipped = await get(`/assets/any-hash/${file}`, { 'accept-encoding': 'gzip, br' })
      expect(zipped.headers['content-encoding']).toBe('gzip')
      expect(zipped.rawPayload.length).toBeLessThan(answer.rawPayload.length)
    })

  it('are only these', async () => {
    expect((await get('/assets/any-hash/page-assets.ts')).statusCode).toBe(404)
    expect((await get(`/assets/any-hash/${encodeURIComponent('../../package.json')}`)).statusCode).toBe(404)
  })

  it('give failures as data and as a table, with the key of the page', async () => {
    const table = await keyed(`/rollouts/${known}/failures/failures.csv`)
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(table.body).toContain('runs,limits,power / rail_3v3,yes,6,6,1,0.09375,0,0,0,0,6,')
    expect((await keyed(`/rollouts/${known}/failures/failures.json`)).json()).toMatchObject({
      canary: { runs: 64, failed: 12 },
      station_troubles: [{ message: 'GPIB <hangs>' }],
    })
    expect((await get(`/rollouts/${known}/failures/failures.csv`)).statusCode).toBe(403)
    expect((await keyed(`/rollouts/${known}/failures/else`)).statusCode).toBe(404)
    expect((await keyed(`/rollouts/${known}`)).body).toContain(`${known}/failures/failures.csv?key=`)
  })
})

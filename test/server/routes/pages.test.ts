import { createHash } from 'node:crypto'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageRoutes } from '../../../server/routes/pages/pages.ts'
import { fakeService } from '../../bot/support/fake-service.ts'
import { noContainment, noLedger } from '../../support/containment-builder.ts'
import { uuid } from '../../support/fixed-values.ts'
import { noHistory } from '../../support/no-history.ts'
import { aDoorway } from '../../support/page-doorway.ts'
import { rolloutCharts, withErrorRate } from '../../views/support/rollout-charts.ts'
import { everyEvent } from '../../views/support/rollout-events.ts'
import { pausedByBreach } from '../../views/support/rollout-stories.ts'

const readers = { cookie: 'readers=this' }
/** Whom the door lets in is told in page-access.test.ts. */
const doorway = aDoorway(({ headers }) =>
  headers.cookie === readers.cookie ? { kind: 'link', until: 0 } : null,
)
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
      containment: noContainment,
      ledger: noLedger,
      mark: async () => '7-1',
      watchers: { watch: () => null },
      drawPicture: async () => Buffer.from('a picture'),
      ...noHistory,
      registry: fakeService(),
      ...doorway,
    }),
  )
})
afterAll(() => app.close())

const get = (url: string, headers = {}) => app.inject({ url, headers })
const opened = (path: string) => get(path, readers)

describe('pages', () => {
  it('open for who may read them', async () => {
    const answer = await opened(`/rollouts/${known}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain('Paused in stage 1 of 3')
    expect(answer.body.match(/<svg role="img"/g)).toHaveLength(7)
  })

  it('stay closed for anybody else, and say to open them from Slack', async () => {
    for (const url of [`/rollouts/${known}`, `/rollouts/${known}?key=wrong`]) {
      const answer = await get(url)
      expect(answer.statusCode).toBe(403)
      expect(answer.body).toContain('Open the page from Slack')
      expect(answer.body).not.toContain('PCBA-FCT')
    }
  })

  it('do not tell anybody else which rollouts exist', async () => {
    expect((await get(`/rollouts/${uuid(1, 9)}`)).statusCode).toBe(403)
    expect((await get(`/rollouts/${known}/charts/first-pass-yield.svg`)).statusCode).toBe(403)
    expect((await get(`/rollouts/${known}/charts/first-pass-yield.json`)).statusCode).toBe(403)
  })

  it('say what was expected where there is no such rollout', async () => {
    for (const id of [uuid(1, 9), 'no-id', encodeURIComponent('<script>')]) {
      const answer = await opened(`/rollouts/${id}`)
      expect(answer.statusCode).toBe(404)
      expect(answer.body).toContain('Expected the id of a rollout')
      expect(answer.body).not.toContain('<script>')
    }
  })

  it('allow the script that they name and what it loads, no evaluation of text, and no style but ours', async () => {
    const nonces = new Set<string>()
    for (const path of [
      `/rollouts/${known}`,
      `/rollouts/${known}/charts/first-pass-yield.svg`,
      '/rollouts/none',
    ]) {
      const { headers, body } = await opened(path)
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("form-action 'self'; frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      const nonce = /script-src 'nonce-([\w+/]{22}==)' 'strict-dynamic';/.exec(policy)?.[1] ?? 'none'
      nonces.add(nonce)
      for (const [, named] of body.matchAll(/<script[^>]* nonce="([^"]*)"/g)) expect(named).toBe(nonce)
    }
    expect(nonces.size).toBe(3)
  })

  it('style a chart that is a file of its own by the one style that the policy names', async () => {
    const { headers, body } = await opened(`/rollouts/${known}/charts/first-pass-yield.svg`)
    const style = /<style>(.*?)<\/style>/.exec(body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'sha256-${hash}';`)
  })

  it('load nothing from elsewhere and run no script written into them', async () => {
    const { body } = await opened(`/rollouts/${known}`)
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(body.match(/<script[^>]*>[^<]/g)).toBeNull()
  })

  it('name every chart by an address that opens for the same reader', async () => {
    const { body } = await opened(`/rollouts/${known}`)
    const addresses = [...body.matchAll(/(?:href|data-spec)="([^"]*\/charts\/[^"]*)"/g)].map(
      ([, each]) => each,
    )
    expect(addresses).toHaveLength(35)
    for (const address of addresses) {
      const url = new URL(String(address).replaceAll('&#38;', '&'), 'http://here/rollouts/')
      expect((await opened(url.pathname + url.search)).statusCode).toBe(200)
    }
  })

  it('show the difference and the evidence of the gate that is asked for', async () => {
    const page = (gate: string) => opened(`/rollouts/${known}?gate=${gate}`)
    const { body } = await page('error%20rate')
    expect(body).toContain('Difference: Errors')
    expect(body).toContain('Evidence: Errors')
    const spec = body.match(/data-spec="([^"]*evidence[^"]*)"/)?.[1]?.replaceAll('&#38;', '&') ?? ''
    expect(new URL(spec, 'http://here').searchParams.get('gate')).toBe('error rate')
    const link = body.match(/<a href="([^"]*)">First-pass yield<\/a>/)?.[1]?.replaceAll('&#38;', '&') ?? ''
    const back = new URL(link, `http://here/rollouts/${known}`)
    expect(Object.fromEntries(back.searchParams)).toEqual({ gate: 'first-pass yield' })
    expect((await opened(back.pathname + back.search)).body).toContain('Difference: First-pass yield')
    expect((await page('nothing%20of%20the%20kind')).body).toContain('Difference: First-pass yield')
  })

  it('do without charts where there are none', async () => {
    expect((await opened(`/rollouts/${withoutCharts}`)).statusCode).toBe(200)
    expect((await opened(`/rollouts/${withoutCharts}/charts/first-pass-yield.svg`)).statusCode).toBe(404)
  })
})

describe('charts', () => {
  it('are pictures', async () => {
    const answer = await opened(`/rollouts/${known}/charts/first-pass-yield.svg`)
    expect(answer.headers['content-type']).toBe('image/svg+xml; charset=utf-8')
    expect(answer.body).toMatch(/^<svg role="img"/)
  })

  it('are data, as wide as the reader has room for', async () => {
    const answer = await opened(`/rollouts/${known}/charts/first-pass-yield.vl.json?width=360`)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.json().width).toBeLessThan(360)
  })

  it('are of the gate that is asked for', async () => {
    const drawn = (gate: string) => opened(`/rollouts/${known}/charts/evidence.svg?gate=${gate}`)
    expect((await drawn('error%20rate')).body).toContain('aria-label="Evidence of errors')
    expect((await drawn('first-pass%20yield')).body).toContain('aria-label="Evidence of first-pass yield')
  })

  it('say which ones there are', async () => {
    for (const file of ['yield.svg', 'first-pass-yield.gif', 'first-pass-yield', 'first-pass-yield.vl']) {
      const answer = await opened(`/rollouts/${known}/charts/${file}`)
      expect(answer.statusCode).toBe(404)
      expect(answer.body).toContain(
        'first-pass-yield, difference, evidence, stations, error-timeout-rates, durations, failures, ending in one of .svg, .png, .csv, .json, .vl.json;',
      )
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

  it('give failures as data and as a table, at an address below the page', async () => {
    const table = await opened(`/rollouts/${known}/failures/failures.csv`)
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(table.body).toContain('runs,limits,power / rail_3v3,yes,6,6,1,0.09375,0,0,0,0,6,')
    expect((await opened(`/rollouts/${known}/failures/failures.json`)).json()).toMatchObject({
      canary: { runs: 64, failed: 12 },
      station_troubles: [{ message: 'GPIB <hangs>' }],
    })
    expect((await get(`/rollouts/${known}/failures/failures.csv`)).statusCode).toBe(403)
    expect((await opened(`/rollouts/${known}/failures/else`)).statusCode).toBe(404)
    expect((await opened(`/rollouts/${known}`)).body).toContain(`${known}/failures/failures.csv"`)
  })
})

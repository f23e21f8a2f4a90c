// The pages of the registry through the whole service: who may see them, what they say, and their charts as files.
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { deployments } from '../../db/schema/procedures.ts'
import { hour } from '../../server/domain/instant.ts'
import { uuid } from '../support/fixed-values.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService({ isLocal: true })
const { ask, app, clock } = service
const hostile = '<script>alert(1)</script>"\u202E'
const get = (url: string, headers = {}) => app.inject({ url, headers })

let line: TestLine
let rollout: Awaited<ReturnType<typeof testRollout>>
const addresses = () => ({
  overview: '/',
  fleet: '/fleet',
  procedure: `/procedures/${line.procedure}`,
  station: `/stations/${line.bench(0).id}`,
  build: `/deployments/${line.next}`,
})
const charts = () => ({
  procedure: `/procedures/${line.procedure}/charts/first-pass-yield`,
  station: `/stations/${line.bench(0).id}/charts/first-pass-yield-${line.procedure.slice(0, 8)}`,
  build: `/deployments/${line.next}/charts/first-pass-yield`,
  outcomes: `/deployments/${line.next}/charts/outcomes`,
})

beforeAll(async () => {
  line = await testLine(service, { stations: 3, name: `Boards ${hostile}` })
  await line.addBench({
    name: `Bench ${hostile}`,
    site: `Site ${hostile}`,
    line: `Line ${hostile}`,
    tags: [hostile],
    fixtures: [hostile],
  })
  await line.build(`9 ${hostile}`, {
    commit: { sha: 'ab'.repeat(20), message: `${hostile}\n\n${hostile}`, author: hostile, branch: hostile },
    labels: [hostile],
    expectation: hostile,
    artifact_metadata: { '<b>': hostile },
  })
  // As a version kept it that did not check addresses.
  await service.database.db
    .update(deployments)
    .set({ artifactUrl: 'javascript:alert(1)' })
    .where(eq(deployments.id, line.next))
  clock.pass(hour)
  rollout = await testRollout(service, line, { reason: hostile })
  await rollout.confirm()
  await line.runs(
    line.benches.slice(0, 3).map((station, index) => ({
      station,
      unit: `${hostile} ${index}`,
      outcome: index === 0 ? 'FAIL' : 'PASS',
      deployment: index === 0 ? line.next : line.base,
      start: -60_000,
    })),
  )
  await ask('POST', `/api/v1/deployments/${line.next}/logs`, {
    body: { lines: [{ level: 'warning', message: hostile }] },
  })
  await ask('PUT', `/api/v1/stations/${line.bench(0).id}/hold`, { body: { reason: hostile } })
})

describe('pages of the registry', () => {
  test('open for a person, light, with nothing from elsewhere, and every name as text', async () => {
    for (const [name, url] of Object.entries(addresses())) {
      const answer = await get(url)
      expect([name, answer.statusCode]).toEqual([name, 200])
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
      expect(answer.body).not.toContain('<script>')
      expect(answer.body).not.toContain('\u202E')
      expect(answer.body).not.toMatch(/(?:href|src)="javascript:/i)
      expect(answer.body.length).toBeLessThan(150_000)
      expect(answer.body).toContain('<main id="content"')
    }
  })

  test('say what they are about', async () => {
    const page = async (url: string) => (await get(url)).body
    const { overview, fleet, procedure, station, build } = addresses()
    expect(await page(overview)).toContain(`href="/rollouts/${rollout.id}"`)
    expect(await page(fleet)).toContain(`href="/stations/${line.bench(1).id}"`)
    const ofProcedure = await page(procedure)
    expect(ofProcedure).toContain(`href="/deployments/${line.next}"`)
    expect(ofProcedure).toContain('Open now')
    expect(ofProcedure).toContain(`href="/procedures/${line.procedure}/learning"`)
    const ofStation = await page(station)
    expect(ofStation).toContain('Held')
    expect(ofStation).toContain(line.bench(0).key.slice(0, 8))
    expect(ofStation).not.toContain(line.bench(0).key)
    const ofBuild = await page(build)
    expect(ofBuild).toContain('build v2')
    expect(ofBuild).toContain('1 line, of which 1 is a warning or an error')
  })

  test('stay closed for whoever is nobody, and do not tell what is there', async () => {
    for (const url of [
      ...Object.values(addresses()),
      ...Object.values(charts()).map((each) => `${each}.csv`),
      `/stations/${uuid(4, 9)}`,
    ]) {
      const answer = await get(url, { host: 'firstpass.example' })
      expect(answer.statusCode).toBe(403)
      expect(answer.body).not.toContain('Boards')
    }
  })

  test('say what was expected where there is no such thing', async () => {
    for (const [folder, noun] of [
      ['procedures', 'procedure'],
      ['stations', 'station'],
      ['deployments', 'build'],
    ])
      for (const id of [uuid(7, 9), 'no-id', encodeURIComponent('<script>')])
        for (const url of [`/${folder}/${id}`, `/${folder}/${id}/charts/first-pass-yield.svg`]) {
          const answer = await get(url)
          expect([url, answer.statusCode]).toEqual([url, 404])
          expect(answer.body).toContain(`Expected the id of a ${noun}`)
          expect(answer.body).not.toContain('<script>')
        }
  })

  test('show of the fleet what the address asks for, and all of it where nobody understands it', async () => {
    const only = await get('/fleet?trouble=never%20seen&site=Lyon')
    expect(only.body).not.toContain(`href="/stations/${line.bench(0).id}"`)
    const wild = await get('/fleet?trouble=nonsense&page=-4&procedure=x&site=&search=')
    expect(wild.statusCode).toBe(200)
    expect(wild.body).toContain(`href="/stations/${line.bench(0).id}"`)
    expect((await get(`/fleet?site=${encodeURIComponent(hostile)}`)).body).toContain(
      'No station is like that',
    )
  })

  test('have the table of the fleet and its filter without script', async () => {
    const { body } = await get('/fleet')
    expect(body).toMatch(/<form[^>]* method="get" action="\/fleet"/)
    expect(body).toContain('<table class="sortable stacked fleet of-many">')
  })
})

describe('charts of the registry', () => {
  test('are pictures, data to draw from, and tables', async () => {
    for (const address of Object.values(charts())) {
      const svg = await get(`${address}.svg`)
      expect([address, svg.statusCode, svg.headers['content-type']]).toEqual([
        address,
        200,
        'image/svg+xml; charset=utf-8',
      ])
      expect(svg.body).toMatch(/^<svg role="img"/)
      expect(svg.body).not.toContain('<script>')
      const drawing = await get(`${address}.vl.json?width=360`)
      expect(drawing.headers['content-type']).toMatch(/^application\/json/)
      expect(JSON.stringify(drawing.json())).toContain('2026-05-22')
      const { rows } = (await get(`${address}.json`)).json()
      expect(rows[0]).toMatchObject({ day: '2026-05-22' })
      const csv = await get(`${address}.csv`)
      expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
      expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="[\w-]+\.csv"$/)
      expect(csv.body.split('\r\n').length).toBeGreaterThan(2)
    }
    expect((await get(`${charts().build}.csv`)).body).toBe(
      '\uFEFFday,build,first_attempts,passed,first_pass_yield,low,high\r\n2026-05-22,v2,1,0,0,0,0.793451\r\n',
    )
  })

  test('are pictures for a report', async () => {
    const png = await get(`${charts().outcomes}.png`)
    expect(png.headers['content-type']).toBe('image/png')
    expect(png.rawPayload.subarray(1, 4).toString()).toBe('PNG')
  })

  test('say which ones there are', async () => {
    for (const [address] of Object.values(charts()).map((each) => [each.slice(0, each.lastIndexOf('/'))])) {
      const answer = await get(`${address}/nothing.svg`)
      expect(answer.statusCode).toBe(404)
      expect(answer.body).toContain('first-pass-yield')
    }
  })

  test('on a page lead to files that are there', async () => {
    for (const url of [addresses().procedure, addresses().station, addresses().build]) {
      const { body } = await get(url)
      const files = [...body.matchAll(/(?:href|data-spec)="([^"]*\/charts\/[^"]*)"/g)].map(([, file]) =>
        String(file),
      )
      expect(files.length).toBeGreaterThanOrEqual(4)
      for (const file of files) expect([file, (await get(file)).statusCode]).toEqual([file, 200])
    }
  })
})

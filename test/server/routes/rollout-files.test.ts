// What belongs to a rollout's page beside the page: charts as files, tables, and all of it for a part of the time.
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageRoutes } from '../../../server/routes/pages/pages.ts'
import { uuid } from '../../support/fixed-values.ts'
import { siteOf } from '../../support/page-site.ts'
import { read } from '../../views/support/read.ts'
import { rolloutCharts, withErrorRate } from '../../views/support/rollout-charts.ts'
import { everyEvent } from '../../views/support/rollout-events.ts'
import { pausedByBreach } from '../../views/support/rollout-stories.ts'

const known = pausedByBreach.id
const hostile = '=HYPERLINK("https://elsewhere","open"),\n<b>'
const view = {
  ...pausedByBreach,
  stations: pausedByBreach.stations.map((station, index) =>
    index === 1 ? { ...station, name: hostile } : station,
  ),
}
let drawing: Error | null = null
const app = fastify()

beforeAll(async () => {
  await app.register(
    pageRoutes(
      siteOf({
        events: async () => everyEvent,
        rollout: async (id) => (id === known ? view : null),
        charts: async (id, range) => {
          if (id !== known) return null
          const all = withErrorRate(rolloutCharts({ hours: 6, canaryYield: 0.9, baseYield: 0.98 }))
          return range ? { ...all, ...range, isPart: true } : all
        },
        drawPicture: async () => (drawing ? Promise.reject(drawing) : Buffer.from('a picture')),
      }),
    ),
  )
})
afterAll(() => app.close())

const get = (path: string) => app.inject({ url: `/rollouts/${known}${path}` })

describe('the charts of a rollout', () => {
  it('are the data behind them, as a table and as objects', async () => {
    const table = await get('/charts/durations.csv')
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(table.headers['content-disposition']).toBe(`attachment; filename="durations-${known}.csv"`)
    expect(table.body.split('\r\n').slice(0, 3)).toEqual([
      '\uFEFFarm,from_seconds,to_seconds,passed_runs',
      'canary,38.054628,41.498866,3',
      'canary,41.498866,45.254834,12',
    ])
    const objects = (await get('/charts/evidence.json?gate=error%20rate')).json()
    expect(objects).toMatchObject({
      rollout: known,
      chart: 'evidence',
      title: 'Evidence: Errors',
      from: '2026-03-03T06:00:00.000Z',
      whole: true,
    })
    expect(objects.rows[0]).toEqual({
      judged_at: '2026-03-03T06:00:00.000Z',
      gate: 'error rate',
      counted: 2,
      of: 'runs',
      log_evidence: -1,
      log_threshold: 3.9,
      verdict: 'wait',
    })
  })

  it('are pictures for reports, with their title in them', async () => {
    const picture = await get('/charts/stations.png')
    expect(picture.headers['content-type']).toBe('image/png')
    expect(picture.body).toBe('a picture')
    expect((await get('/charts/stations.svg')).body).toContain('>Build or station?')
  })

  it('say when more pictures are asked for than can be drawn, and are drawn again later', async () => {
    drawing = new Error('too many')
    const busy = await get('/charts/evidence.png')
    expect(busy.statusCode).toBe(503)
    expect(busy.headers['retry-after']).toBe('30')
    expect(busy.body).toContain('Ask again in half a minute.')
    drawing = null
    expect((await get('/charts/evidence.png')).statusCode).toBe(200)
  })

  it('offer a brush over their time to who has a pointer, and to nobody else', async () => {
    const brushes = async (path: string) => (await get(path)).body.includes('"select":{"type":"interval"')
    expect(await brushes('/charts/first-pass-yield.vl.json?brush=1')).toBe(true)
    expect(await brushes('/charts/error-timeout-rates.vl.json?brush=1')).toBe(true)
    expect(await brushes('/charts/first-pass-yield.vl.json')).toBe(false)
    expect(await brushes('/charts/difference.vl.json?brush=1')).toBe(false)
  })
})

describe('a part of the time', () => {
  const part = 'from=2026-03-03T07:30&to=2026-03-03T09:00:00%2B01:00'

  it('is asked for in UTC or with a zone, and goes by whole hours', async () => {
    const { body } = await get(`?${part}`)
    const text = read(body)
    expect(text).toContain('Only 3 Mar 2026, 07:00 UTC to 3 Mar 2026, 08:00 UTC , in whole hours:')
    expect(text).toContain('Verdicts are never given for a part')
    expect(body).toContain('name="from" required value="2026-03-03T07:00"')
    expect(body).toContain(`<a href="${known}#charts">Show the whole rollout</a>`)
  })

  it('is kept by every address of a chart, of a gate and of the failures', async () => {
    const { body } = await get(`?${part}&gate=error%20rate`)
    const kept = 'from=2026-03-03T07%3A00%3A00.000Z&#38;to=2026-03-03T08%3A00%3A00.000Z'
    expect(body).toContain(`${known}/charts/durations.csv?${kept}`)
    expect(body).toContain(`${known}/charts/evidence.vl.json?gate=error+rate&#38;${kept}`)
    expect(body).toContain(`?gate=first-pass+yield&#38;${kept}#charts`)
    expect(body).toContain(`${known}/failures/failures.csv?${kept}`)
    expect(body).toContain('<input type="hidden" name="gate" value="error rate">')
    expect((await get(`/charts/durations.json?${part}`)).json()).toMatchObject({
      from: '2026-03-03T07:00:00.000Z',
      to: '2026-03-03T08:00:00.000Z',
      whole: false,
    })
  })

  it('is open at an end that is not told, and the whole where nothing sensible is asked for', async () => {
    expect(read((await get('?from=2026-03-03T07:30')).body)).toContain('Only 3 Mar 2026, 07:00 UTC to')
    for (const asked of [
      'from=yesterday',
      'from=2026-03-03T09:00&to=2026-03-03T07:00',
      'to=9999-99-99T99:99',
    ])
      expect(read((await get(`?${asked}`)).body)).toContain('The whole rollout, 3 Mar 2026, 06:00')
  })
})

describe('the stations', () => {
  it('are a table and data with the page, in which no name becomes a formula or a line', async () => {
    const { body } = await get('/stations/stations.csv')
    const [head, first] = body.split('\r\n')
    expect(head).toBe(
      '\uFEFFstation,site,line,stage,status,since,connection,trouble,left_because,waived,canary_first_attempts,canary_passed,own_past_first_attempts,own_past_passed',
    )
    expect(first).toBe('FCT-01,Penang,Line 1,1,confirmed,2026-03-03T06:04:00.000Z,connected,,,,60,53,400,392')
    expect(body).toContain('"\'=HYPERLINK(""https://elsewhere"",""open""),\n<b>",')
    expect((await get('/stations/stations.json')).json()).toHaveLength(12)
    expect((await get('/stations/else')).statusCode).toBe(404)
    expect((await app.inject({ url: `/rollouts/${uuid(1, 9)}/stations/stations.csv` })).statusCode).toBe(404)
  })
})

describe('the record', () => {
  it('is a table of every event, first to last, in the words of the page', async () => {
    const lines = (await get('/record/record.csv')).body.split('\r\n')
    expect(lines[0]).toBe('\uFEFFnumber,at,what,why,by,kind,through')
    expect(lines).toHaveLength(everyEvent.length + 2)
    expect(lines.some((line) => line.includes('Start approved,,'))).toBe(true)
    expect((await get('/record/else')).statusCode).toBe(404)
  })
})

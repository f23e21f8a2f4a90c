import { compile } from 'vega-lite'
import { describe, expect, it } from 'vitest'
import type { DailyCounts, DailyYields } from '../../server/domain/daily-counts.ts'
import { deploymentId } from '../../server/domain/ids.ts'
import { outcomesByDay } from '../../views/charts/daily-outcomes-chart.ts'
import { seriesOf, yieldPoints } from '../../views/charts/daily-yields.ts'
import { outcomesChart, yieldChart } from '../../views/charts/registry-charts.ts'
import { drawChart } from '../../views/draw-chart.ts'
import { uuid } from '../support/fixed-values.ts'

const counts = (version: string, day: string, units: number, passed: number): DailyCounts => ({
  build: { id: deploymentId.parse(uuid(6, Number(version.replaceAll(/\D/g, '')))), version },
  day,
  units,
  passed,
  runs: units + 4,
  errors: 2,
  timeouts: 1,
  passRuns: passed,
})
const yields = (days: DailyCounts[], part: Partial<DailyYields> = {}): DailyYields => ({
  of: 'PCBA-FCT',
  zone: 'Europe/Paris',
  from: '2026-04-01',
  to: '2026-05-22',
  days,
  marks: [],
  ...part,
})
const twoBuilds = yields(
  [
    counts('2.4.0', '2026-05-20', 50, 48),
    counts('2.4.0', '2026-05-21', 40, 40),
    counts('2.4.1', '2026-05-21', 10, 7),
  ],
  { marks: [{ at: Date.parse('2026-05-21T10:00:00Z'), label: '2.4.1' }] },
)

describe('yield by day', () => {
  it('has a point for each build and day, with its count and interval', () => {
    expect(
      yieldPoints(twoBuilds).map(
        ({ day, series, rate, n, interval }) => `${day} ${series} ${rate} n ${n} ${interval}`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "2026-05-20 2.4.0 0.96 n 50 86.5–98.9 %",
        "2026-05-21 2.4.0 1 n 40 91.2–100.0 %",
        "2026-05-21 2.4.1 0.7 n 10 39.7–89.2 %",
      ]
    `)
  })

  it('has six series at most: the builds of the newest days, and all others as one', () => {
    const many = yields(
      Array.from({ length: 9 }, (_, index) => counts(`1.0.${index}`, `2026-05-0${index + 1}`, 10, 9)),
    )
    expect(seriesOf(many.days)).toEqual(['1.0.8', '1.0.7', '1.0.6', '1.0.5', '1.0.4', 'other builds'])
    expect(yieldPoints(many).filter(({ series }) => series === 'other builds')).toHaveLength(4)
  })

  it('leaves out a day without first attempts', () => {
    expect(yieldPoints(yields([counts('2.4.0', '2026-05-20', 0, 0)]))).toEqual([])
  })

  it('says in words and as a table what it shows', () => {
    const chart = yieldChart(twoBuilds, { on: 'Boards', marked: 'another build' })
    expect(chart.summary).toBe(
      'First-pass yield of PCBA-FCT on Boards by day from 2026-04-01 to 2026-05-22: 2.4.1 70.0\u{A0}% of 10 units; 2.4.0 97.8\u{A0}% of 90 units.',
    )
    expect(chart.caption).toContain('Dashed: another build.')
    expect(chart.table).toMatchInlineSnapshot(`
      {
        "columns": [
          "day",
          "build",
          "first_attempts",
          "passed",
          "first_pass_yield",
          "low",
          "high",
        ],
        "rows": [
          [
            "2026-05-20",
            "2.4.0",
            50,
            48,
            0.96,
            0.865399,
            0.988961,
          ],
          [
            "2026-05-21",
            "2.4.0",
            40,
            40,
            1,
            0.912378,
            1,
          ],
          [
            "2026-05-21",
            "2.4.1",
            10,
            7,
            0.7,
            0.396778,
            0.892209,
          ],
        ],
      }
    `)
  })
})

describe('outcomes by day', () => {
  it('has a row for each outcome, in which all builds are put together', () => {
    expect(outcomesByDay(twoBuilds).filter(({ day }) => day === '2026-05-21')).toMatchInlineSnapshot(`
      [
        {
          "day": "2026-05-21",
          "outcome": "PASS",
          "runs": 47,
        },
        {
          "day": "2026-05-21",
          "outcome": "FAIL",
          "runs": 5,
        },
        {
          "day": "2026-05-21",
          "outcome": "ERROR",
          "runs": 4,
        },
        {
          "day": "2026-05-21",
          "outcome": "TIMEOUT",
          "runs": 2,
        },
      ]
    `)
  })
})

const courses = {
  'without runs': yields([]),
  'of two builds': twoBuilds,
  'of one day': yields([counts('2.4.0', '2026-05-22', 3, 3)]),
  'without a timeout': yields([{ ...counts('2.4.0', '2026-05-22', 9, 9), errors: 0, timeouts: 0 }]),
  'of a hostile version': yields([
    {
      ...counts('1', '2026-05-22', 3, 3),
      build: { id: deploymentId.parse(uuid(6, 1)), version: '</svg><script>' },
    },
  ]),
}
describe('charts of the registry', () => {
  for (const [name, course] of Object.entries(courses))
    for (const chart of [yieldChart(course, { marked: null }), outcomesChart(course)])
      it(`${chart.name} ${name} compiles without a warning and is drawn`, async () => {
        for (const zone of ['utc', 'local'] as const) {
          const warnings: unknown[] = []
          const log = { warn: () => log, info: () => log, debug: () => log, error: () => log, level: () => 3 }
          log.warn = (...said: unknown[]) => {
            warnings.push(said)
            return log
          }
          compile(chart.spec({ width: 560, zone }), { logger: log as never })
          expect(warnings).toEqual([])
        }
        const svg = await drawChart(chart.spec({ width: 560, zone: 'utc' }), chart.summary)
        expect(svg).toMatch(/^<svg role="img"/)
        expect(svg).not.toMatch(/<script>|NaN|undefined|Infinity/)
      })
})

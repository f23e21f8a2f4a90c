import { compile } from 'vega-lite'
import { describe, expect, it } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { serverFrame } from '../../views/charts/chart-frame.ts'
import { durationSteps, durations } from '../../views/charts/durations.ts'
import { failureBars, failuresChart } from '../../views/charts/failures.ts'
import { firstPassYieldChart } from '../../views/charts/first-pass-yield.ts'
import { differenceDomain, gateDifferences, gatesOf, shownGate } from '../../views/charts/gate-differences.ts'
import { gateEvidenceChart } from '../../views/charts/gate-evidence.ts'
import { bucketHours, buckets } from '../../views/charts/hour-buckets.ts'
import { rolloutChartList } from '../../views/charts/rollout-chart-list.ts'
import { stationPoints, stationsNow } from '../../views/charts/stations-now.ts'
import { markLabels, pauses } from '../../views/charts/time-marks.ts'
import { drawChart, standaloneChart } from '../../views/draw-chart.ts'
import { noCharts, rolloutCharts, someFailures, start, withErrorRate } from './support/rollout-charts.ts'

const bad = rolloutCharts({
  hours: 30,
  canaryYield: 0.885,
  baseYield: 0.98,
  stopped: true,
  marks: [
    { at: start, label: 'Stage 1: 1 station', kind: 'stage' },
    { at: start + 9 * hour, label: 'Paused', kind: 'pause' },
    { at: start + 12 * hour, label: 'Resumed', kind: 'resume' },
    { at: start + 28 * hour, label: 'Paused: breach', kind: 'pause' },
  ],
})
const twoWeeks = rolloutCharts({ hours: 336, canaryYield: 0.98, baseYield: 0.98 })
const oneRun: RolloutCharts = {
  ...noCharts,
  hours: [{ hour: start, arm: 'canary', units: 1, passed: 0, runs: 1, errors: 1, timeouts: 0 }],
}
const fpy = 'first-pass yield'
const modesWith = (count: number): RolloutCharts => {
  const [category] = someFailures.categories
  if (!category) throw new Error('no category')
  const modes = Array.from({ length: count }, (_, place) => ({
    ...category,
    mode: `phase ${place} / ${'x'.repeat(90)}`,
    isNew: false,
    example: null,
    excess: place % 2 === 0 ? place : null,
  }))
  return { ...noCharts, failures: { ...someFailures, categories: [{ ...category, modes }] } }
}
const courses = {
  'without runs': noCharts,
  'of one run': oneRun,
  'stopped by a breach': bad,
  'of two weeks': twoWeeks,
  'that failed in many ways': modesWith(40),
}

describe('charts', () => {
  for (const kind of rolloutChartList)
    for (const [name, charts] of Object.entries(courses))
      it(`${kind.name} of a rollout ${name} compiles without a warning and is drawn`, async () => {
        for (const zone of ['utc', 'local'] as const) {
          const warnings: unknown[] = []
          const log = { warn: () => log, info: () => log, debug: () => log, error: () => log, level: () => 3 }
          log.warn = (...said: unknown[]) => {
            warnings.push(...said)
            return log
          }
          compile(kind.spec(charts, { width: 358, zone }, fpy), { logger: log as never })
          expect(warnings).toEqual([])
        }
        const svg = await drawChart(kind.spec(charts, serverFrame, fpy), kind.summary(charts, fpy))
        expect(svg).toMatch(/^<svg role="img" aria-label="[^"]+" /)
        expect(svg).not.toMatch(/NaN|undefined|Infinity/)
        expect(svg.match(/<g[ >]/g)?.length).toBe(svg.match(/<\/g>/g)?.length)
        expect(svg.slice(0, svg.indexOf('>'))).toMatch(/ viewBox="0 0 \d+ \d+"/)
        expect(svg.slice(0, svg.indexOf('>'))).not.toMatch(/ (?:width|height)=/)
      })

  it('say that there are no runs yet', async () => {
    for (const kind of rolloutChartList)
      expect(await drawChart(kind.spec(noCharts, serverFrame, fpy), 'empty')).toContain('No runs yet')
  })

  it('say in words what they show', () => {
    const [first] = rolloutChartList
    expect(first?.summary(bad, fpy)).toMatch(
      /^First-pass yield by hour from 3 Mar 2026, 06:00 UTC: canary 8\d\.\d/,
    )
    expect(first?.summary(noCharts, fpy)).toContain('canary no units yet, base no units yet')
  })

  it('tell the arms apart by shape and dash as well as by colour', async () => {
    const svg = await drawChart(firstPassYieldChart(bad, serverFrame), 'x')
    expect(svg).toContain('stroke-dasharray="5,4"')
    expect(svg).toContain('#d97706')
    expect(svg).toContain('#3b82c4')
  })

  it('let a hostile label break neither HTML nor XML', async () => {
    const label = '</text><script>\u0001\u{2028}&"'
    const charts: RolloutCharts = { ...oneRun, marks: [{ at: start, label, kind: 'stage' }] }
    for (const kind of rolloutChartList) {
      const svg = await drawChart(kind.spec(charts, serverFrame, fpy), label)
      expect(svg).not.toContain('<script')
      expect(svg).not.toContain('\u0001')
    }
  })

  it('give the ends of their time axis as text, which the interpreter of expressions reads right', () => {
    const { spec } = compile(firstPassYieldChart(bad, { width: 358, zone: 'local' }))
    const domain = JSON.stringify(spec.scales?.find((scale) => scale.name === 'x'))
    expect(domain).toContain('datetime(\\"2026-03-03T06:00:00.000Z\\")')
  })

  it('stand alone with colours of their own', () => {
    expect(standaloneChart('<svg a="b"><g></g></svg>')).toMatch(/^<svg a="b"><style>svg\{color:/)
  })
})

describe('hours', () => {
  it('stay hours for two days and are put together beyond', () => {
    expect(bucketHours(bad)).toBe(1)
    expect(bucketHours(twoWeeks)).toBe(12)
  })

  it('keep every count when put together', () => {
    const sum = (rows: { units: number; runs: number }[]) =>
      rows.reduce((all, row) => all + row.units + row.runs, 0)
    expect(sum(buckets(twoWeeks))).toBe(sum(twoWeeks.hours))
    expect(buckets(twoWeeks).length).toBeLessThan(60)
  })
})

describe('marks', () => {
  it('shade each pause until it was resumed, or to the end', () => {
    expect(pauses(bad.marks, 99 * hour + start)).toEqual([
      { at: start + 9 * hour, until: start + 12 * hour },
      { at: start + 28 * hour, until: start + 99 * hour },
    ])
  })

  it('are never written over one another nor out of the plot', () => {
    const again = [0, 0.2, 0.4, 0.6, 1]
    const crowd = {
      ...bad,
      marks: bad.marks.flatMap((mark) => again.map((hours) => ({ ...mark, at: mark.at + hours * hour }))),
    }
    const labels = markLabels(crowd, serverFrame)
    const from = crowd.from
    const hourWidth = 486 / 30
    for (const [index, one] of labels.entries())
      for (const other of labels.slice(index + 1).filter((each) => each.lane === one.lane))
        expect(other.at - from).toBeGreaterThanOrEqual(
          one.at - from + ((one.label.length * 6) / hourWidth) * hour,
        )
    expect(labels.length).toBeGreaterThan(3)
    expect(labels.every(({ lane }) => [0, 1, 2].includes(lane))).toBe(true)
    expect(labels.every(({ at }) => at >= from && at <= crowd.to)).toBe(true)
  })
})

describe('the differences of a gate', () => {
  const [judged] = bad.differences
  const one = (part: Partial<RolloutCharts['differences'][number]>): RolloutCharts => ({
    ...noCharts,
    differences: judged
      ? [{ ...judged, difference: 0.1, low: 0.02, high: 0.3, tolerated: 0.002, ...part }]
      : [],
  })

  it('turn bad rates into yield: worse is below zero', () => {
    expect(gateDifferences(one({}), fpy)).toMatchObject([
      { difference: -10, low: -30, high: -2, tolerated: -0.2 },
    ])
  })

  it('keep other bad rates as they are: worse is above zero', () => {
    const charts = one({ gate: 'vcc', metric: 'custom' })
    expect(gateDifferences(charts, 'vcc')).toMatchObject([
      { difference: 10, low: 2, high: 30, tolerated: 0.2 },
    ])
    expect(gateDifferences(charts, fpy)).toEqual([])
  })

  it('give evidence by powers of ten, bounded where it says nothing more', () => {
    const evidenceOf = (logEvidence: number) => gateDifferences(one({ logEvidence }), fpy)[0]?.evidence
    expect(evidenceOf(Math.log(1000))).toBeCloseTo(3)
    expect(evidenceOf(-500)).toBe(-2)
    expect(evidenceOf(900)).toBe(6)
  })

  it('keep the first breach and the last count however many there are', () => {
    const many = rolloutCharts({ hours: 500, canaryYield: 0.9, baseYield: 0.98, stopped: true })
    const rows = gateDifferences(many, fpy)
    expect(rows.length).toBeLessThan(300)
    expect(rows.at(-1)?.n).toBe(4000)
    expect(rows.find((row) => row.verdict === 'severe')?.n).toBe(2 * (500 * 3 + 2))
  })
})

describe('the gate that is shown', () => {
  const both = withErrorRate(bad)

  it('is first-pass yield unless another is asked for that has differences', () => {
    expect(gatesOf(both).map(({ gate }) => gate)).toEqual([fpy, 'error rate'])
    expect(shownGate(both, undefined)).toBe(fpy)
    expect(shownGate(both, 'error rate')).toBe('error rate')
    expect(shownGate(both, 'no such gate')).toBe(fpy)
    expect(shownGate(noCharts, 'error rate')).toBe(fpy)
    expect(shownGate({ ...both, differences: both.differences.toReversed() }, undefined)).toBe(fpy)
  })

  it('is that of first-pass yield whatever it is called, else the first there is', () => {
    const named = { ...bad, differences: bad.differences.map((each) => ({ ...each, gate: 'board yield' })) }
    expect(shownGate(named, undefined)).toBe('board yield')
    const errors = { ...both, differences: both.differences.filter(({ gate }) => gate !== fpy) }
    expect(shownGate(errors, undefined)).toBe('error rate')
  })

  it('says what it counts, which side is worse, and how far its evidence is', () => {
    const [, difference, evidence] = rolloutChartList
    expect(difference?.title('error rate')).toBe('Difference: Errors')
    expect(difference?.caption(both, 'error rate')).toContain('Above zero is worse.')
    expect(difference?.caption(both, fpy)).toContain('Below zero is worse.')
    expect(difference?.summary(both, 'error rate')).toMatch(/^Difference in errors after 240 runs: /)
    expect(evidence?.summary(both, fpy)).toMatch(
      /^Evidence of first-pass yield after 240 first attempts: 81 of 49, where it stops the rollout\.$/,
    )
  })

  it('draws the line where it stops, and the breach that did', async () => {
    const svg = await drawChart(gateEvidenceChart(both, serverFrame, fpy), 'x')
    expect(svg).toContain('>severe<')
    expect(svg).toContain('stroke-dasharray="6,4"')
    expect(await drawChart(gateEvidenceChart(both, serverFrame, 'error rate'), 'x')).not.toContain('>severe<')
  })
})

describe('the chart of failures', () => {
  it('has a bar for each arm, what is beyond base first, and names what is new', () => {
    expect(failureBars(bad).map(({ label, arm, counts, place }) => [place, label, arm, counts])).toEqual([
      [0, 'power / rail_3v3\nNEW, limits', 'canary', '6 of 64'],
      [0, 'power / rail_3v3\nNEW, limits', 'base', '0 of 560'],
      [1, 'rf / tx_power\nlimits', 'canary', '3 of 64'],
      [1, 'rf / tx_power\nlimits', 'base', '4 of 560'],
      [2, '<b>pogo</b>\nNEW, fixture', 'canary', '2 of 64'],
      [2, '<b>pogo</b>\nNEW, fixture', 'base', '0 of 560'],
      [3, 'nothing was said\nfixture', 'canary', '1 of 64'],
      [3, 'nothing was said\nfixture', 'base', '4 of 560'],
    ])
    expect(failureBars(modesWith(40))).toHaveLength(20)
  })

  it('tells the arms apart by colour and by outline, in that order, without markup of a name', async () => {
    const svg = await drawChart(failuresChart(bad, serverFrame), 'failures')
    expect(svg.indexOf('power / rail_3v3')).toBeLessThan(svg.indexOf('tx_power'))
    expect(svg).not.toContain('<b>')
    expect(svg).toMatch(/stroke-dasharray="4,3"/)
    expect(svg).toContain('6 of 64')
  })
})

describe('the chart of durations', () => {
  it('has a step for each size and arm, whose shares add up to one', () => {
    expect(
      durationSteps(bad).map(({ arm, from, to, share, runs }) => [arm, from, to, share, runs]),
    ).toMatchInlineSnapshot(`
      [
        [
          "base",
          34.896247,
          38.054628,
          0.05,
          3,
        ],
        [
          "base",
          38.054628,
          41.498866,
          0.2,
          12,
        ],
        [
          "canary",
          38.054628,
          41.498866,
          0.05,
          3,
        ],
        [
          "base",
          41.498866,
          45.254834,
          0.5,
          30,
        ],
        [
          "canary",
          41.498866,
          45.254834,
          0.2,
          12,
        ],
        [
          "base",
          45.254834,
          49.350746,
          0.2,
          12,
        ],
        [
          "canary",
          45.254834,
          49.350746,
          0.5,
          30,
        ],
        [
          "base",
          49.350746,
          53.817371,
          0.05,
          3,
        ],
        [
          "canary",
          49.350746,
          53.817371,
          0.2,
          12,
        ],
        [
          "canary",
          53.817371,
          58.688259,
          0.05,
          3,
        ],
      ]
    `)
    expect(durations.caption(bad, fpy)).toContain('Medians: canary 47.2 s (60 runs), base 43.4 s (60 runs).')
  })

  it('keeps to forty steps however far durations reach, and counts every run', () => {
    const wide = {
      ...bad,
      durations: Array.from({ length: 200 }, (_, bin) => ({ arm: 'base' as const, bin, runs: 7 })),
    }
    const steps = durationSteps(wide)
    expect(steps.length).toBeLessThanOrEqual(41)
    expect(steps.reduce((sum, { runs }) => sum + runs, 0)).toBe(1400)
  })
})

describe('the chart of stations', () => {
  it('has the course of each against its own past, and says which lie outside of it', () => {
    expect(
      stationPoints(bad)
        .slice(0, 4)
        .map(({ label, arm, n, rate, low, high, past }) => [label, arm, n, rate, low, high, past]),
    ).toMatchInlineSnapshot(`
      [
        [
          "▲ FCT-01",
          "canary",
          20,
          0.7,
          0.85,
          1,
          0.98,
        ],
        [
          "▲ FCT-01",
          "canary",
          40,
          0.85,
          0.9,
          1,
          0.98,
        ],
        [
          "FCT-02",
          "canary",
          20,
          0.95,
          0.85,
          1,
          0.98,
        ],
        [
          "FCT-02",
          "canary",
          40,
          0.975,
          0.9,
          1,
          0.98,
        ],
      ]
    `)
    expect(stationsNow.caption(bad, fpy)).toContain('1 station of 20; about one in twenty are by chance')
    expect(stationsNow.caption(bad, fpy)).toContain(
      'The 6 furthest from their own past, canary first; 14 stations more not drawn.',
    )
    expect(stationsNow.summary(bad, fpy).replaceAll('\u{A0}', ' ')).toContain(
      'FCT-01 (canary) 85.0 % of 40 against 98.0 %',
    )
  })

  it('tells two stations of one name apart, and lets no name become markup', async () => {
    const hostile = '</text><script>alert(1)</script>'
    const [one] = bad.stations?.shown ?? []
    if (!one) throw new Error('no station')
    const twins = { shown: [one, one].map((each) => ({ ...each, name: hostile })), stations: 2, outside: 2 }
    const charts = { ...bad, stations: twins }
    expect(new Set(stationPoints(charts).map(({ label }) => label)).size).toBe(2)
    const svg = await drawChart(stationsNow.spec(charts, serverFrame, fpy), stationsNow.summary(charts, fpy))
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&lt;/text&gt;')
  })
})

describe('the data of every chart', () => {
  it('has as many cells in each row as it has columns, all of them finite', () => {
    for (const charts of Object.values(courses))
      for (const kind of rolloutChartList) {
        const { columns, rows } = kind.table(charts, fpy)
        expect(columns.length).toBeGreaterThan(3)
        for (const row of rows) {
          expect(row).toHaveLength(columns.length)
          expect(row.every((cell) => typeof cell !== 'number' || Number.isFinite(cell))).toBe(true)
        }
      }
  })

  it('is what was counted: of a rollout of one run that one', () => {
    const tableOf = (name: string) =>
      rolloutChartList.find((kind) => kind.name === name)?.table(oneRun, fpy).rows
    expect(tableOf('first-pass-yield')).toEqual([['2026-03-03T06:00:00.000Z', 'canary', 1, 0, 0]])
    expect(tableOf('error-timeout-rates')).toEqual([['2026-03-03T06:00:00.000Z', 'canary', 1, 1, 1, 0, 0]])
    const [first] = rolloutChartList.find((kind) => kind.name === 'difference')?.table(bad, fpy).rows ?? []
    expect(first).toMatchInlineSnapshot(`
      [
        "2026-03-03T06:00:00.000Z",
        "first-pass yield",
        2,
        "first attempts",
        0.093042,
        -0.02,
        0.98,
        0.002,
        0.02,
        "wait",
      ]
    `)
  })
})

describe('closed hours', () => {
  it('are a bar along the foot of the charts over time, told in their caption', () => {
    const spec = JSON.stringify(firstPassYieldChart(bad, serverFrame))
    const [closed] = bad.closed
    expect(spec).toContain(JSON.stringify({ at: closed?.from, until: closed?.to, kind: 'window' }))
    expect(rolloutChartList[0]?.caption(bad, fpy)).toContain('Bar along the foot')
    expect(rolloutChartList[0]?.caption(noCharts, fpy)).not.toContain('Bar along the foot')
  })
})

describe('the lines of a difference', () => {
  it('are the margin and from where on it is severe, in points of what is read', () => {
    const [row] = gateDifferences(bad, fpy)
    expect(row?.tolerated).toBeCloseTo(-0.2)
    expect(row?.severe).toBeCloseTo(-2)
    const far = { ...bad, differences: bad.differences.map((each) => ({ ...each, severe: 0.9 })) }
    // Too far off to be drawn without flattening the rest.
    expect(differenceDomain(gateDifferences(far, fpy))[0]).toBeGreaterThan(-60)
    expect(differenceDomain(gateDifferences(bad, fpy))[0]).toBeLessThan(-2)
  })
})

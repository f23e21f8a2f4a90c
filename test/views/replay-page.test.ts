import { compile } from 'vega-lite'
import { describe, expect, test } from 'vitest'
import { foundTable } from '../../server/domain/backtest/found-table.ts'
import { replayAsked } from '../../server/domain/backtest/replay-asked.ts'
import type { PredictedYieldOfBuild } from '../../server/domain/predicted-yield/of-build.ts'
import { predictedShareOf } from '../../server/domain/predicted-yield/predicted-share.ts'
import { serverFrame } from '../../views/charts/chart-frame.ts'
import { foundDropsChart, foundDropsSummary } from '../../views/charts/found-drops.ts'
import { drawChart } from '../../views/draw-chart.ts'
import { type ReplayPage, replayPage } from '../../views/replay/replay-page.ts'
import { noon } from '../support/fixed-values.ts'
import { station } from '../support/plan-builder.ts'
import { aReplay, aReport, aResult } from '../support/replay-builder.ts'
import { aFrame } from './support/page-frame.ts'

const hostile = '<script>alert(1)</script>"\'&'
const summary = (version: string) => ({ id: 'x', version, sha: 'a', branch: null, message: '', author: '' })
const share = predictedShareOf({ n: 200, passed: 190, newlyFail: 9, newlyPass: 1, unknown: 3 })

function prediction(stations: number, name = 'ST'): PredictedYieldOfBuild {
  return {
    build: summary('v2') as PredictedYieldOfBuild['build'],
    against: summary('v1') as PredictedYieldOfBuild['against'],
    source: 'declared',
    perStation: 200,
    firstAt: noon,
    lastAt: noon,
    fleet: share,
    stations: Array.from({ length: stations }, (_, place) => ({
      ...share,
      id: station(place),
      name: `${name} ${place}`,
      site: name,
    })),
    measurements: [
      {
        ...{ place: `${name} / rail`, words: '3.2 … 3.4 V → 3.25 … 3.4 V', direction: 'tightened' },
        ...{ measured: 190, notRecorded: 4, notReached: 6, newlyFail: 9, newlyPass: 1, unknown: 3 },
      },
    ],
    unjudged: [{ place: `${name} / other`, why: 'its units are other ones' }],
  }
}

function pageOf(part: Partial<ReplayPage> = {}): string {
  const predicted = { builds: [{ id: 'x', version: 'v2' }], chosen: null, found: null, csvUrl: '/t.csv' }
  return replayPage(
    {
      procedure: { id: 'p', name: 'PCBA-FCT' },
      asked: replayAsked.parse({}),
      refused: null,
      chart: null,
      ended: aReplay(),
      open: null,
      predicted,
      ...part,
    },
    aFrame,
  ).replaceAll('\u{A0}', ' ')
}
const predicting = (found: ReplayPage['predicted']['found']) =>
  pageOf({ predicted: { builds: [], chosen: 'x', found, csvUrl: '/t.csv' } })

describe('the page of replays', () => {
  test('says false stops with their interval, time in each stage, and the drops in sight', () => {
    const page = pageOf()
    expect(page).toContain('5 % of healthy stages stopped for nothing')
    expect(page).toContain('1 of 20')
    expect(page).toContain('26 h')
    expect(page).toContain('40 h')
    expect(page).toContain('−8.0 points')
    expect(page).toContain('none of them')
    expect(page).toContain('no: expect more false stops')
  })

  test('shows what past rollouts came to beside what would have been decided', () => {
    const page = pageOf()
    expect(page).toContain('after 3 h<small>errors</small>')
    expect(page).toContain('after 60 min<small>first-pass yield</small>')
  })

  test('says what a history lacks, and that a replay failed', () => {
    const noReport = { why: 'expected 17 days on one build', next: 'Look further back.' }
    expect(pageOf({ ended: aReplay({ result: { ...aResult, report: null, noReport } }) })).toContain(
      'It could not be played: expected 17 days on one build. Look further back.',
    )
    expect(pageOf({ ended: aReplay({ result: null, failedWhy: 'no runs' }) })).toContain('It failed: no runs')
  })

  test('keeps to its bounds in what it says of a prediction: now, predicted, and what is not known', () => {
    const page = predicting(prediction(3))
    expect(page).toContain('95.0 % → ')
    expect(page).toContain('9 units would newly fail, 1 newly pass')
    expect(page).toContain('Of 3 units it is not known')
    expect(page).toContain('its units are other ones')
    expect(predicting({ why: 'nothing is known', next: 'Declare them.' })).toContain(
      'It cannot be said: nothing is known. Declare them.',
    )
  })

  test('escapes what people named', () => {
    const past = aResult.past.map((each) => ({ ...each, version: hostile }))
    const page = pageOf({
      procedure: { id: hostile, name: hostile },
      ended: aReplay({ result: { ...aResult, past } }),
      refused: { refused: 'invalid', why: hostile, next: hostile },
      predicted: {
        builds: [{ id: 'x', version: hostile }],
        chosen: 'x',
        found: prediction(2, hostile),
        csvUrl: '/t.csv',
      },
    })
    expect(page).not.toContain('<script>alert')
  })

  test('stays light with two thousand stations', () => {
    const page = predicting(prediction(2000))
    expect(page).toContain('and 1,850 more stations')
    expect(Buffer.byteLength(page)).toBeLessThan(150_000)
  })
})

describe('the chart of drops that are found', () => {
  const rows = foundTable(aReport)

  test('has the false stops at 0 points, and each drop at each canary', () => {
    expect(rows.map(({ canary, dropPoints, share: part }) => [canary, dropPoints, part])).toEqual([
      ['1 station', 0, 0.05],
      ['1 station', 2, 0.43],
      ['1 station', 8, 0.97],
      ['25 %', 0, 0.05],
      ['25 %', 2, 0.43],
      ['25 %', 8, 0.97],
    ])
  })

  test('compiles without a warning, is drawn, and is said in words', async () => {
    for (const some of [rows, []]) {
      const warnings: unknown[] = []
      const log = { warn: () => log, info: () => log, debug: () => log, error: () => log, level: () => 3 }
      log.warn = (...said: unknown[]) => {
        warnings.push(...said)
        return log
      }
      compile(foundDropsChart(some, serverFrame), { logger: log as never })
      expect(warnings).toEqual([])
      expect(await drawChart(foundDropsChart(some, serverFrame), foundDropsSummary(some))).toContain(
        '<svg role="img"',
      )
    }
    expect(foundDropsSummary(rows)).toContain(
      '25 %, 8 points taken: 97.0 % stopped'.replaceAll(' %', '\u{A0}%').replace('25\u{A0}%', '25 %'),
    )
  })
})

import { describe, expect, test } from 'vitest'
import { chartsOf } from '../../bench/calibrate/charts.ts'
import { healthyRollouts } from '../../bench/calibrate/experiments/whole-rollouts.ts'
import type { Figure } from '../../bench/calibrate/run-experiment.ts'
import { markdownTable, tablesOf, textTable } from '../../bench/calibrate/tables.ts'
import { withBlock } from '../../bench/calibrate/write-report.ts'
import { drawChart } from '../../views/draw-chart.ts'

const figure = (change: Partial<Figure> = {}): Figure => ({
  section: 'healthy, 98 %, bias .3, drift .15',
  column: '1 of 20',
  shows: 'false stops',
  method: 'ours, α .05, margin 0',
  rollouts: 1000,
  stopped: 0.012,
  standardError: 0.0035,
  stoppedBy: [
    { runs: 100, share: 0.004 },
    { runs: 2000, share: 0.012 },
  ],
  medianRuns: null,
  medianStandardError: null,
  alpha: 0.05,
  ...change,
})

const detected = { section: '98 → 90 %', shows: 'detection', stopped: 0.99, alpha: null } as const
const figures = [
  figure(),
  figure({ column: '5 of 20', stopped: 0.02 }),
  figure({ method: 'naive two-proportion z', stopped: 0.41, standardError: 0.0156, alpha: null }),
  figure({ ...detected, medianRuns: 48, medianStandardError: 2.4 }),
  figure({ ...detected, section: '98 → 96 %', stopped: 0.42 }),
]

describe('the tables', () => {
  test('have a row for each method and a column for each layout; a cell without a figure is empty', () => {
    const [healthy] = tablesOf(figures)
    expect(healthy?.columns).toEqual(['1 of 20', '5 of 20'])
    expect(healthy?.rows).toEqual([
      { method: 'ours, α .05, margin 0', cells: ['1.2 ±0.4', '2.0 ±0.4'] },
      { method: 'naive two-proportion z', cells: ['41.0 ±1.6', ''] },
    ])
  })

  test('show a detection as runs, and as a dash when fewer than half were found', () => {
    const [, found, seldom] = tablesOf(figures)
    expect(found?.rows[0]?.cells).toEqual(['48 ±2, 99 %'])
    expect(seldom?.rows[0]?.cells).toEqual(['—, 42 %'])
  })

  test('are written as text and as Markdown', () => {
    const [healthy] = tablesOf(figures)
    if (!healthy) throw new Error('expected a table')
    expect(textTable(healthy).split('\n')).toHaveLength(4)
    expect(markdownTable(healthy).split('\n').slice(2)).toEqual([
      '| method                    |   1 of 20 |  5 of 20 |',
      '| ------------------------- | --------: | -------: |',
      '| **ours, α .05, margin 0** |  1.2 ±0.4 | 2.0 ±0.4 |',
      '| naive two-proportion z    | 41.0 ±1.6 |          |',
    ])
  })
})

describe('the page', () => {
  const marks = (block: string, inside: string) =>
    `<!-- ${block}: written by npm run calibrate -- --write -->\n\n${inside}\n\n<!-- end of ${block} -->`
  const page = `before\n\n${marks('claim', 'old')}\n\nbetween\n\n${marks('figures', 'old')}\n\nafter`

  test('gets the paragraphs of a block between its marks, and keeps all else', () => {
    const once = withBlock(page, 'figures', ['heading', 'table'])
    expect(once).toBe(page.replace(marks('figures', 'old'), marks('figures', 'heading\n\ntable')))
    expect(withBlock(once, 'figures', ['old'])).toBe(page)
    expect(withBlock(page, 'claim', ['new'])).toContain(`${marks('claim', 'new')}\n\nbetween`)
  })

  test('without the marks is refused, with the marks that were expected', () => {
    expect(() => withBlock('text', 'claim', [])).toThrow('expected the marks <!-- claim: written by')
  })
})

describe('the plots', () => {
  const drawn = [
    ...figures,
    figure({
      section: healthyRollouts,
      column: 'bias .3',
      shows: 'endings',
      method: 'ours, all five gates together',
    }),
    figure({ section: 'times, healthy', method: 'ours, defaults (α .01, 10 % tolerated)' }),
  ]
  test.each(chartsOf(drawn))(
    '$file is drawn with a text for who cannot see it',
    async ({ spec, summary }) => {
      const svg = await drawChart(spec, summary)
      expect(svg).toContain(`aria-label="${summary}"`)
      expect(svg).toContain('>ours, ')
      expect(svg).not.toContain('NaN')
    },
  )
})

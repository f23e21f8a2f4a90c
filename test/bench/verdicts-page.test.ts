import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { allExperiments } from '../../bench/calibrate/all-experiments.ts'
import { healthyRollouts } from '../../bench/calibrate/experiments/whole-rollouts.ts'
import { engine } from '../../server/domain/gates/evaluate-gates.ts'
import { defaultGates, gateMetrics, gates, isCounted } from '../../server/domain/gates/gate.ts'

const page = readFileSync('docs/verdicts.md', 'utf8')

describe('docs/verdicts.md', () => {
  test('has the figures of the engine that judges today', () => {
    expect(page).toContain(`engine “${engine}”`)
  })

  test('has a table for everything that is simulated', () => {
    for (const { section } of allExperiments) expect(page).toContain(`**${section}** (`)
  })

  test('has the table of the claim before everything that explains it', () => {
    expect(page.indexOf(`**${healthyRollouts}** (`)).toBeLessThan(page.indexOf('## What breaks gates'))
  })

  test('lists every kind of gate, and of the default plan each with its part of the budget', () => {
    const rowOf = (metric: string) => page.split('\n').find((text) => text.startsWith(`| ${metric} `)) ?? ''
    for (const metric of gateMetrics) expect(rowOf(metric)).not.toBe('')
    for (const { metric, alpha } of gates.parse(defaultGates).filter(isCounted))
      expect(rowOf(metric)).toContain(`${Number((100 * alpha).toFixed(1))} %`)
  })

  test('shows plots that are there', () => {
    const plots = [...page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => `docs/${file}`)
    expect(plots).toHaveLength(5)
    for (const plot of plots) expect(existsSync(plot)).toBe(true)
  })
})

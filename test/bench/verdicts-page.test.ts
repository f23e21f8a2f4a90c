import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { allExperiments } from '../../bench/calibrate/all-experiments.ts'
import { engine } from '../../server/domain/evaluate-gates.ts'

const page = readFileSync('docs/verdicts.md', 'utf8')

describe('docs/verdicts.md', () => {
  test('has the figures of the engine that judges today', () => {
    expect(page).toContain(`engine “${engine}”`)
  })

  test('has a table for everything that is simulated', () => {
    for (const { section } of allExperiments) expect(page).toContain(`**${section}** (`)
  })

  test('shows plots that are there', () => {
    const plots = [...page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => `docs/${file}`)
    expect(plots).toHaveLength(3)
    for (const plot of plots) expect(existsSync(plot)).toBe(true)
  })
})

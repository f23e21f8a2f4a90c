import { describe, expect, test } from 'vitest'
import { gates } from '../../server/domain/gates/gate.ts'
import { learningFrom } from '../../server/domain/learning/learning.ts'
import type { ToldRollout } from '../../server/domain/learning/told-rollout.ts'
import { learningPage } from '../../views/learning/learning-page.ts'
import { toldRollout } from '../support/told-rollout-builder.ts'
import { aFrame } from './support/page-frame.ts'

const hostile = '<script>alert(1)</script>"\'&'
const breach = { breach: 'first-pass yield' }
const excess = { estimate: 0.1, low: 0.02, high: 0.25 }
const exposure = { units: 1000, canaryUnits: 50 }

function pageOf(rollouts: ToldRollout[]): string {
  const found = learningFrom(
    { rollouts, rollbacks: [], leftOut: 0 },
    { from: 0, to: 1 },
    gates.parse([{ metric: 'first-pass yield' }]),
  )
  return learningPage({ procedure: { id: 'p', name: hostile }, found, asked: { from: '', to: '' } }, aFrame)
}

describe('the page of what rollouts have taught', () => {
  test('says every share with its counts and its interval, and small numbers to be few', () => {
    const page = pageOf([toldRollout(1, [breach, 'aborted']), toldRollout(2, ['completed'])])
    expect(page).toContain('1 of 2 decided rollouts; 95 %: 9.5–90.5')
    expect(page).toContain('; few')
    expect(page).toContain('at least 15 more, all of them right, are needed')
  })

  test('names failures prevented only where their bounds leave some', () => {
    const stopped = [breach, 'aborted'] as const
    expect(pageOf([toldRollout(1, [...stopped], { excess, exposure })])).toContain('about 95')
    const unsure = { excess: { ...excess, low: -0.01 }, exposure }
    const page = pageOf([toldRollout(1, [...stopped], unsure)])
    expect(page).toContain('not shown')
    expect(page).toContain('\u221210 to 238')
  })

  test('writes a proposal with the setting it means', () => {
    const rollouts = Array.from({ length: 16 }, (_, place) => toldRollout(place, [breach, 'aborted']))
    const page = pageOf(rollouts)
    expect(page).toContain('let it roll back')
    expect(page).toContain('<code>mode</code> of first-pass yield: pause → roll back.')
  })

  test('escapes what people named, and says so where there is nothing', () => {
    const page = pageOf([
      toldRollout(1, [{ breach: hostile }, 'aborted'], { labels: [hostile], sites: [hostile] }),
    ])
    expect(page).not.toContain('<script>alert')
    expect(pageOf([])).toContain('No rollout of this procedure began in that time')
  })

  test('stays light with hundreds of labels, sites and gates', () => {
    const many = Array.from({ length: 500 }, (_, place) =>
      toldRollout(place, [{ breach: `gate ${place}` }, 'aborted'], {
        labels: [`label ${place}`],
        sites: [`site ${place}`],
      }),
    )
    expect(Buffer.byteLength(pageOf(many))).toBeLessThan(150_000)
  })
})

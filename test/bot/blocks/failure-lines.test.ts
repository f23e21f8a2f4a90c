import { describe, expect, it } from 'vitest'
import { breachMessage } from '../../../bot/blocks/breach-message.ts'
import { failureText } from '../../../bot/blocks/failure-lines.ts'
import { rolloutCard } from '../../../bot/blocks/rollout-card.ts'
import { summaryMessage } from '../../../bot/blocks/summary.ts'
import type { FailureSummary } from '../../../server/domain/failures/failure-summary.ts'
import { firstpass, noon } from '../../support/fixed-values.ts'
import { aRollout } from '../../support/rollout-view-builder.ts'
import { breached } from '../../support/verdict-builder.ts'
import { expectInert, expectWithinLimits } from '../support/limits.ts'

const category = (part: Partial<FailureSummary['categories'][number]> = {}) => ({
  category: 'limits' as const,
  runs: 8,
  excess: 6.8,
  mode: 'power / rail_3v3',
  mostly: 'FCT-01',
  action: 'Compare the measurement with base.',
  ...part,
})
const failures = (part: Partial<FailureSummary> = {}): FailureSummary => ({
  failed: 12,
  runs: 64,
  excess: 9.2,
  categories: [
    category(),
    category({
      category: 'fixture',
      runs: 3,
      excess: 2.2,
      mode: 'pogo',
      mostly: null,
      action: 'Clean the pins.',
    }),
    category({ category: 'network', runs: 1, excess: -2 }),
  ],
  newModes: ['pogo'],
  newModeCount: 3,
  ...part,
})
const line = (part: Partial<FailureSummary> = {}) => failureText(aRollout({ failures: failures(part) }))

describe('failures in a line', () => {
  it.each([
    [{}, '12 of 64\u00a0runs, +9 beyond base: 7 limits (rail_3v3), 2 fixture (pogo); new: pogo and 2 more'],
    [
      { excess: 0.2, categories: [category({ excess: 0.2 })], newModes: [], newModeCount: 0 },
      '12 of 64\u00a0runs, as base would have: 8 limits (rail_3v3)',
    ],
    [
      { excess: -4, categories: [], newModes: [], newModeCount: 0 },
      '12 of 64\u00a0runs, 4 fewer than base would have',
    ],
    [
      { excess: null, categories: [category({ excess: null, mode: null })], newModeCount: 1 },
      '12 of 64\u00a0runs: 8 limits; new: pogo',
    ],
  ])('of %j', (part, expected) => {
    expect(line(part)).toBe(expected)
  })

  it('are not spoken of while nothing has failed', () => {
    expect(line({ failed: 0 })).toBeNull()
    expect(failureText(aRollout({ failures: null }))).toBeNull()
  })

  it('stand on the card, in its text and in the summary', () => {
    const view = aRollout({ failures: failures() })
    const card = rolloutCard(view, 1)
    expect(JSON.stringify(card.blocks)).toContain('*Failures* 12 of 64')
    expect(card.text).toContain('Failures: 12 of 64 runs, +9 beyond base: 7 limits (rail_3v3)')
    expect(summaryMessage(view, []).text).toContain('*Failures* 12 of 64')
    expect(JSON.stringify(rolloutCard(view, 0).blocks)).not.toContain('*Failures*')
  })
})

describe('the thread of a breach', () => {
  const breach = {
    type: 'BreachOpened' as const,
    gate: 'first-pass yield',
    mode: 'pause' as const,
    severity: 'breach' as const,
    logEvidence: 4,
    headline: 'first-pass yield fell',
    details: [],
    suspect: null,
    by: firstpass,
    at: noon,
    sequence: 3,
  }

  it('says the worst categories with what to do about them', () => {
    const { text } = breachMessage(aRollout({ verdict: breached, failures: failures() }), breach, [])
    expect(text).toContain(
      '• *limits* 7 beyond base, most of all power / rail_3v3, mostly on FCT-01. Compare the measurement with base.',
    )
    expect(text).toContain('• *fixture* 2 beyond base, most of all pogo. Clean the pins.')
    expect(text).not.toContain('network')
  })

  it('says nothing of them where the gate is about something else', () => {
    const verdict = {
      ...breached,
      gates: breached.gates.map((gate) => ({ ...gate, metric: 'telemetry' as const })),
    }
    expect(breachMessage(aRollout({ verdict, failures: failures() }), breach, []).text).not.toContain(
      'beyond base',
    )
  })

  it('and the card keep within limits and inert, whatever the modes are called', () => {
    const hostile = `<!channel> @here *x* ${'<&>'.repeat(400)}`
    const worst = category({ mode: hostile, mostly: hostile, action: hostile })
    const view = aRollout({
      verdict: breached,
      failures: failures({
        categories: Array.from({ length: 6 }, () => worst),
        newModes: [hostile, hostile, hostile],
      }),
    })
    for (const message of [breachMessage(view, breach, []), rolloutCard(view, 1), summaryMessage(view, [])]) {
      expectWithinLimits(message)
      expectInert(message)
    }
  })
})

// Build or station: while a gate is breached, the canary station that speaks loudest, and what the others say.
import { describe, expect, test } from 'vitest'
import { judgedBy, line, type Pair, type What } from '../../support/gate-question.ts'
import { station } from '../../support/plan-builder.ts'

const judged = (canary: Pair[], what: What = {}, gate: object = {}) =>
  judgedBy({ metric: 'first-pass yield', alpha: 0.02, ...gate }, line(canary), what)

describe('the suspected station', () => {
  test('is the one bad one of five', () => {
    const gate = judged([
      [100, 2],
      [100, 2],
      [100, 40],
      [100, 1],
      [100, 2],
    ])
    expect(gate.verdict).toMatch(/breach|severe/)
    expect(gate.suspect).toMatchObject({ stationId: station(3), isSuspected: true })
    expect(gate.suspect?.logEvidenceAlone).toBeGreaterThan(gate.logThreshold)
    expect(gate.suspect?.logEvidenceOfOthers).toBeLessThan(0)
  })

  test('is none where all are bad: that is the build', () => {
    const gate = judged(Array(5).fill([100, 20]))
    expect(gate.verdict).toBe('severe')
    expect(gate.suspect).toMatchObject({ isSuspected: false })
    expect(gate.suspect?.probabilityOthersWorse).toBeGreaterThan(0.95)
  })

  test('cannot be told of a canary of one', () => {
    expect(judged([[100, 40]])).toMatchObject({ verdict: 'severe', suspect: null })
  })

  test('is not looked for without a breach, and is while one is open', () => {
    const quiet: Pair[] = [
      [100, 2],
      [100, 6],
      [100, 2],
    ]
    expect(judged(quiet)).toMatchObject({
      verdict: expect.not.stringMatching(/breach|severe/),
      suspect: null,
    })
    const some: Pair[] = [
      [100, 2],
      [100, 11],
      [100, 4],
    ]
    expect(judged(some).suspect).toBe(null)
    const open: What = { open: [{ gate: 'first-pass yield', severity: 'breach' }] }
    expect(judged(some, open)).toMatchObject({ verdict: 'breach', suspect: { stationId: station(2) } })
  })

  test('is looked for by what the gate tolerates', () => {
    const gate = judged(
      [
        [100, 12],
        [100, 12],
        [100, 60],
      ],
      {},
      { marginPoints: 0.12 },
    )
    expect(gate.suspect).toMatchObject({ stationId: station(3), isSuspected: false })
    expect(gate.suspect?.logEvidenceOfOthers).toBeLessThan(0)
  })
})

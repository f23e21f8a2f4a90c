import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Gate, type GateMode, gates } from '../../../server/domain/gates/gate.ts'
import type { GateRecord } from '../../../server/domain/learning/gate-record.ts'
import { proposalFor } from '../../../server/domain/learning/proposal.ts'
import { neededFor, shareOf } from '../../../server/domain/learning/share.ts'

const policy = (mode: GateMode): Gate[] => gates.parse([{ metric: 'first-pass yield', mode }])
const record = (right: number, wrong: number, missed = 0): GateRecord => ({
  gate: 'first-pass yield',
  rollouts: right + wrong + missed,
  healthy: wrong,
  alarms: right + wrong,
  confirmed: right,
  false: wrong,
  open: 0,
  undecided: 0,
  observed: { alarms: 0, confirmed: 0, false: 0, open: 0 },
  missed,
  right: shareOf(right, right + wrong),
  falseAlarms: shareOf(wrong, wrong),
  missedShare: shareOf(missed, missed + right),
})
const proposed = (mode: GateMode, ...counts: Parameters<typeof record>) =>
  proposalFor(record(...counts), policy(mode))

describe('a proposal', () => {
  test('moves nothing on few alarms, and says how many are needed', () => {
    expect(proposed('observe', 9, 0)).toMatchObject({ kind: 'wait', change: null, needed: 1 })
    expect(proposed('pause', 5, 0)).toMatchObject({ kind: 'wait', change: null, needed: 11 })
    expect(proposed('pause', 0, 0)?.text).toBe(
      'no alarm of it is decided yet: at least 16 more, all of them right, are needed before it should take stations back by itself',
    )
  })

  test('lets a gate pause when more alarms were right than not, beyond doubt', () => {
    expect(proposed('observe', 10, 0)).toMatchObject({
      kind: 'pause',
      change: { setting: 'mode', from: 'observe', to: 'pause' },
      text: '10 of 10 decided alarms were right (95 %: 72–100 %): it may pause rollouts rather than only observe',
    })
    expect(proposed('observe', 1, 9)?.kind).toBe('keep')
  })

  test('lets a gate roll back when at least four of five were right', () => {
    expect(proposed('pause', 16, 0)).toMatchObject({ kind: 'roll back', change: { to: 'roll back' } })
    expect(proposed('pause', 15, 0)?.kind).toBe('wait')
  })

  test('loosens the margin of a gate of which most alarms were false, or lets it observe where it has none', () => {
    expect(proposed('pause', 1, 9)).toMatchObject({
      kind: 'loosen',
      change: { setting: 'marginRelative', from: '1.1', to: '1.2' },
    })
    const rise = gates.parse([{ name: 'first-pass yield', metric: 'first-pass yield' }]).map(
      (gate): Gate => ({
        name: gate.name,
        metric: 'mixed builds',
        mode: 'pause',
        stages: null,
        limit: 0.05,
      }),
    )
    expect(proposalFor(record(1, 9), rise)).toMatchObject({ kind: 'observe', change: { to: 'observe' } })
  })

  test('tightens a gate that missed too much', () => {
    expect(proposed('pause', 6, 0, 6)).toMatchObject({
      kind: 'tighten',
      change: { setting: 'marginRelative', from: '1.1', to: '1' },
    })
    expect(proposed('pause', 12, 0, 2)?.kind).toBe('wait')
  })

  test('takes the power to roll back from a gate that is often wrong', () => {
    expect(proposed('roll back', 4, 6)).toMatchObject({ kind: 'pause', change: { to: 'pause' } })
    expect(proposed('roll back', 20, 0)).toMatchObject({ kind: 'keep', change: null })
  })

  test('is none for a gate that the policy no longer has', () => {
    expect(proposalFor(record(9, 0), [])).toBeNull()
  })

  test('needs just so many more that one fewer would not do', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.nat(20),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (right, wrong, limit) => {
          const needed = neededFor(right, right + wrong, limit)
          const lower = (more: number) => shareOf(right + more, right + wrong + more).lower
          expect(lower(needed)).toBeGreaterThan(limit)
          if (needed > Math.max(0, 10 - right - wrong)) expect(lower(needed - 1)).toBeLessThanOrEqual(limit)
        },
      ),
    )
  })
})

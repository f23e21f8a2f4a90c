import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  evaluateGates,
  type GateCounts,
  type GateQuestion,
  type GateStation,
  overall,
} from '../../server/domain/evaluate-gates.ts'
import { defaultGates, type Gate } from '../../server/domain/gate.ts'
import { station } from '../support/plan-builder.ts'
import { ada, t0 } from '../support/rollout-story.ts'

const none: GateCounts = { units: 0, bad: 0, runs: 0, errors: 0, timeouts: 0 }
const yieldGate: Gate = {
  metric: 'first-pass yield',
  mode: 'pause',
  alpha: 0.02,
  marginRelative: 1.1,
  marginPoints: 0,
}

const units = (count: number, bad: number): GateCounts => ({ ...none, units: count, bad, runs: count })
const past = units(1000, 20)

/** One canary station that counted `canary`, nine on base at 2 % bad, all with the same past. */
function fleet(canary: GateCounts, what: { past?: GateCounts; base?: GateCounts } = {}): GateStation[] {
  const own = what.past ?? past
  return Array.from({ length: 10 }, (_, index) => ({
    id: station(index + 1),
    arm: index === 0 ? 'canary' : 'base',
    past: own,
    since: index === 0 ? canary : (what.base ?? units(100, 2)),
  }))
}

function asked(stations: GateStation[], what: Partial<GateQuestion> = {}) {
  const watermark = { canary: t0, base: t0 }
  const question = {
    gates: [yieldGate],
    accepted: [],
    open: [],
    target: 100,
    overdue: false,
    previousDrift: {},
    driftNoise: {},
    watermark,
  }
  return evaluateGates({ ...question, stations, ...what }, t0)
}

const word = (stations: GateStation[], what: Partial<GateQuestion> = {}) =>
  asked(stations, what).gates[0]?.verdict

describe('a gate', () => {
  test('without a canary run has no data, neither 0 % nor 100 %', () => {
    const [gate] = asked(fleet(none)).gates
    expect(gate).toMatchObject({
      verdict: 'no data',
      difference: null,
      canary: { n: 0, rate: null },
      logEvidence: 0,
    })
  })

  test('waits on one run, good or bad', () => {
    expect(word(fleet(units(1, 0)))).toBe('wait')
    expect(word(fleet(units(1, 1)))).toBe('wait')
  })

  test('is severe from the third of nothing but failures, and not before', () => {
    expect(word(fleet(units(2, 2)))).toBe('wait')
    expect(word(fleet(units(3, 3)))).toBe('severe')
    // Against a spotless past two failures are evidence enough for a gate of 5 %; they stop nothing all the same.
    const spotless = { past: units(2000, 0), base: units(500, 0) }
    const [two] = asked(fleet(units(2, 2), spotless), { gates: [{ ...yieldGate, alpha: 0.05 }] }).gates
    expect(two?.logEvidence).toBeGreaterThan(two?.logThreshold ?? 0)
    expect(two?.verdict).toBe('wait')
    expect(word(fleet(units(3, 3), spotless))).toBe('severe')
  })

  test('waits below its target and passes at it, when all is well', () => {
    expect(word(fleet(units(99, 1)))).toBe('wait')
    expect(word(fleet(units(100, 1)))).toBe('pass')
  })

  test('passes before its target when a pass is proven', () => {
    const longPast = { past: units(2000, 400), base: units(1000, 200) }
    expect(word(fleet(units(600, 60), longPast), { target: 100_000 })).toBe('pass')
  })

  test('is breached, not severe, where the rate rose but may not have doubled', () => {
    const half = fleet(units(200, 68), { past: units(2000, 400), base: units(400, 80) }).map((each, index) =>
      index < 5 ? { ...each, arm: 'canary' as const, since: units(200, 68) } : each,
    )
    const gate = asked(half).gates[0]
    expect(gate?.verdict).toBe('breach')
    expect(gate?.logEvidence).toBeGreaterThanOrEqual(gate?.logThreshold ?? 0)
  })

  test('is grey for a person when it has not decided in time', () => {
    expect(word(fleet(units(100, 5)), { overdue: true })).toBe('grey')
    expect(word(fleet(units(100, 5)))).toBe('wait')
    expect(word(fleet(units(100, 1)), { overdue: true })).toBe('pass')
  })

  test('passes nothing against a base it knows nothing of', () => {
    const unknown = { past: none, base: none }
    expect(word(fleet(units(500, 0), unknown))).toBe('wait')
    expect(word(fleet(units(500, 0), unknown), { overdue: true })).toBe('grey')
    expect(asked(fleet(units(5, 0), unknown)).gates[0]?.headline).toMatch(/only 0 counts of base/)
  })

  test('says what it saw in words of yield', () => {
    const [gate] = asked(fleet(units(100, 12))).gates
    expect(gate?.headline).toMatch(
      /^first-pass yield 88\.0 % against expected 9\d\.\d %, −\d+\.\d points on 100 first/,
    )
    expect(gate?.difference).toBeGreaterThan(0)
  })

  test('counts errors and timeouts by runs, retests too', () => {
    const errors = { ...none, units: 100, bad: 20, runs: 150, errors: 20 }
    const { gates } = asked(fleet(errors), { gates: defaultGates })
    expect(gates.map((gate) => [gate.canary.n, gate.canary.bad])).toEqual([
      [100, 20],
      [150, 20],
      [150, 0],
    ])
  })
})

describe('accepted evidence', () => {
  const bad = fleet(units(60, 8))
  const evidence = asked(bad).gates[0]?.logEvidence ?? Number.NaN
  const accept = (logEvidence: number) => [
    { metric: 'first-pass yield' as const, logEvidence, by: ada, at: t0, why: 'known bad lot' },
  ]

  test('does not breach again; as much on top of it does', () => {
    expect(['breach', 'severe']).toContain(word(bad))
    const after = asked(bad, { accepted: accept(evidence) }).gates[0]
    expect(after?.logEvidence).toBeCloseTo(0, 9)
    expect(after?.verdict).toBe('wait')
    expect(['breach', 'severe']).toContain(word(fleet(units(100, 22)), { accepted: accept(evidence) }))
  })

  test('of another metric, or below nothing, changes nothing', () => {
    const other = [{ ...accept(evidence)[0], metric: 'error rate' as const }] as GateQuestion['accepted']
    expect(asked(bad, { accepted: other }).gates[0]?.logEvidence).toBe(evidence)
    expect(asked(bad, { accepted: accept(-3) }).gates[0]?.logEvidence).toBe(evidence)
  })
})

describe('the drift of base', () => {
  test('is taken off before the build is blamed', () => {
    const canary = units(100, 12)
    expect(word(fleet(canary))).toBe('severe')
    expect(word(fleet(canary, { base: units(300, 24) }))).toBe('pass')
  })

  test('is kept as it was when no base station is left', () => {
    const drift = { 'first-pass yield': { shift: 0.4, variance: 0.02 } }
    const alone = fleet(units(100, 2)).map((each) => ({ ...each, arm: 'canary' as const }))
    expect(asked(alone, { previousDrift: drift }).drift).toEqual(drift)
    expect(asked(fleet(units(100, 2)), { previousDrift: drift }).drift).not.toEqual(drift)
  })
})

describe('the word of all gates together', () => {
  const pause = (verdict: Parameters<typeof overall>[0][number]['verdict']) => ({
    mode: 'pause' as const,
    verdict,
  })

  test('is the most protective one', () => {
    const order = ['severe', 'breach', 'blind', 'no data', 'grey', 'wait', 'pass'] as const
    for (const [index, each] of order.entries())
      expect(overall(order.slice(index).toReversed().map(pause))).toBe(each)
  })

  test('does not listen to gates that only observe', () => {
    expect(overall([{ mode: 'observe', verdict: 'severe' }, pause('pass')])).toBe('pass')
    expect(overall([{ mode: 'observe', verdict: 'severe' }])).toBe('pass')
    expect(overall([])).toBe('pass')
  })
})

describe('whatever the counts', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const counts = fc
    .tuple(fc.oneof(fc.constantFrom(0, 1, 3), fc.nat(2000)), fc.oneof(fc.constantFrom(0, 1), share))
    .map(([count, bad]) => {
      const failed = Math.round(count * bad)
      return { units: count, bad: failed, runs: count, errors: failed, timeouts: count - failed }
    })
  const anyFleet = fc.array(
    fc.record({ arm: fc.constantFrom('canary' as const, 'base' as const), past: counts, since: counts }),
    { maxLength: 8 },
  )
  const withIds = (all: Omit<GateStation, 'id'>[]) =>
    all.map((each, index) => ({ ...each, id: station(index + 1) }))

  test('every number is one, and few failures stop nothing', () => {
    fc.assert(
      fc.property(anyFleet, fc.boolean(), (all, overdue) => {
        const verdict = asked(withIds(all), { gates: defaultGates, overdue })
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
        for (const gate of verdict.gates) {
          if (gate.canary.bad < 3) expect(['breach', 'severe']).not.toContain(gate.verdict)
          if (gate.canary.n === 0) expect(gate.verdict).toBe('no data')
        }
      }),
    )
  })

  test('the order of the stations says nothing', () => {
    fc.assert(
      fc.property(anyFleet, (all) => {
        const stations = withIds(all)
        const [one, other] = [asked(stations).gates[0], asked(stations.toReversed()).gates[0]]
        expect(other?.verdict).toBe(one?.verdict)
        expect(other?.logEvidence).toBeCloseTo(one?.logEvidence ?? 0, 6)
      }),
    )
  })
})

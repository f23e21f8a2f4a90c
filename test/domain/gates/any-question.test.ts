// Whatever the counts and conditions: a defined verdict, and what must hold of each.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluateGates, overall } from '../../../server/domain/gates/evaluate-gates.ts'
import { isTallied } from '../../../server/domain/gates/gate.ts'
import { precedence } from '../../../server/domain/gates/precedence.ts'
import type { GateStation } from '../../../server/domain/gates/question.ts'
import { type GateVerdict, verdict } from '../../../server/domain/gates/verdict.ts'
import { asked, gatesOf, line, together } from '../../support/gate-question.ts'
import { station } from '../../support/plan-builder.ts'
import { t0 } from '../../support/rollout-story.ts'
import { anyQuestion, anyStations, everyGate, keys, oneCanary } from './any-question.ts'

const isStop = (gate: GateVerdict) => gate.verdict === 'breach' || gate.verdict === 'severe'

describe('whatever is asked', () => {
  test('the verdict can be stored as it is, and every gate says one word', () => {
    const words = new Set<string>()
    fc.assert(
      fc.property(anyQuestion, (about) => {
        const said = evaluateGates(about, t0)
        // JSON has no NaN and no infinity: they would come back as null.
        expect(JSON.parse(JSON.stringify(said))).toEqual(said)
        expect(verdict.parse(said)).toEqual(said)
        expect(said.gates.map((gate) => gate.name)).toEqual(everyGate.map((gate) => gate.name))
        for (const gate of said.gates) words.add(gate.verdict)
      }),
      { numRuns: 200 },
    )
    expect([...words].sort()).toEqual([...precedence].sort())
  })

  test('the word of the whole is the most protective one of the gates that act', () => {
    fc.assert(
      fc.property(anyQuestion, (about) => {
        const said = evaluateGates(about, t0)
        const acting = said.gates.filter((gate) => gate.acts && gate.mode !== 'observe')
        const first = Math.min(...acting.map((gate) => precedence.indexOf(gate.verdict)))
        expect(said.overall).toBe(precedence[first])
        expect(overall(acting)).toBe(said.overall)
      }),
      { numRuns: 50 },
    )
  })

  test('few failures stop nothing that was not open', () => {
    fc.assert(
      fc.property(anyQuestion, (about) => {
        for (const gate of evaluateGates({ ...about, open: [] }, t0).gates)
          if (gate.alpha > 0 && gate.metric !== 'first-pass yield rise' && gate.canary.bad < 3)
            expect([gate.name, isStop(gate)]).toEqual([gate.name, false])
      }),
      { numRuns: 100 },
    )
  })

  test('a gate that takes alpha stops only on evidence beyond it, or while its breach is open', () => {
    fc.assert(
      fc.property(anyQuestion, (about) => {
        for (const gate of evaluateGates(about, t0).gates.filter((each) => each.alpha > 0 && isStop(each))) {
          const isOpen = about.open.some((breach) => breach.gate === gate.name)
          expect(gate.logEvidence).toBeGreaterThanOrEqual(isOpen ? 0 : gate.logThreshold)
          expect(gate.logThreshold).toBeGreaterThanOrEqual(Math.log(1 / gate.alpha) - 1e-9)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('nothing passes that was not counted, or while what is seen is blind', () => {
    fc.assert(
      fc.property(anyQuestion, (about) => {
        const said = evaluateGates(about, t0)
        for (const gate of said.gates.filter((each) => each.alpha > 0 && each.verdict === 'pass')) {
          if (gate.metric !== 'shadow pairs') expect(said.throughput?.isBlind ?? false).toBe(false)
          if (gate.canary.n === 0) expect(['duration', 'measurement coverage']).toContain(gate.name)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('the order of the stations says nothing', () => {
    fc.assert(
      fc.property(anyQuestion, (about) => {
        const one = evaluateGates(about, t0).gates
        const other = evaluateGates({ ...about, stations: about.stations.toReversed() }, t0).gates
        for (const [index, gate] of one.entries()) {
          const size = Math.abs(gate.logEvidence)
          const apart = Math.abs((other[index]?.logEvidence ?? Number.NaN) - gate.logEvidence)
          expect(apart).toBeLessThanOrEqual(1e-6 * Math.max(1, size))
          // Counts that say nothing at all leave an evidence of 0, and the last digit of the sums decides its sign.
          if (size > 1e-9) expect([gate.name, other[index]?.verdict]).toEqual([gate.name, gate.verdict])
        }
      }),
      { numRuns: 50 },
    )
  })
})

/** All that count in the first stage, but for set limits and the rise, which good runs alone would breach here. */
const counted = everyGate.filter(
  (gate) =>
    isTallied(gate) &&
    gate.metric !== 'first-pass yield rise' &&
    !('burn' in gate && gate.comparison === 'absolute'),
)

/** The same counts under every key that a gate counts by. */
const inAll = (...made: Parameters<typeof line>) =>
  together(...(keys.map((key) => line(made[0], { ...made[1], key })) as [GateStation[], ...GateStation[][]]))

describe('every kind of gate has a word', () => {
  test.each<[string, GateStation[], string]>([
    ['of no station at all', [], 'no data'],
    ['of zero runs anywhere', inAll([[0, 0]], { past: [0, 0], base: [0, 0] }), 'no data'],
    ['of a canary that never reports', inAll([[0, 0]]), 'no data'],
    ['of one good run', inAll([[1, 0]]), 'wait'],
    ['of one bad run', inAll([[1, 1]]), 'wait'],
    ['of nothing but failures', inAll([[200, 200]]), 'severe'],
    ['of nothing but passes', inAll([[200, 0]]), 'pass'],
    ['of a canary without a past', inAll([[200, 4]]).map(withoutPast), 'pass'],
    // What is to be held against its own past waits for one.
    ['of a fleet without a past', inAll([[200, 4]], { past: [0, 0] }), 'wait'],
    ['of a last stage, without base', inAll(Array(5).fill([200, 4]), { bases: 0 }), 'pass'],
    ['of ten million bad runs', inAll([[10_000_000, 10_000_000]]), 'severe'],
    [
      'of ten million good runs',
      inAll([[10_000_000, 0]], { past: [10_000_000, 0], base: [10_000_000, 0] }),
      'pass',
    ],
    ['of more bad runs than runs, between a count and its correction', inAll([[100, 120]]), 'severe'],
  ])('%s', (_, stations, word) => {
    const said = asked(stations, { gates: counted })
    expect(JSON.parse(JSON.stringify(said))).toEqual(said)
    expect(said.overall).toBe(word)
  })

  function withoutPast(each: GateStation): GateStation {
    return each.arm === 'canary' ? { ...each, past: {} } : each
  }
})

describe('one more bad of as many, on the canary station', () => {
  const judgedOn: Record<string, string[]> = {
    'first-pass yield': [
      'first-pass yield',
      'own past',
      'objective',
      'error budget',
      'first-pass yield rise',
    ],
    'error rate': ['error rate'],
    'timeout rate': ['timeout rate'],
    'measurement coverage': ['measurement coverage'],
    mean: ['mean'],
    quantile: ['quantile'],
    rate: ['rate'],
    behaviour: ['behaviour'],
  }
  const worse = fc
    .tuple(oneCanary, fc.constantFrom(...Object.keys(judgedOn)))
    .map(([stations, key]) => {
      const [canary, ...others] = stations
      const since = canary?.since[key]
      if (!canary || !since || since.bad >= since.n) return null
      const more = { ...canary, since: { ...canary.since, [key]: { ...since, bad: since.bad + 1 } } }
      return { key, bad: since.bad, before: stations, after: [more, ...others] }
    })
    .filter((found) => found !== null)

  test('never lowers the evidence against the build, nor raises that of a rise', () => {
    const looked = new Set<string>()
    fc.assert(
      fc.property(worse, ({ key, bad, before, after }) => {
        for (const name of judgedOn[key] ?? []) {
          const gates = everyGate.filter((gate) => gate.name === name)
          const evidence = (of: GateStation[]) => asked(of, { gates }).gates[0]?.logEvidence ?? Number.NaN
          const first = evidence(before)
          const change = evidence(after) - first
          const against = name === 'first-pass yield rise' ? -change : change
          // The first bad runs of a station that never had one widen the guess at its rate by more than they tell: a
          // little down, where nothing can be breached yet. From there on there is one step, of a tenth, where the
          // drift begins to be summed over more points.
          const allowed = bad < 3 ? 0.6 : 0.15 + 1e-6 * Math.abs(first)
          expect([name, against >= -allowed]).toEqual([name, true])
          looked.add(name)
        }
      }),
      { numRuns: 300 },
    )
    expect(looked.size).toBe(12)
  })
})

describe('a tally that is split in two', () => {
  test('says the same where stations are only added up', () => {
    const gates = everyGate.filter((gate) =>
      ['objective', 'timeout rate', 'sample ratio'].includes(gate.name),
    )
    fc.assert(
      fc.property(anyStations, fc.double({ min: 0, max: 1, noNaN: true }), (stations, part) => {
        const split = stations.flatMap((each, index): GateStation[] => {
          const halves = Object.entries(each.since).map(([key, { n, bad }]) => {
            const [some, someBad] = [Math.floor(n * part), Math.floor(bad * part)]
            const first = { n: Math.max(some, someBad), bad: someBad }
            return [key, first, { n: n - first.n, bad: bad - first.bad }] as const
          })
          return [
            { ...each, since: Object.fromEntries(halves.map(([key, first]) => [key, first])) },
            {
              ...each,
              id: station(index + 20),
              since: Object.fromEntries(halves.map(([key, , second]) => [key, second])),
            },
          ]
        })
        const say = (of: GateStation[]) =>
          asked(of, { gates }).gates.map(({ verdict: word, logEvidence, canary }) => [
            word,
            logEvidence,
            canary.bad,
          ])
        expect(say(split)).toEqual(say(stations))
      }),
    )
  })

  test('of builds run says the same', () => {
    const of = (...builds: { runs: number; third: number }[]) =>
      asked([], {
        gates: gatesOf({ metric: 'mixed builds' }),
        conditions: { builds: builds.map((each) => ({ ...each, stationId: station(1) })) },
      }).gates[0]?.verdict
    expect(of({ runs: 50, third: 3 })).toBe(of({ runs: 20, third: 1 }, { runs: 30, third: 2 }))
  })
})

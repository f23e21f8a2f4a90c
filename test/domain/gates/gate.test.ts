// The gates of a plan: what each is called, and which part of the alarm budget it takes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alarmBudgetSpent, defaultGates, gates, isCounted } from '../../../server/domain/gates/gate.ts'
import { type GateInput, gatesOf } from '../../support/gate-question.ts'

const alphas = (...given: GateInput[]) =>
  gatesOf(...given).map((gate) => (isCounted(gate) ? Number(gate.alpha.toFixed(10)) : null))
/** "path: message" of everything that is wrong. */
const faults = (...given: object[]) =>
  gates.safeParse(given).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []
const drops = { metric: 'custom', name: 'drops', statistic: 'rate', read: 'drops' } as const

describe('the alarm budget of 5 %', () => {
  test('is spent by the usual gates to the last part: yield 1.5 %, its rise 0.5 %, the others 1 % each', () => {
    const usual = gates.parse(defaultGates)
    expect(
      usual.map((gate) => [gate.name, isCounted(gate) && Number(gate.alpha.toFixed(10)), gate.mode]),
    ).toEqual([
      ['first-pass yield', 0.015, 'pause'],
      ['first-pass yield rise', 0.005, 'pause'],
      ['error rate', 0.01, 'pause'],
      ['timeout rate', 0.01, 'pause'],
      ['duration', 0.01, 'pause'],
      ['reference samples', false, 'pause'],
      ['mixed builds', false, 'pause'],
      ['new failure mode', false, 'observe'],
    ])
    expect(alarmBudgetSpent(usual)).toBeCloseTo(0.05, 12)
  })

  test('is shared by weight among the gates that name no alpha', () => {
    expect(alphas({ metric: 'first-pass yield' })).toEqual([0.05])
    expect(alphas({ ...drops, weight: 3 }, { ...drops, name: 'gaps', weight: 1 })).toEqual([0.0375, 0.0125])
    // Custom gates weigh 2, as guards do; coverage and the error budget 1.
    expect(
      alphas(
        drops,
        { metric: 'error rate' },
        { metric: 'measurement coverage' },
        { metric: 'error budget', extraFailures: 9 },
      ).map((alpha) => (alpha ?? 0) / 0.05),
    ).toEqual([2 / 6, 2 / 6, 1 / 6, 1 / 6].map((part) => expect.closeTo(part, 6)))
  })

  test('leaves to them what the named alphas leave', () => {
    expect(alphas({ metric: 'first-pass yield', alpha: 0.03 }, drops, { ...drops, name: 'gaps' })).toEqual([
      0.03, 0.01, 0.01,
    ])
    expect(alphas({ metric: 'error rate', alpha: 0.01 })).toEqual([0.01])
  })

  test('is not touched by conditions', () => {
    expect(alphas({ metric: 'mixed builds' }, { metric: 'error rate' })).toEqual([null, 0.05])
  })

  test('cannot be overspent, nor spent before every gate has some', () => {
    expect(faults({ metric: 'error rate', alpha: 0.03 }, { ...drops, alpha: 0.03 })).toEqual([
      ': the gates share an alarm budget of 5 %: their alphas add up to 6.0 %',
    ])
    expect(faults({ metric: 'error rate', alpha: 0.05 }, drops)).toEqual([
      '1.alpha: nothing of the alarm budget is left for this gate: lower the other alphas',
    ])
    expect(faults({ metric: 'error rate', alpha: 0.05 })).toEqual([])
  })

  test('is spent in full, in the parts of the weights, whoever names what', () => {
    const part = fc.record(
      {
        alpha: fc.double({ min: 0.0001, max: 0.004, noNaN: true }),
        weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const parsed = gates.parse(
          parts.map((each, index) => ({ ...drops, name: `drops ${index}`, ...each })),
        )
        const spent = alarmBudgetSpent(parsed)
        if (parts.some((each) => each.alpha === undefined)) expect(spent).toBeCloseTo(0.05, 9)
        else expect(spent).toBeLessThanOrEqual(0.05 + 1e-9)
        const shared = parts.flatMap(({ alpha, weight = 2 }, index) => {
          const gate = parsed[index]
          if (!gate || !isCounted(gate)) throw new Error('expected a gate that takes alpha')
          if (alpha !== undefined) expect(gate.alpha).toBe(alpha)
          return alpha === undefined ? [gate.alpha / weight] : []
        })
        for (const each of shared) expect(each / (shared[0] ?? 0)).toBeCloseTo(1, 9)
        // Stored and read again, the same: what was shared out is not shared out anew.
        expect(gates.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
      }),
    )
  })
})

describe('a gate is called', () => {
  test('by its metric, where it names nothing else', () => {
    expect(
      gatesOf({ metric: 'error rate' }, { metric: 'error rate', name: '  errors by night ' }).map(
        (gate) => gate.name,
      ),
    ).toEqual(['error rate', 'errors by night'])
  })

  test('by a name of its own in its plan, in any case of letters', () => {
    expect(faults({ metric: 'error rate' }, { metric: 'timeout rate', name: 'Error Rate' })[0]).toMatch(
      /^1\.name: expected a name of its own for each gate, got "Error Rate" twice/,
    )
    expect(faults({ metric: 'duration' }, { metric: 'duration' })).toEqual([
      '1.name: expected a name of its own for each gate, got "duration" twice: name one of them',
    ])
  })

  test('by no other metric’s name, under which other counts are kept', () => {
    expect(faults({ ...drops, name: 'error rate' })).toEqual([
      '0.name: expected a name that is no other metric\'s, got "error rate" for a gate on custom',
    ])
    expect(faults({ metric: 'duration', name: 'First-Pass Yield' })).toHaveLength(1)
    expect(faults({ metric: 'duration', name: 'duration' })).toEqual([])
  })

  test('by nothing that a gate looking both ways may count under', () => {
    expect(faults({ ...drops, name: 'duration, increase' })[0]).toMatch(/^0\.name: expected a name without/)
    expect(faults({ ...drops, name: 'Duration, Decrease' })[0]).toMatch(/^0\.name: expected a name without/)
    expect(faults({ ...drops, name: 'increase' })).toEqual([])
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'by no name that every object has: %s',
    (name) => {
      expect(faults({ ...drops, name })).toEqual([
        `0.name: expected another name than "${name}", which the language itself gives to something`,
      ])
      expect(faults({ ...drops, read: name })[0]).toMatch(/^0\.read: expected another name/)
    },
  )

  test('by something at all', () => {
    expect(faults({ ...drops, name: '  ' })[0]).toMatch(/^0\.name: /)
    expect(faults({ ...drops, name: 'x'.repeat(61) })[0]).toMatch(/^0\.name: /)
    expect(faults({ metric: 'custom', statistic: 'rate', read: 'drops' })[0]).toMatch(/^0\.name: /)
  })
})

describe('a gate against a set limit', () => {
  const limit = { metric: 'error rate', comparison: 'absolute' }

  test('needs its objective', () => {
    expect(faults(limit)).toEqual([
      '0.objective: an absolute gate needs its objective: expected a good share such as 0.98',
    ])
    expect(faults({ ...limit, objective: 0.98 })).toEqual([])
    expect(faults({ metric: 'telemetry', expression: 'a < 1', comparison: 'absolute' })).toEqual([])
    expect(faults({ metric: 'error rate', objective: 0.98 })).toEqual([])
  })

  test('can be breached: a limit of every run stops nothing', () => {
    expect(faults({ ...limit, objective: 0.8, burn: 5 })).toEqual([
      '0.burn: expected a burn below 5, at which every run may be bad, got 5',
    ])
    expect(faults({ ...limit, objective: 0.8, burn: 4.9 })).toEqual([])
    expect(faults({ metric: 'error rate', objective: 0.8, burn: 500 })).toEqual([])
  })
})

describe('a fault of a gate is named with its place', () => {
  test.each([
    ['0.metric', { metric: 'mood' }],
    ['0.statistic', { metric: 'custom', name: 'x', statistic: 'mode', read: 'x' }],
    ['0.read', { metric: 'custom', name: 'x', statistic: 'mean' }],
    ['0.quantile', { metric: 'custom', name: 'x', statistic: 'quantile', read: 'x', quantile: 1 }],
    ['0.expression', { metric: 'telemetry', expression: 'a <' }],
    ['0.expression', { metric: 'custom', name: 'x', statistic: 'behaviour', expression: '' }],
    ['0.mode', { metric: 'error rate', mode: 'shout' }],
    ['0.stages', { metric: 'error rate', stages: [] }],
    ['0.stages.0', { metric: 'error rate', stages: [-1] }],
    ['0.alpha', { metric: 'error rate', alpha: 0 }],
    ['0.weight', { metric: 'error rate', weight: 0 }],
    ['0.minimumSamples', { metric: 'error rate', minimumSamples: 1.5 }],
    ['0.marginRelative', { metric: 'error rate', marginRelative: 0.9 }],
    ['0.marginPoints', { metric: 'first-pass yield rise', marginPoints: 1 }],
    ['0.shiftRelative', { metric: 'duration', shiftRelative: -0.1 }],
    ['0.extraFailures', { metric: 'error budget', extraFailures: 0 }],
    ['0.extraFailures', { metric: 'error budget' }],
    ['0.canaryShare', { metric: 'sample ratio' }],
    ['0.forMinutes', { metric: 'telemetry', expression: 'a < 1', forMinutes: -1 }],
    ['0.minimumRuns', { metric: 'new failure mode', minimumRuns: 0 }],
    ['0.limit', { metric: 'mixed builds', limit: 1 }],
    ['0', { metric: 'reference samples', alpha: 0.01 }],
    ['0', { metric: 'duration', comparison: 'own past' }],
  ])('%s', (path, gate) => {
    const found = faults(gate)
    expect(found.map((fault) => fault.split(': ')[0])).toEqual([path])
  })

  test('and there are no more than thirty', () => {
    const many = Array.from({ length: 31 }, (_, index) => ({ ...drops, name: `drops ${index}` }))
    expect(faults(...many)[0]).toMatch(/^: /)
    expect(faults(...many.slice(1))).toEqual([])
  })
})

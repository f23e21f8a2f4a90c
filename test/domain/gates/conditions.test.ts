// Gates that hold or do not: new failure modes, reference samples, mixed builds, the ratio of samples.
import { describe, expect, test } from 'vitest'
import type { BuildsRun, FailureMode, ReferenceRun } from '../../../server/domain/gates/question.ts'
import {
  accepted,
  asked,
  conditionOf,
  gatesOf,
  judgedBy,
  line,
  type Pair,
  type What,
} from '../../support/gate-question.ts'
import { station } from '../../support/plan-builder.ts'

describe('a condition', () => {
  test('takes none of the alarm budget and shows no rates that it does not have', () => {
    expect(conditionOf({ metric: 'mixed builds' }, {})).toMatchObject({
      alpha: 0,
      logThreshold: 0,
      expectedRate: null,
      probabilityWorse: null,
      suspect: null,
    })
  })

  test('names at most ten, and none at length', () => {
    const failureModes = Array.from({ length: 12 }, (_, index) => ({
      mode: `${index} ${'x'.repeat(300)}`,
      canaryRuns: 3,
      canaryUnits: 3,
      baseRuns: 0,
    }))
    const { details } = conditionOf({ metric: 'new failure mode' }, { failureModes })
    expect(details).toHaveLength(10)
    expect(Math.max(...details.map((detail) => detail.length))).toBe(200)
  })
})

describe('a new failure mode', () => {
  const gate = { metric: 'new failure mode' } as const
  const mode = (canaryRuns: number, canaryUnits: number, baseRuns = 0, name = 'E42'): FailureMode => ({
    mode: name,
    canaryRuns,
    canaryUnits,
    baseRuns,
  })
  const judged = (failureModes: FailureMode[], what: What = {}) => conditionOf(gate, { failureModes }, what)

  test('is one that base has never shown, in three runs of two units', () => {
    expect(judged([])).toMatchObject({ verdict: 'pass', headline: 'new failure mode: none so far' })
    expect(judged([mode(3, 2)])).toMatchObject({
      verdict: 'breach',
      unit: 'failed runs',
      canary: { n: 3, bad: 3 },
      details: ['E42: 3 runs of 2 units, never on base'],
      headline: 'new failure mode: 1 that base has never shown',
    })
    expect(judged([mode(2, 2)]).verdict).toBe('pass')
    expect(judged([mode(30, 1)]).verdict).toBe('pass')
    expect(judged([mode(30, 20, 1)]).verdict).toBe('pass')
  })

  test('that is on its way is named before it is one', () => {
    expect(judged([mode(2, 1), mode(9, 9, 4, 'E1')]).details).toEqual([
      'E42: 2 runs of 1 units, never on base',
    ])
    expect(judged([mode(3, 2), mode(1, 1, 0, 'E7')]).details).toHaveLength(1)
    expect(judged([mode(2, 1)])).toMatchObject({ canary: { n: 2, bad: 0 }, logEvidence: -1 })
  })

  test('may be asked for in more runs and units', () => {
    const strict = { ...gate, minimumRuns: 5, minimumUnits: 4 }
    const of = (runs: number, units: number) =>
      conditionOf(strict, { failureModes: [mode(runs, units)] }).verdict
    expect([of(5, 4), of(4, 4), of(5, 3)]).toEqual(['breach', 'pass', 'pass'])
  })

  test('is over when base turns out to show it as well', () => {
    expect(judged([mode(5, 5, 1)]).logEvidence).toBe(-1)
  })

  test('that was accepted stops again by one more run', () => {
    const told: What = { accepted: accepted(3, 'new failure mode') }
    expect(judged([mode(3, 2)], told)).toMatchObject({ verdict: 'pass', logEvidence: 0 })
    expect(judged([mode(4, 2)], told)).toMatchObject({ verdict: 'breach', logEvidence: 1 })
    expect(judged([mode(3, 2)], { accepted: accepted(-5, 'new failure mode') }).logEvidence).toBe(3)
    expect(judged([mode(3, 2)], { accepted: accepted(3, 'mixed builds') }).verdict).toBe('breach')
  })
})

describe('reference samples', () => {
  const gate = { metric: 'reference samples' } as const
  const tested = (
    sample: ReferenceRun['sample'],
    outcome: ReferenceRun['outcome'],
    number = 1,
  ): ReferenceRun => ({
    stationId: station(number),
    serial: `REF-${sample}`,
    sample,
    outcome,
  })
  const judged = (references: ReferenceRun[], what: What = {}) => conditionOf(gate, { references }, what)

  test('pass when known good ones pass and known bad ones fail, or before one was tested', () => {
    expect(judged([]).headline).toBe('reference samples: none tested yet')
    const right = judged([tested('golden', 'PASS'), tested('failing', 'FAIL', 2), tested('failing', 'ERROR')])
    expect(right).toMatchObject({
      verdict: 'pass',
      unit: 'reference runs',
      canary: { n: 3, bad: 0, stations: 2 },
      headline: 'reference samples: 3 as they should be',
    })
  })

  test('are breached by one known good unit that does not pass', () => {
    for (const outcome of ['FAIL', 'ERROR', 'TIMEOUT'] as const)
      expect(judged([tested('golden', outcome), tested('golden', 'PASS')])).toMatchObject({
        verdict: 'breach',
        canary: { n: 2, bad: 1 },
        details: [`known good REF-golden: ${outcome} on ICT-1`],
        headline: 'reference samples: 1 known good units did not pass',
      })
  })

  test('are breached severely by one known bad unit that passes: so do others then', () => {
    expect(judged([tested('failing', 'PASS', 3), tested('golden', 'FAIL')])).toMatchObject({
      verdict: 'severe',
      details: ['known bad REF-failing: PASS on ICT-3', 'known good REF-golden: FAIL on ICT-1'],
      headline: 'reference samples: 1 known bad units passed',
    })
  })

  test('that a person stopped say nothing', () => {
    expect(judged([tested('golden', 'ABORTED'), tested('failing', 'ABORTED')])).toMatchObject({
      verdict: 'pass',
      canary: { n: 0, bad: 0 },
    })
  })

  test('that were accepted stop again by one more', () => {
    const told: What = { accepted: accepted(1, 'reference samples') }
    expect(judged([tested('golden', 'FAIL')], told).verdict).toBe('pass')
    expect(judged([tested('golden', 'FAIL'), tested('golden', 'FAIL', 2)], told).verdict).toBe('breach')
    expect(judged([tested('golden', 'FAIL'), tested('failing', 'PASS', 2)], told).verdict).toBe('severe')
  })

  test('that turn severe are so although the breach was open as one', () => {
    const open: What = { open: [{ gate: 'reference samples', severity: 'breach' }] }
    expect(judged([tested('failing', 'PASS')], open).verdict).toBe('severe')
    const severe: What = { open: [{ gate: 'reference samples', severity: 'severe' }] }
    expect(judged([tested('golden', 'FAIL')], severe).verdict).toBe('severe')
  })
})

describe('mixed builds', () => {
  const gate = { metric: 'mixed builds' } as const
  const judged = (builds: [runs: number, third: number][], asks: object = {}, what: What = {}) =>
    conditionOf(
      { ...gate, ...asks },
      {
        builds: builds.map(
          ([runs, third], index): BuildsRun => ({ stationId: station(index + 1), runs, third }),
        ),
      },
      what,
    )

  test('are breached where more than one run in twenty is of a third build, and at least three', () => {
    expect(judged([[50, 3]])).toMatchObject({
      verdict: 'breach',
      unit: 'runs',
      canary: { stations: 1, n: 50, bad: 3 },
      details: ['ICT-1: 3 of 50 runs of another build'],
      headline: 'mixed builds: 3 of 50 runs on canary stations are of another build',
    })
    expect(judged([[60, 3]]).verdict).toBe('pass')
    expect(judged([[2, 2]]).verdict).toBe('pass')
    expect(judged([[50, 0]])).toMatchObject({ verdict: 'pass', headline: 'mixed builds: none' })
    expect(judged([])).toMatchObject({ verdict: 'pass', canary: { n: 0, rate: null } })
  })

  test('are added up over the stations, and the ones that mix are named', () => {
    expect(
      judged([
        [20, 0],
        [20, 2],
        [10, 1],
      ]).details,
    ).toEqual(['ICT-2: 2 of 20 runs of another build', 'ICT-3: 1 of 10 runs of another build'])
    expect(
      judged([
        [20, 0],
        [20, 2],
        [10, 1],
      ]).verdict,
    ).toBe('breach')
  })

  test('may have another limit', () => {
    expect(judged([[50, 9]], { limit: 0.2 }).verdict).toBe('pass')
    expect(judged([[1000, 3]], { limit: 0 }).verdict).toBe('breach')
  })

  test('that are open stay a breach while the runs are there, and are over when they are corrected', () => {
    const open: What = { open: [{ gate: 'mixed builds', severity: 'breach' }] }
    expect(judged([[100, 3]], {}, open).verdict).toBe('breach')
    expect(judged([[100, 0]], {}, open)).toMatchObject({ verdict: 'pass', logEvidence: -1 })
    expect(judged([[100, 3]], {}, { open: [{ gate: 'gap', severity: 'breach' }] }).verdict).toBe('pass')
    expect(judged([[100, 3]], {}, { ...open, accepted: accepted(3, 'mixed builds') }).verdict).toBe('pass')
  })
})

describe('the ratio of samples', () => {
  const gate = { metric: 'sample ratio', canaryShare: 0.1 } as const
  const judged = (canary: Pair, base: Pair, what: What = {}) =>
    judgedBy(gate, line([canary], { base, bases: 1 }), what)

  test('passes where units went as they were sent', () => {
    expect(judged([100, 0], [900, 0])).toMatchObject({
      verdict: 'pass',
      unit: 'first attempts',
      canary: { n: 100 },
      base: { n: 900 },
      headline: 'sample ratio: 100 units on canary and 900 on base, expected 10 % on canary',
    })
    expect(judged([0, 0], [0, 0]).verdict).toBe('pass')
  })

  test('needs less than one in a thousand by chance, and is then for a person, never a breach', () => {
    expect(judged([130, 0], [900, 0]).verdict).toBe('pass')
    const off = judged([140, 0], [900, 0])
    expect(off.verdict).toBe('grey')
    expect(off.headline).toMatch(/expected 10 % on canary; by chance in 0\.0\d+ %$/)
    const far = judgedBy({ ...gate, mode: 'roll back' }, line([[900, 0]], { base: [100, 0], bases: 1 }))
    expect(far).toMatchObject({ verdict: 'grey', logEvidence: -1 })
    expect(far.headline).toMatch(/less than 1 in a million$/)
  })

  test('never hides a breach', () => {
    const gates = gatesOf({ metric: 'first-pass yield' }, gate)
    expect(asked(line([[900, 300]], { base: [100, 2], bases: 1 }), { gates }).overall).toBe('severe')
    expect(asked(line([[900, 9]], { base: [100, 2], bases: 1 }), { gates }).overall).toBe('grey')
  })
})

// What a rollout costs and when its stage is decided. Times are computed by hand from the pace.
import { describe, expect, test } from 'vitest'
import { type Exposure, economics, itemForecasts } from '../../server/domain/economics.ts'
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import { hour, minute } from '../../server/domain/instant.ts'
import { type StageFacts, stageReadiness } from '../../server/domain/rollout/readiness.ts'
import { isRunning } from '../../server/domain/rollout/state.ts'
import { usualShifts } from '../../server/domain/shifts.ts'
import { aPlan, station } from '../support/plan-builder.ts'
import {
  aborted,
  breached,
  confirmed,
  created,
  given,
  live,
  paused,
  stage,
  started,
  t0,
} from '../support/rollout-story.ts'
import { aCondition, aGate, aVerdict } from '../support/verdict-builder.ts'

const soak = { minutes: 240, firstAttempts: 100 }
const planned = (more: object = {}) =>
  aPlan({
    stages: [{ target: { stations: 2 }, soak: { ...soak, ...more } }, { target: { share: 1 } }],
    shifts: usualShifts('UTC'),
  })
/** All at once, at t0 unless said otherwise. */
const toStage = (plan = planned(), at = t0) =>
  [created({ plan }), started, stage(0, station(1), station(2))].map((event) => ({ ...event, at }))
const toLive = (plan = planned(), at = t0) => [
  ...toStage(plan, at),
  ...[confirmed(station(1)), confirmed(station(2)), live(0)].map((event) => ({ ...event, at })),
]

/** 40 first attempts on two stations in the two hours since t0, of which one failed where 0.8 were expected. */
const counts = { units: 40, runs: 44, passRuns: 39 }
const hours = [
  { hour: t0 + hour, units: 22 },
  { hour: t0, units: 18 },
]
const waiting: Partial<GateVerdict> = {
  verdict: 'wait',
  canary: { stations: 2, n: 40, bad: 1, rate: 1 / 40 },
  difference: 0.005,
  differenceLow: -0.02,
  differenceHigh: 0.11,
  logEvidence: -0.2,
}

type What = {
  events?: Parameters<typeof given>
  gates?: GateVerdict[]
  exposure?: Partial<Exposure>
  facts?: Partial<StageFacts>
  now?: number
}
function told({
  events = toLive(),
  gates = [aGate(waiting)],
  exposure = {},
  facts = {},
  now = t0 + 2 * hour,
}: What = {}) {
  const { state } = given(...events)
  const verdict = aVerdict('wait', gates)
  const known: StageFacts = {
    overall: 'wait',
    canaryFirstAttempts: 40,
    firstAttemptsByStation: { [station(1)]: 25, [station(2)]: 15 },
    closed: null,
    ...facts,
  }
  const readiness = isRunning(state) ? stageReadiness(state, known, now) : { items: [], ready: false }
  return economics(state, verdict, readiness, { counts, hours, ...exposure }, now)
}
const verdictAt = (what: What = {}) => told(what)?.verdictAt
/** In whole minutes, as it is told. */
const inMinutes = (minutes: number) => t0 + 2 * hour + minutes * minute

describe('the pace', () => {
  test('is that of the hours with runs, the present one as far as it goes', () => {
    expect(told()?.unitsPerHour).toBe(20)
    // 18 in the whole first hour, 12 in the 24 minutes of the second.
    const half = [
      { hour: t0 + hour, units: 12 },
      { hour: t0, units: 18 },
    ]
    expect(told({ exposure: { hours: half }, now: t0 + 84 * minute })?.unitsPerHour).toBeCloseTo(30 / 1.4, 9)
  })

  test('knows no night: hours without runs are not counted', () => {
    const nextDay = [
      { hour: t0 + 25 * hour, units: 22 },
      { hour: t0, units: 18 },
    ]
    expect(told({ exposure: { hours: nextDay }, now: t0 + 26 * hour })?.unitsPerHour).toBe(20)
  })

  test('begins with the rollout, where that began within an hour', () => {
    const events = toLive(planned(), t0 + 45 * minute)
    const only = [{ hour: t0, units: 10 }]
    expect(told({ events, exposure: { hours: only }, now: t0 + hour })?.unitsPerHour).toBe(40)
  })

  test('is not told by four units', () => {
    const few = { counts: { units: 4, runs: 4, passRuns: 4 }, hours: [{ hour: t0 + hour, units: 4 }] }
    expect(told({ exposure: few })?.unitsPerHour).toBeNull()
  })
})

describe('extra failures', () => {
  test('are those beyond what base would have failed, within the bounds of the verdict', () => {
    // 40 × 0.5 points, 40 × −2 and 40 × 11 points.
    const extra = told()?.extraFailures
    expect(extra?.estimate).toBeCloseTo(0.2, 12)
    expect(extra?.low).toBeCloseTo(-0.8, 12)
    expect(extra?.high).toBeCloseTo(4.4, 12)
  })

  test('have no bounds where the verdict has none', () => {
    const gates = [aGate({ ...waiting, differenceLow: null, differenceHigh: null })]
    expect(told({ gates })?.extraFailures).toMatchObject({ low: null, high: null })
  })

  test('cannot be told against a set limit, or before a verdict', () => {
    expect(told({ gates: [aGate({ ...waiting, comparison: 'absolute' })] })?.extraFailures).toBeNull()
    expect(told({ gates: [aGate({ ...waiting, difference: null })] })?.extraFailures).toBeNull()
    expect(told({ gates: [aGate({ metric: 'error rate' })] })?.extraFailures).toBeNull()
  })

  test('stay when it is over, and nothing else does', () => {
    expect(told({ events: [...toLive(), aborted()] })).toMatchObject({
      unitsPerHour: null,
      verdictAt: null,
      extraFailures: { low: -0.8 },
    })
  })

  test('are nothing while no unit was tested on the new build', () => {
    expect(told({ exposure: { counts: { units: 0, runs: 0, passRuns: 0 }, hours: [] } })).toBeNull()
  })
})

describe('when the stage can pass', () => {
  test('is when its samples are there, where they come last', () => {
    // 60 more at 20 an hour: three hours; the soak is over in two.
    expect(verdictAt()).toBe(inMinutes(180))
  })

  test('is the end of the soak, where that comes last', () => {
    const more = { canaryFirstAttempts: 90 }
    const gates = [aGate({ ...waiting, canary: { stations: 2, n: 90, bad: 1, rate: 1 / 90 } })]
    expect(verdictAt({ facts: more, gates })).toBe(inMinutes(120))
  })

  test('is when the slowest station has its own, at its part of the pace', () => {
    const events = toLive(planned({ firstAttemptsPerStation: 65 }))
    // 50 more on one of two stations that do 20 an hour together.
    expect(verdictAt({ events })).toBe(inMinutes(300))
  })

  test('is when the shifts are over', () => {
    // From 06:00: early, late, and night until 06:00, 22 hours from 08:00.
    expect(verdictAt({ events: toLive(planned({ shifts: 3 })) })).toBe(inMinutes(22 * 60))
  })

  test('waits for a gate that asks for more than the stage does, by what it counts', () => {
    const plan = {
      ...planned(),
      gates: aPlan({ gates: [{ metric: 'error rate', minimumSamples: 132 }] }).gates,
    }
    const gates = [
      aGate({
        ...waiting,
        metric: 'error rate',
        unit: 'runs',
        canary: { stations: 2, n: 44, bad: 0, rate: 0 },
      }),
    ]
    // 88 runs are 80 units at 44 runs for 40 units: four hours.
    expect(verdictAt({ events: toLive(plan), gates })).toBe(inMinutes(240))
  })

  test('is told to a whole minute, so that it does not change with every look', () => {
    expect(verdictAt({ now: t0 + 2 * hour + 1234 })).toBe(inMinutes(181))
  })

  const untold: [string, What][] = [
    ['a gate that is breached', { gates: [aGate({ verdict: 'breach' })] }],
    ['a gate that is grey', { gates: [aGate({ ...waiting, verdict: 'grey' })] }],
    ['a gate that is half-way to a breach', { gates: [aGate({ ...waiting, logEvidence: Math.log(8) })] }],
    [
      'a gate that has its samples and still doubts',
      { gates: [aGate({ ...waiting, canary: { stations: 2, n: 100, bad: 4, rate: 0.04 } })] },
    ],
    ['a condition that waits', { gates: [aGate(waiting), aCondition('mixed builds', { verdict: 'wait' })] }],
    ['a stage that is not live yet', { events: toStage() }],
    ['an open breach', { events: [...toLive(), breached()] }],
    ['a paused rollout', { events: [...toLive(planned({ minutes: 0 })), paused()] }],
    ['a stage without a pace', { exposure: { hours: [] } }],
    [
      'a stage that lacks nothing but people’s approvals',
      {
        events: toLive(planned({ minutes: 0 })),
        gates: [aGate({ verdict: 'pass' })],
        facts: { canaryFirstAttempts: 100, overall: 'pass' },
      },
    ],
  ]
  test.each(untold)('cannot be said for %s', (_what, what) => {
    expect(told(what)).toMatchObject({ verdictAt: null })
  })

  test('asks nothing of a gate that only observes', () => {
    const gates = [aGate(waiting), aGate({ name: 'other', mode: 'observe', verdict: 'breach' })]
    expect(verdictAt({ gates })).toBe(inMinutes(180))
  })
})

test('each thing that is lacking has its own moment, and none where the clock or the pace stands still', () => {
  const told = (events: Parameters<typeof given> = toLive(), paceOf = hours) => {
    const { state } = given(...events)
    const facts: StageFacts = {
      overall: 'wait',
      canaryFirstAttempts: 40,
      firstAttemptsByStation: { [station(1)]: 25, [station(2)]: 15 },
      closed: null,
    }
    const readiness = isRunning(state)
      ? stageReadiness(state, facts, t0 + 2 * hour)
      : { items: [], ready: false }
    return itemForecasts(state, readiness, paceOf, t0 + 2 * hour)
  }
  // 60 more at 20 an hour; 240 minutes of which 120 are over.
  expect(told()).toEqual([
    { kind: 'samples', at: inMinutes(180) },
    { kind: 'soak', at: inMinutes(120) },
  ])
  expect(told(toLive(), [])).toEqual([{ kind: 'soak', at: inMinutes(120) }])
  expect(told(toStage(), [])).toEqual([])
  expect(told([...toLive(), paused('person')])).toEqual([])
})

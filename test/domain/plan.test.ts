import { describe, expect, test } from 'vitest'
import { plan } from '../../server/domain/plan.ts'
import { targetLabel } from '../../server/domain/target-label.ts'
import { aPlan, shares, station } from '../support/plan-builder.ts'

const valid = { preset: 'custom', stages: shares(0.1, 1) }
const gate = { metric: 'error rate', alpha: 0.01 }
const all = { target: { share: 1 } }

/** "path: message" of everything that is wrong. */
const faults = (what: Record<string, unknown>) =>
  plan
    .safeParse({ ...valid, ...what })
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)

describe('a plan', () => {
  test('needs no more than its stages', () => {
    expect(plan.parse(valid)).toMatchObject({
      handPicked: [],
      progression: 'fleet',
      startApprovals: 0,
      watchMinutes: 1440,
      group: { sites: [], lines: [], tags: [] },
      stages: [{ soak: { minutes: 0, firstAttempts: 0 }, approvals: 0 }, {}],
    })
  })

  test('has gates of its own where it names none, and none where it names an empty list', () => {
    expect(aPlan().gates.map(({ name }) => name)).toContain('first-pass yield')
    expect(aPlan({ gates: [] }).gates).toEqual([])
  })

  test('that was parsed and stored parses to the same plan', () => {
    const shifts = { zone: 'Europe/Lisbon', starts: ['22:00', '06:00'] }
    const some = aPlan({
      gates: [
        { metric: 'first-pass yield', stages: [0] },
        { metric: 'telemetry', expression: 'gap_s < 10' },
      ],
      expectedYieldChange: -0.008,
      passes: 'proven',
      shifts,
    })
    for (const parsed of [aPlan(), some])
      expect(plan.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
  })

  test('says of a part that is missing what it is', () => {
    expect(aPlan({ handPicked: [station(3)], startApprovals: 2 })).toMatchObject({ startApprovals: 2 })
    expect(plan.parse({ ...valid, stages: [{ ...all, soak: { minutes: 30 } }] }).stages[0]?.soak).toEqual({
      minutes: 30,
      firstAttempts: 0,
      firstAttemptsPerStation: 0,
      shifts: 0,
    })
  })
})

describe('a fault in a plan is named with its place', () => {
  test.each([
    ['stages', { stages: [] }],
    ['stages', { stages: Array.from({ length: 21 }, () => all) }],
    ['stages.1.target', { stages: shares(0.1, 0.5) }],
    ['stages.0.target', { stages: [{ target: { stations: 5 } }] }],
    ['stages.1.target', { stages: shares(0.5, 0.25, 1) }],
    ['stages.1.target', { stages: shares(0.5, 0.5, 1) }],
    ['stages.1.target', { stages: [{ target: { stations: 2 } }, { target: { stations: 2 } }, all] }],
    ['stages.0.target', { stages: [{ target: { share: 0 } }, all] }],
    ['stages.0.target', { stages: [{ target: { share: 1.4 } }] }],
    ['stages.0.target', { stages: [{ target: { stations: 0 } }, all] }],
    ['stages.0.target', { stages: [{ target: { share: 0.5, stations: 3 } }, all] }],
    ['stages.0.soak.minutes', { stages: [{ target: { share: 1 }, soak: { minutes: -1 } }] }],
    ['stages.0.approvals', { stages: [{ target: { share: 1 }, approvals: 11 }] }],
    ['stages.0', { stages: [{ target: { share: 1 }, soaking: 3 }] }],
    ['gates', { gates: [{ ...gate, alpha: 0.06 }] }],
    ['gates.0.alpha', { gates: [{ ...gate, alpha: 0 }] }],
    ['gates.0.metric', { gates: [{ ...gate, metric: 'mood' }] }],
    ['gates.0.marginRelative', { gates: [{ ...gate, marginRelative: 0.9 }] }],
    ['gates.1.name', { gates: [gate, { ...gate, mode: 'roll back' }] }],
    [
      'gates.1.stages',
      {
        gates: [
          { ...gate, stages: [1] },
          { metric: 'mixed builds', stages: [0, 2] },
        ],
      },
    ],
    ['stages.0.soak.shifts', { stages: [{ target: { share: 1 }, soak: { shifts: 0.5 } }] }],
    ['expectedYieldChange', { expectedYieldChange: -1 }],
    ['passes', { passes: 'perhaps' }],
    ['longestStageMinutes', { longestStageMinutes: 0 }],
    ['shifts.zone', { shifts: { zone: 'Mars/Olympus', starts: ['06:00'] } }],
    ['handPicked.0', { handPicked: ['station 1'] }],
    ['preset', { preset: 'fast' }],
    ['progression', { progression: 'sideways' }],
    ['startApprovals', { startApprovals: 1.5 }],
    ['watchMinutes', { watchMinutes: Number.NaN }],
    ['', { stagez: [] }],
  ])('at "%s"', (path, what) => {
    const found = faults(what) ?? []
    expect(found.some((fault) => fault.startsWith(`${path}: `) || fault.startsWith(`${path}.`))).toBe(true)
  })

  test('with what was expected and what came', () => {
    expect(faults({ stages: shares(0.5, 0.25, 1) })).toEqual([
      'stages.1.target: a stage is larger than the one before: expected more than 50 %, got 25 %',
    ])
    expect(faults({ gates: [{ ...gate, alpha: 0.06 }] })).toEqual([
      'gates: the gates share an alarm budget of 5 %: their alphas add up to 6.0 %',
    ])
    expect(faults({ gates: [{ ...gate, stages: [2] }] })).toEqual([
      'gates.0.stages: expected indexes of the 2 stages, from 0 to 1, got 2',
    ])
  })

  test('and all of them at once', () => {
    const found = faults({ stages: shares(0.5, 0.25), gates: [gate, gate, { ...gate, alpha: 0.04 }] })
    expect(found).toHaveLength(5)
  })
})

test('targets read as people say them', () => {
  const labels = [{ stations: 1 }, { stations: 2 }, { share: 0.005 }, { share: 0.07 }, { share: 1 }].map(
    targetLabel,
  )
  expect(labels).toEqual(['1 station', '2 stations', '0.5 %', '7 %', 'all stations'])
})

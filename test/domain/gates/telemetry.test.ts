import { describe, expect, test } from 'vitest'
import type { Heartbeat } from '../../../server/domain/gates/question.ts'
import type { Verdict } from '../../../server/domain/gates/verdict.ts'
import { minute } from '../../../server/domain/instant.ts'
import { accepted, asked, type GateInput, gateOf, gatesOf, names } from '../../support/gate-question.ts'
import { station } from '../../support/plan-builder.ts'
import { t0 } from '../../support/rollout-story.ts'

const gap = { metric: 'telemetry', name: 'gap', expression: 'gap_s < 10' } as const

/** A heartbeat of a canary station (of base: from number 11 on) a second before `now`. */
function beat(number: number, gapSeconds: number | null, now: number): Heartbeat {
  return {
    stationId: station(number),
    arm: number > 10 ? 'base' : 'canary',
    at: now - 1000,
    fields: gapSeconds === null ? {} : { gap_s: gapSeconds },
  }
}

/** Looks at the gate once a minute: what each station reports in that minute, by its number. */
function watched(minutes: Record<number, number | null>[], gate: GateInput = gap, what: object = {}) {
  return minutes.reduce<{ verdict: Verdict; now: number } | null>((before, reports) => {
    const now = (before?.now ?? t0) + minute
    const heartbeats = Object.entries(reports).map(([number, value]) => beat(Number(number), value, now))
    const question = {
      gates: gatesOf(gate),
      names,
      conditions: { heartbeats },
      previous: before?.verdict ?? null,
    }
    return { verdict: asked([], { ...question, ...what }, now), now }
  }, null)?.verdict as Verdict
}
const word = (...of: Parameters<typeof watched>) => gateOf(watched(...of)).verdict
const times = <Each>(count: number, each: Each): Each[] => Array.from({ length: count }, () => each)

describe('a telemetry gate', () => {
  test('passes while its expression holds on every canary station', () => {
    expect(gateOf(watched([{ 1: 2, 2: 9.9 }]))).toMatchObject({
      verdict: 'pass',
      unit: 'stations',
      canary: { stations: 2, n: 2, bad: 0 },
      headline: 'gap: holds on 2 canary stations',
    })
  })

  test('is breached once it has failed for five minutes, and not before', () => {
    expect(word(times(5, { 1: 12, 2: 2 }))).toBe('wait')
    const gate = gateOf(watched(times(6, { 1: 12, 2: 2 })))
    expect(gate).toMatchObject({
      verdict: 'breach',
      canary: { n: 2, bad: 1 },
      headline: 'gap: 1 of 2 canary stations fail gap_s < 10',
    })
    expect(gate.details).toEqual(['ICT-1 fails it since 2026-05-22T06:01:00.000Z'])
  })

  test('takes another time where it names one', () => {
    expect(word([{ 1: 12 }], { ...gap, forMinutes: 0 })).toBe('breach')
    expect(word(times(6, { 1: 12 }), { ...gap, forMinutes: 6 })).toBe('wait')
  })

  test('begins anew when it holds for a moment, and for each station by itself', () => {
    expect(word([...times(5, { 1: 12 }), { 1: 2 }, ...times(5, { 1: 12 })])).toBe('wait')
    expect(word([...times(5, { 1: 12 }), { 1: 2 }, ...times(6, { 1: 12 })])).toBe('breach')
    expect(word([...times(4, { 1: 12, 2: 2 }), ...times(4, { 1: 2, 2: 12 })])).toBe('wait')
    expect(watched([{ 1: 12, 2: 2 }]).failing).toEqual({ gap: { [station(1)]: t0 + minute } })
  })

  test('does not begin while nothing is known', () => {
    expect(word([...times(6, { 1: null }), { 1: 12 }])).toBe('wait')
  })

  test('is for a person where base fails it as much: that is not the build', () => {
    const both = watched(times(6, { 1: 12, 2: 2, 11: 12, 12: 2 }))
    expect(gateOf(both)).toMatchObject({
      verdict: 'grey',
      base: { n: 2, bad: 1 },
      headline: expect.stringContaining('and 1 of 2 on base as well'),
    })
    expect(word(times(6, { 1: 12, 2: 12, 11: 12, 12: 2 }))).toBe('breach')
    expect(word(times(6, { 1: 12, 11: 12 }), { ...gap, comparison: 'absolute' })).toBe('breach')
    // What base fails alone is nobody's concern here.
    expect(word(times(6, { 1: 2, 11: 12 }))).toBe('pass')
  })

  test('has no data of a station that does not report the field', () => {
    expect(gateOf(watched([{ 1: null }]))).toMatchObject({
      verdict: 'no data',
      canary: { n: 0 },
      headline: 'gap: no canary station reports it',
      details: ['ICT-1 does not report it'],
    })
    expect(gateOf(watched([{ 1: 2, 2: null }]))).toMatchObject({
      verdict: 'no data',
      headline: 'gap: 1 canary stations do not report it',
    })
    expect(word(times(6, { 1: 12, 2: null }))).toBe('breach')
  })

  test('believes no heartbeat that is older than ten minutes', () => {
    const at = (age: number | null) =>
      gateOf(
        asked([], {
          gates: gatesOf(gap),
          conditions: {
            heartbeats: [{ ...beat(1, 2, t0), at: age === null ? null : t0 - age }],
          },
        }),
      ).verdict
    expect([at(10 * minute), at(10 * minute + 1), at(null)]).toEqual(['pass', 'no data', 'no data'])
  })

  test('waits while no canary station is there to ask', () => {
    expect(word([{}])).toBe('wait')
    expect(word([{ 11: 2 }])).toBe('wait')
  })

  test('keeps its gates apart', () => {
    const gates = gatesOf(gap, { ...gap, name: 'wide gap', expression: 'gap_s < 100' })
    const verdict = watched(times(6, { 1: 12 }), gap, { gates })
    expect(verdict.gates.map((gate) => gate.verdict)).toEqual(['breach', 'pass'])
    expect(verdict.failing).toEqual({ gap: { [station(1)]: t0 + minute }, 'wide gap': {} })
    const later = watched([...times(6, { 1: 12 }), { 1: 120 }], gap, { gates })
    expect(later.gates.map((gate) => gate.verdict)).toEqual(['breach', 'wait'])
  })
})

describe('a telemetry breach', () => {
  const open = { open: [{ gate: 'gap', severity: 'breach' as const }] }

  test('that is open stays one until no station fails it', () => {
    expect(word([{ 1: 12 }], gap, open)).toBe('breach')
    expect(gateOf(watched([{ 1: 2 }], gap, open))).toMatchObject({ verdict: 'pass', logEvidence: -1 })
  })

  test('that was accepted of one station does not stop again, and of another one does', () => {
    const told = accepted(1, 'gap', t0 + 6 * minute)
    expect(gateOf(watched(times(9, { 1: 12, 2: 2 }), gap, { accepted: told }))).toMatchObject({
      verdict: 'pass',
      logEvidence: 0,
    })
    const other = watched([...times(7, { 1: 12, 2: 2 }), ...times(6, { 1: 2, 2: 12 })], gap, {
      accepted: told,
    })
    expect(gateOf(other)).toMatchObject({ verdict: 'breach', logEvidence: 1 })
    const both = watched([...times(7, { 1: 12, 2: 2 }), ...times(6, { 1: 12, 2: 12 })], gap, {
      accepted: told,
    })
    expect(gateOf(both)).toMatchObject({ verdict: 'breach', logEvidence: 1 })
  })
})

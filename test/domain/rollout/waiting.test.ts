import { describe, expect, test } from 'vitest'
import type { StationId } from '../../../server/domain/ids.ts'
import { hour } from '../../../server/domain/instant.ts'
import { startReadiness } from '../../../server/domain/rollout/readiness.ts'
import { nextStep, waitsFor } from '../../../server/domain/rollout/waiting.ts'
import { aPlan, base, station } from '../../support/plan-builder.ts'
import {
  aborted,
  abortOpen,
  breached,
  completed,
  created,
  firstLive,
  frozen,
  given,
  lastLive,
  notReady,
  paused,
  ready,
  t0,
} from '../../support/rollout-story.ts'

const nameOf = (id: StationId) => `ICT-${Number(id.slice(-2))}`
const waits = (events: Parameters<typeof given>, readiness = ready) =>
  waitsFor(given(...events).state, readiness, nameOf, t0)
const next = (events: Parameters<typeof given>, isReady = false) => nextStep(given(...events).state, isReady)
const silent = {
  type: 'StationTroubled' as const,
  stationId: station(1),
  trouble: { kind: 'stale' as const, since: t0, detail: 'no run for 3 h' },
}
const waived = { type: 'StationWaived' as const, stationId: station(1), why: 'repair' }

describe('what a rollout waits for', () => {
  test('before the start is its approvals and its time', () => {
    const { state } = given(created({ plan: aPlan({ startApprovals: 2 }) }), { type: 'StartApproved' })
    const one = startReadiness(state, null, t0)
    expect(waits([created({ startAt: t0 + hour })], one)).toEqual([
      '1 of 2 approvals of the start',
      'its start time, 2026-05-22T07:00:00.000Z',
    ])
    expect(waits([created()])).toEqual([])
    expect(waits([created()], frozen)).toEqual(['frozen until Monday: stock-taking'])
    expect(waits([created({ startAt: t0 - hour })])).toEqual([])
  })

  test('in a stage is all that is missing, silent stations by name', () => {
    expect(waits([...firstLive, silent], notReady)).toEqual([
      'ICT-1 (stale: no run for 3 h)',
      '12 of 100 first attempts',
    ])
    expect(waits([...firstLive, silent, waived])).toEqual([])
  })

  test('while paused is a person, with the reason of the pause', () => {
    expect(waits([...firstLive, paused()], notReady)).toEqual([
      'a person: paused, lunch',
      '12 of 100 first attempts',
    ])
  })

  test('while resting is the end of the rest, not a person', () => {
    expect(waits([...firstLive, paused('window')], notReady)).toEqual([
      'the end of its rest: window for now',
      '12 of 100 first attempts',
    ])
    expect(waits([...firstLive, paused('blind')])).toEqual(['the end of its rest: blind for now'])
  })

  test('in an abort is each station that is not back, waived ones left out', () => {
    expect(waits(abortOpen)).toEqual(['ICT-1 to run base again', 'ICT-2 to run base again'])
    expect(waits([...abortOpen, waived])).toEqual(['ICT-2 to run base again'])
    expect(waits([...abortOpen, silent])[0]).toBe('ICT-1 to run base again (stale: no run for 3 h)')
  })

  test('is nothing after the end', () => {
    expect(waits([created(), aborted(base)])).toEqual([])
    expect(waits([...lastLive, completed])).toEqual([])
  })
})

describe('what comes next', () => {
  test('in every status is one plain sentence', () => {
    const stories = [[created()], firstLive, [...firstLive, paused()], abortOpen, [...lastLive, completed]]
    for (const story of stories) expect(next(story)).toMatch(/^[A-Z].*\.$/)
    expect(next([created(), aborted()])).toMatch(/Retry/)
  })

  test('of a stage is the size of the next one, at once when it is ready', () => {
    expect(next(firstLive)).toBe('When all of this is met, Advance takes it to 50 %.')
    expect(next(firstLive, true)).toBe('Advance takes it to 50 %.')
    expect(next(lastLive)).toMatch(/completes by itself/)
  })

  test('while a breach is open names the two ways out', () => {
    expect(next([...firstLive, breached(), paused('breach')])).toMatch(/^Acknowledge the breach .* or abort/)
  })

  test('while resting is that it goes on by itself', () => {
    expect(next([...firstLive, paused('window')])).toMatch(/goes on by itself when that is over/)
    expect(next([...firstLive, paused('blind')])).toMatch(/goes on by itself when that is over/)
  })

  test('while only an observed breach is open, is what it would be without', () => {
    const observed = breached({ mode: 'observe' })
    expect(next([...firstLive, observed])).toBe(next(firstLive))
    expect(next([...firstLive, observed, paused()])).toBe(next([...firstLive, paused()]))
  })

  test('while paused promises nothing', () => {
    expect(next([...firstLive, paused()], true)).toMatch(/until somebody resumes; gates keep judging/)
  })
})

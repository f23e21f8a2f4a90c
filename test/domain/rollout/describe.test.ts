import { describe, expect, test } from 'vitest'
import { describeEvents } from '../../../server/domain/rollout/describe.ts'
import { aPlan, station } from '../../support/plan-builder.ts'
import {
  type Asked,
  abortOpen,
  advance,
  approve,
  breached,
  created,
  firstLive,
  given,
  judged,
  lastLive,
  marek,
  paused,
  secondStage,
} from '../../support/rollout-story.ts'

type Story = { events: Parameters<typeof describeEvents>[0]; state: Parameters<typeof describeEvents>[1] }
const said = (story: Story) => describeEvents(story.events, story.state)

describe('what a command did', () => {
  test('is told of a start, an advance and an undo with the stations', () => {
    expect(said(given(created()).when({ type: 'start' }))).toBe(
      'stage 1 of 3 (1 station) pins 1 more station',
    )
    expect(said(given(...firstLive).when(advance))).toBe('stage 2 of 3 (50 %) pins 4 more stations')
    const undo = { type: 'undo', why: 'wrong button' } as const
    expect(said(given(...secondStage).when(undo))).toBe('went back to stage 1: 4 stations lose their pins')
  })

  test('is told of a pause, a resume and both together', () => {
    expect(said(given(...firstLive).when({ type: 'pause', why: 'lunch' }))).toBe('paused: lunch')
    expect(said(given(...firstLive, paused()).when({ type: 'resume', why: null }))).toBe('resumed')
    const both = said(given(...firstLive, paused()).when({ ...advance, override: true, why: 'late' }))
    expect(both).toBe('resumed; stage 2 of 3 (50 %) pins 4 more stations')
  })

  test('is told of an abort and of its end', () => {
    expect(said(given(...firstLive).when({ type: 'abort', why: '' }))).toBe(
      'aborted: every station is pinned to base again',
    )
    const alone = { type: 'StationLeft' as const, stationId: station(1), why: 'unlinked' }
    const waive = { type: 'waive', stationId: station(2), why: 'off' } as const
    expect(said(given(...abortOpen, alone).when(waive))).toBe(
      'waived the station; no station waits to return',
    )
  })

  test('is told of an acknowledgement, an approval and a completion', () => {
    const open = given(...firstLive, breached(), paused('breach'))
    const acknowledge: Asked = {
      type: 'acknowledge',
      gate: 'first-pass yield',
      why: 'lot',
      logEvidence: null,
      evidence: [],
    }
    expect(said(open.when(acknowledge))).toBe(
      'acknowledged the first-pass yield breach; the rollout stays paused until it is resumed',
    )
    const observed = given(...firstLive, breached({ mode: 'observe' }))
    expect(said(observed.when(acknowledge))).toBe('acknowledged the first-pass yield breach')
    const asking = [created({ plan: aPlan({ startApprovals: 2 }) })]
    expect(said(given(...asking).when(approve))).toBe('approved the start: 1 more approval is needed')
    expect(said(given(...asking, { type: 'StartApproved', by: marek }).when(approve))).toBe(
      'approved the start; stage 1 of 3 (1 station) pins 1 more station',
    )
    expect(said(given(...lastLive).when(advance))).toBe(
      'completed: every station of the rollout runs the build',
    )
  })

  test('is told of retests by their pairs', () => {
    const ask = (pairs: number): Asked => ({ type: 'retests', pairs, units: 2 * pairs })
    expect(said(given(...firstLive).when(ask(4)))).toBe(
      'asked for 4 matched pairs to be tested again on the other build',
    )
    expect(said(given(...firstLive).when(ask(1)))).toBe(
      'asked for 1 matched pair to be tested again on the other build',
    )
  })

  test('is nothing when it was already so, or when only stations moved', () => {
    expect(said(given(...abortOpen).when({ type: 'abort', why: '' }))).toBe(
      'nothing changed: that was already so',
    )
    expect(said(given(...firstLive).when(judged()))).toBe('nothing changed: that was already so')
  })
})

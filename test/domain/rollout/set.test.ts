import { describe, expect, test } from 'vitest'
import { seenEvidence } from '../../../server/domain/gates/verdict.ts'
import { aPlan, station } from '../../support/plan-builder.ts'
import {
  type Asked,
  abortOpen,
  breached,
  created,
  firstLive,
  frozen,
  given,
  lastLive,
  notReady,
  paused,
  ready,
  secondStage,
  stage,
  started,
  verdict,
} from '../../support/rollout-story.ts'

const set = (share: number, what = {}): Asked => ({
  type: 'set',
  share,
  why: 'lot 7 is clean',
  override: false,
  readiness: ready,
  evidence: [],
  ...what,
})

const soak = (firstAttempts: number) => ({ minutes: 60, firstAttempts, firstAttemptsPerStation: 0 })
const fourStages = aPlan({
  stages: [
    { target: { stations: 1 }, soak: soak(100) },
    { target: { share: 0.25 }, soak: soak(300), approvals: 2 },
    { target: { share: 0.5 }, soak: soak(500), approvals: 1 },
    { target: { share: 1 }, soak: soak(7) },
  ],
})
const first = [created({ plan: fourStages, stations: 20 }), started, stage(0, station(1))]

describe('set', () => {
  test.each([0, -0.1, 1.4, Number.NaN, Number.POSITIVE_INFINITY])('refuses a share of %d', (share) => {
    given(...firstLive)
      .when(set(share))
      .isRefused('invalid', /above 0 % and up to 100 %/)
  })

  test('refuses a jump without a reason', () => {
    given(...firstLive)
      .when(set(0.5, { why: ' ' }))
      .isRefused('invalid', /needs a reason/)
  })

  test('refuses a share that is no more than there is', () => {
    given(...secondStage)
      .when(set(0.5))
      .isRefused('invalid', /50 % is 5 of 10 stations; stage 2 already has 5/)
    given(...secondStage)
      .when(set(0.1))
      .isRefused('invalid', /10 % is 1 of 10/)
  })

  test('takes as many stations as the share says, and leaves the larger stages for later', () => {
    const story = given(...first).when(set(0.3))
    story.gives({ type: 'StageSet', from: 0, to: 1 }, { type: 'StageStarted', stageIndex: 1 })
    expect(Object.values(story.state.stations).filter((each) => each.status === 'pinned')).toHaveLength(6)
    const targets = story.state.plan.stages.map((each) => each.target)
    expect(targets).toEqual([{ stations: 1 }, { share: 0.3 }, { share: 0.5 }, { share: 1 }])
  })

  test('asks of the jump what the stage asked that it stands for, approvals too', () => {
    expect(given(...first).when(set(0.3)).state.plan.stages[1]).toMatchObject({
      soak: soak(300),
      approvals: 2,
    })
    expect(given(...first).when(set(0.6)).state.plan.stages[1]).toMatchObject({
      soak: soak(500),
      approvals: 1,
    })
    expect(given(...first).when(set(0.1)).state.plan.stages[1]).toMatchObject({
      soak: soak(100),
      approvals: 0,
    })
    expect(given(...first).when(set(1)).state.plan.stages[1]).toMatchObject({ soak: soak(7), approvals: 0 })
  })

  test('to 100 % is the last stage', () => {
    const story = given(...first).when(set(1))
    expect(story.state.plan.stages).toHaveLength(2)
    expect(Object.values(story.state.stations).every((each) => each.status === 'pinned')).toBe(true)
  })

  test('to nearly all of a small fleet never starts a stage without a further station', () => {
    const story = given(created({ stations: 3 }), started, stage(0, station(1)), stage(1, station(2)))
    story.when(set(0.99)).isRefused('invalid', /99 % is 2 of 3 stations/)
  })

  test('has nowhere to go from the last stage', () => {
    given(...lastLive)
      .when(set(1))
      .isRefused('invalid', /already takes all/)
  })

  test('needs an override, as an advance does', () => {
    given(...firstLive)
      .when(set(0.8, { readiness: notReady }))
      .isRefused('not ready')
    given(...firstLive)
      .when(set(0.8, { readiness: notReady, override: true }))
      .gives({ type: 'StageSet', override: ['12 of 100 first attempts'] }, { type: 'StageStarted' })
  })

  test('keeps with an override the evidence that was seen, and goes through no freeze', () => {
    const evidence = seenEvidence(verdict({ name: 'error rate', verdict: 'grey' }).gates)
    given(...firstLive)
      .when(set(0.8, { readiness: notReady, override: true, evidence }))
      .gives({ type: 'StageSet', evidence }, { type: 'StageStarted' })
    given(...firstLive)
      .when(set(0.8, { readiness: frozen, override: true }))
      .isRefused('not now', /frozen until Monday/)
  })

  test('does not pass over a pause by a person, or an open breach', () => {
    given(...firstLive, paused())
      .when(set(0.8))
      .isRefused('not now', /paused: lunch/)
    given(...firstLive, paused())
      .when(set(0.8, { override: true }))
      .gives(
        { type: 'RolloutResumed' },
        { type: 'StageSet', override: ['paused: lunch'] },
        { type: 'StageStarted' },
      )
    given(...firstLive, breached(), paused('breach'))
      .when(set(0.8, { readiness: notReady, override: true }))
      .isRefused('not now', /breach is open/)
  })

  test('is refused before the start and in an abort', () => {
    given(created())
      .when(set(0.5))
      .isRefused('not now', /has not started/)
    given(...abortOpen)
      .when(set(0.5))
      .isRefused('not now', /being aborted/)
  })
})

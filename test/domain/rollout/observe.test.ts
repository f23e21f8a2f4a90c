// A gate that observes, by its mode or in a stage it does not act in: what it finds is told and holds nothing up.
import { describe, expect, test } from 'vitest'
import { stageReadiness, unmet } from '../../../server/domain/rollout/readiness.ts'
import { isRunning } from '../../../server/domain/rollout/state.ts'
import { station } from '../../support/plan-builder.ts'
import {
  advance,
  breached,
  firstLive,
  given,
  judged,
  lastLive,
  live,
  paused,
  ready,
  secondStage,
} from '../../support/rollout-story.ts'

const severe = { verdict: 'severe' as const, logEvidence: 9, headline: 'yield fell' }
const gate = 'first-pass yield'
const observed = breached({ mode: 'observe' })

describe('a breach that is only observed', () => {
  test('is opened, by the mode or by the stage, and pauses nothing', () => {
    for (const only of [{ mode: 'observe' as const }, { acts: false }]) {
      const story = given(...firstLive).when(judged({ ...severe, ...only }))
      story.gives({ type: 'BreachOpened', gate, mode: 'observe', severity: 'severe' })
      expect(story.state).toMatchObject({ status: 'active', breaches: [{ mode: 'observe', closed: null }] })
      given(...firstLive, ...story.events)
        .when(judged({ ...severe, ...only }))
        .givesNothing()
    }
  })

  test('takes nobody back, whatever the gate may do in other stages', () => {
    given(...firstLive)
      .when(judged({ ...severe, mode: 'roll back', acts: false }, ready, { autoRollback: true }))
      .gives({ type: 'BreachOpened', mode: 'observe' })
  })

  test('is told once more when it turns severe', () => {
    given(...firstLive, observed)
      .when(judged({ ...severe, mode: 'observe' }))
      .gives({ type: 'BreachWorsened' })
  })

  test('closes by itself when its evidence is gone', () => {
    const story = given(...firstLive, observed).when(
      judged({ mode: 'observe', verdict: 'pass', logEvidence: -1 }),
    )
    story.gives({ type: 'BreachRecovered', gate })
    expect(story.state).toMatchObject({ status: 'active', breaches: [{ closed: { how: 'recovered' } }] })
  })

  test('holds up no advance, no jump, no resume and no completion', () => {
    given(...firstLive, observed)
      .when(advance)
      .gives({ type: 'StageAdvanced', override: [] }, { type: 'StageStarted' })
    given(...firstLive, observed)
      .when({ ...advance, type: 'set', share: 0.8, why: 'lot 7' })
      .gives({ type: 'StageSet', override: [] }, { type: 'StageStarted' })
    given(...firstLive, observed, paused())
      .when({ type: 'resume', why: null })
      .gives({ type: 'RolloutResumed' })
    given(...lastLive, observed)
      .when(judged({ ...severe, mode: 'observe', verdict: 'breach' }, ready))
      .gives({ type: 'RolloutCompleted' })
    expect(given(...lastLive, observed).when(advance).state).toMatchObject({
      status: 'completed',
      breaches: [{ mode: 'observe', closed: { how: 'completed' } }],
    })
  })

  test('is nothing that a stage waits for', () => {
    const { state, events } = given(...firstLive, observed)
    if (!isRunning(state)) throw new Error('expected a running rollout')
    const facts = {
      overall: 'pass' as const,
      canaryFirstAttempts: 0,
      firstAttemptsByStation: {},
      closed: null,
    }
    expect(unmet(stageReadiness(state, facts, events.at(-1)?.at ?? 0))).toEqual([])
  })

  test('found beside one that acts leaves the pause to that one', () => {
    const story = given(...firstLive, observed).when(judged({ ...severe, name: 'error rate' }))
    story.gives({ type: 'BreachOpened', gate: 'error rate' }, { type: 'RolloutPaused' })
    expect(story.state).toMatchObject({ breaches: [{ mode: 'observe' }, { mode: 'pause' }] })
  })
})

describe('a breach whose gate begins to act in the next stage', () => {
  const next = [...firstLive, observed, ...secondStage.slice(firstLive.length)]

  test('is taken over and pauses', () => {
    const story = given(...next).when(judged({ ...severe, verdict: 'breach' }))
    story.gives(
      { type: 'BreachOpened', mode: 'pause', severity: 'breach' },
      { type: 'RolloutPaused', reason: 'breach' },
    )
    expect(story.state).toMatchObject({ breaches: [{ gate, mode: 'pause', closed: null }] })
    given(...next, ...story.events)
      .when(judged({ ...severe, verdict: 'breach' }))
      .givesNothing()
  })

  test('rolls back at once where it is severe and may', () => {
    const story = given(...next).when(judged({ ...severe, mode: 'roll back' }, ready, { autoRollback: true }))
    story.gives({ type: 'BreachOpened', mode: 'roll back' }, { type: 'RolloutAborted' })
    expect(story.state.stations[station(1)]?.status).toBe('reverting')
  })

  test('still holds the rollout when an undo leads back to where the gate observes', () => {
    const taken = given(...next).when(judged({ ...severe, verdict: 'breach' }))
    const back = given(...next, ...taken.events).when({ type: 'undo', why: 'wrong' })
    given(...next, ...taken.events, ...back.events, live(0))
      .when(judged({ ...severe, verdict: 'breach', acts: false }))
      .givesNothing()
    expect(back.state).toMatchObject({ breaches: [{ mode: 'pause', closed: null }] })
  })
})

// Pauses that the service makes and lifts by itself: blind metrics, and hours in which nothing is to go on.
import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import type { Verdict } from '../../../server/domain/gates/verdict.ts'
import { station } from '../../support/plan-builder.ts'
import {
  advance,
  advanced,
  breached,
  firstLive,
  given,
  judged,
  judgedAll,
  lastLive,
  paused,
  ready,
  resumed,
  secondStage,
  usualPolicy,
  verdict,
} from '../../support/rollout-story.ts'

const unseen = { runs: 2, share: 0.014, pastShare: 0.1, isBlind: true }
const seen = { runs: 20, share: 0.09, pastShare: 0.1, isBlind: false }
/** Blind is what the counted gates say; how many runs came is in the throughput. */
const looked = (word: 'blind' | 'pass' | 'wait', throughput: Verdict['throughput']): Verdict => ({
  ...verdict({ verdict: word }),
  throughput,
})
const blind = judgedAll(looked('blind', unseen))
const closed = judged({}, ready, { rests: 'the site is closed until 06:00' })
const open = judged({}, ready)
const resting = (reason: 'blind' | 'window') => given(...firstLive, paused(reason))
const resume = (why: string | null) => ({ type: 'resume' as const, why })

describe('blind metrics', () => {
  test('rest the rollout and say how little is seen', () => {
    const story = given(...firstLive).when(blind)
    const why = 'canary stations report 1 % of the runs, 10 % is usual'
    story.gives({ type: 'RolloutPaused', reason: 'blind', why, by: firstpass })
    given(...firstLive, ...story.events)
      .when(blind)
      .givesNothing()
  })

  test('rest nothing where only gates that observe are blind', () => {
    given(...firstLive)
      .when(judgedAll(looked('pass', unseen)))
      .givesNothing()
  })

  test('are over once the canary stations are seen again, and the rollout goes on by itself', () => {
    const story = resting('blind').when(judgedAll(looked('wait', seen)))
    story.gives({ type: 'RolloutResumed', why: 'what it rested for is over', by: firstpass })
    expect(story.state).toMatchObject({ status: 'active', lifted: [] })
  })

  test('are not over because the whole line is silent, nor while too little runs to tell', () => {
    resting('blind')
      .when(judgedAll(looked('wait', null)))
      .givesNothing()
    resting('blind')
      .when(judgedAll(looked('wait', { ...unseen, isBlind: false })))
      .givesNothing()
  })

  test('keep the last stage from completing', () => {
    given(...lastLive)
      .when(judgedAll(looked('blind', unseen), usualPolicy, ready))
      .gives({ type: 'RolloutPaused', reason: 'blind' })
    given(...lastLive, paused('blind'))
      .when(judgedAll(looked('blind', unseen), usualPolicy, ready))
      .givesNothing()
  })
})

describe('closed hours', () => {
  test('rest the rollout, with the reason, and are over when they are', () => {
    const story = given(...firstLive).when(closed)
    story.gives({ type: 'RolloutPaused', reason: 'window', why: 'the site is closed until 06:00' })
    const night = given(...firstLive, ...story.events)
    night.when(closed).givesNothing()
    night.when(open).gives({ type: 'RolloutResumed', by: firstpass })
  })

  test('keep the last stage from completing', () => {
    given(...lastLive)
      .when(closed)
      .gives({ type: 'RolloutPaused', reason: 'window' })
  })

  test('that begin or end while the metrics are blind take the rest over without a gap', () => {
    const both = judgedAll(looked('blind', unseen), { ...usualPolicy, rests: 'night' })
    given(...firstLive)
      .when(both)
      .gives({ type: 'RolloutPaused', reason: 'blind' })
    resting('blind').when(both).givesNothing()
    resting('window').when(both).givesNothing()
    resting('window').when(blind).gives({ type: 'RolloutPaused', reason: 'blind' })
    resting('blind')
      .when(judgedAll(looked('wait', seen), { ...usualPolicy, rests: 'night' }))
      .gives({ type: 'RolloutPaused', reason: 'window', why: 'night' })
  })
})

describe('a person', () => {
  test('lifts a rest with a reason, and it does not come back in this stage', () => {
    resting('blind')
      .when(resume(null))
      .isRefused('invalid', /rests because blind for now/)
    resting('window')
      .when(resume(' '))
      .isRefused('invalid', /goes on by itself when that is over/)
    const story = resting('blind').when(resume('they report to the old server'))
    story.gives({ type: 'RolloutResumed', lifted: 'blind', why: 'they report to the old server' })
    expect(story.state).toMatchObject({ lifted: ['blind'] })
    const lifted = [...firstLive, paused('blind'), ...story.events]
    given(...lifted)
      .when(blind)
      .givesNothing()
    given(...lifted)
      .when(closed)
      .gives({ type: 'RolloutPaused', reason: 'window' })
    const both = { ...resumed, why: 'known', lifted: 'window' as const }
    given(...lifted, paused('window'), both)
      .when(judgedAll(looked('blind', unseen), { ...usualPolicy, rests: 'night' }))
      .givesNothing()
    given(...lifted, ...advanced(1, station(2)))
      .when(blind)
      .gives({ type: 'RolloutPaused', reason: 'blind' })
  })

  test('who lifted a rest in a stage that is undone has not lifted it in the one before', () => {
    const lifted = { ...resumed, why: 'known', lifted: 'window' as const }
    const next = [...secondStage, paused('window'), lifted]
    const undone = given(...next).when({ type: 'undo', why: 'wrong button' })
    expect(given(...next).state).toMatchObject({ lifted: ['window'] })
    given(...next, ...undone.events)
      .when(closed)
      .gives({ type: 'StageWentLive' }, { type: 'RolloutPaused', reason: 'window' })
  })

  test('who has paused is not resumed by the service, whatever is over', () => {
    given(...firstLive, paused())
      .when(open)
      .givesNothing()
    given(...firstLive, paused())
      .when(closed)
      .givesNothing()
    given(...firstLive, paused())
      .when(blind)
      .givesNothing()
    const taken = resting('window').when({ type: 'pause', why: 'audit' })
    taken.gives({ type: 'RolloutPaused', reason: 'person' })
    given(...firstLive, paused('window'), ...taken.events)
      .when(open)
      .givesNothing()
  })

  test('advances out of a rest by an override with a reason only', () => {
    resting('window')
      .when(advance)
      .isRefused('not now', /paused: window for now/)
    resting('window')
      .when({ ...advance, override: true, why: 'the customer waits' })
      .gives(
        { type: 'RolloutResumed' },
        { type: 'StageAdvanced', override: ['paused: window for now'] },
        { type: 'StageStarted' },
      )
  })
})

describe('a breach', () => {
  const breach = { verdict: 'breach' as const, logEvidence: 5, headline: 'yield fell' }

  test('takes a rest over, and then waits for a person', () => {
    for (const reason of ['blind', 'window'] as const) {
      const story = resting(reason).when(judged(breach))
      story.gives({ type: 'BreachOpened' }, { type: 'RolloutPaused', reason: 'breach', why: 'yield fell' })
      given(...firstLive, paused(reason), ...story.events)
        .when(judged({ ...breach, verdict: 'breach' }, ready))
        .givesNothing()
    }
  })

  test('that is only observed leaves the rest as it is, and its end', () => {
    resting('window')
      .when(judged({ ...breach, mode: 'observe' }, ready, { rests: 'night' }))
      .gives({ type: 'BreachOpened' })
    resting('window')
      .when(judged({ ...breach, mode: 'observe' }, ready))
      .gives({ type: 'BreachOpened' }, { type: 'RolloutResumed' })
  })

  test('that holds the rollout is not rested over', () => {
    given(...firstLive, breached(), paused('breach'))
      .when(judged(breach, ready, { rests: 'night' }))
      .givesNothing()
  })
})

test('abort wins while resting', () => {
  expect(resting('blind').when({ type: 'abort', why: '' }).state.status).toBe('aborting')
  expect(resting('window').when({ type: 'abort', why: '' }).state.status).toBe('aborting')
})

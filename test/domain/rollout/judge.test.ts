import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import { base } from '../../support/plan-builder.ts'
import {
  abortOpen,
  breached,
  created,
  firstLive,
  given,
  judged,
  lastLive,
  paused,
  ready,
  verdict,
} from '../../support/rollout-story.ts'

const breach = { verdict: 'breach' as const, logEvidence: 5, headline: 'yield fell' }
const severe = { ...breach, verdict: 'severe' as const, logEvidence: 9 }
const metric = 'first-pass yield' as const

describe('a breach', () => {
  test('pauses the rollout and says why', () => {
    const story = given(...firstLive).when(judged(breach))
    story.gives(
      { type: 'BreachOpened', metric, severity: 'breach', logEvidence: 5, by: firstpass },
      { type: 'RolloutPaused', reason: 'breach', why: 'yield fell' },
    )
    given(...firstLive, ...story.events)
      .when(judged(breach))
      .givesNothing()
  })

  test('found while a person has paused is recorded, and the pause stays theirs', () => {
    const story = given(...firstLive, paused()).when(judged(breach))
    story.gives({ type: 'BreachOpened' })
    expect(story.state).toMatchObject({ pause: { reason: 'person' } })
  })

  test('is only shown where the gate observes', () => {
    given(...firstLive)
      .when(judged({ ...severe, mode: 'observe' }))
      .givesNothing()
  })

  test('only pauses a gate that may roll back; a severe one takes every station back', () => {
    given(...firstLive)
      .when(judged({ ...breach, mode: 'roll back' }))
      .gives({ type: 'BreachOpened' }, { type: 'RolloutPaused' })
    const away = given(...firstLive).when(judged({ ...severe, mode: 'roll back' }))
    away.gives(
      { type: 'BreachOpened' },
      { type: 'RolloutAborted', why: 'rolled back by its gate: yield fell' },
    )
    expect(away.state).toMatchObject({ status: 'aborting', wayBack: [base] })
  })

  test('that is severe only pauses where the gate may do no more', () => {
    given(...firstLive)
      .when(judged(severe))
      .gives({ type: 'BreachOpened', severity: 'severe' }, { type: 'RolloutPaused' })
  })

  test('that turns severe while paused takes every station back where the gate may', () => {
    given(...firstLive, breached(), paused('breach'))
      .when(judged({ ...severe, mode: 'roll back' }))
      .gives({ type: 'BreachWorsened', logEvidence: 9 }, { type: 'RolloutAborted' })
  })

  test('of two gates names the severe one', () => {
    const both = verdict(breach, { ...severe, metric: 'error rate', headline: 'errors rose' })
    given(...firstLive)
      .when({ type: 'judge', verdict: both, readiness: ready })
      .gives(
        { type: 'BreachOpened', metric },
        { type: 'BreachOpened', metric: 'error rate' },
        { type: 'RolloutPaused', why: 'errors rose' },
      )
  })

  test('is not looked for before the start, in an abort, or after the end', () => {
    given(created()).when(judged(severe)).givesNothing()
    given(...abortOpen)
      .when(judged(severe))
      .givesNothing()
    given(...lastLive, { type: 'RolloutCompleted', why: null, override: [] })
      .when(judged(severe))
      .givesNothing()
  })
})

describe('recovery', () => {
  const open = [...firstLive, breached(), paused('breach')]

  test('closes the breach once the evidence is gone, and leaves the going on to a person', () => {
    const story = given(...open).when(judged({ verdict: 'wait', logEvidence: -0.1 }))
    story.gives({ type: 'BreachRecovered', metric })
    expect(story.state).toMatchObject({ status: 'paused', breaches: [{ closed: { how: 'recovered' } }] })
  })

  test('does not come with less evidence, nor with none at all', () => {
    given(...open)
      .when(judged({ verdict: 'wait', logEvidence: 0.1 }))
      .givesNothing()
    given(...open)
      .when(judged({ verdict: 'no data', logEvidence: -1 }))
      .givesNothing()
    given(...open)
      .when(judged({ verdict: 'blind', logEvidence: -1 }))
      .givesNothing()
  })

  test('may be followed by another breach', () => {
    const over = given(...open).when(judged({ verdict: 'wait', logEvidence: -1 }))
    const again = given(...open, ...over.events, { type: 'RolloutResumed', why: null }).when(judged(breach))
    again.gives({ type: 'BreachOpened' }, { type: 'RolloutPaused' })
    expect(again.state).toMatchObject({ breaches: [{ closed: { how: 'recovered' } }, { closed: null }] })
  })
})

describe('acknowledge', () => {
  const open = [...firstLive, breached('breach', metric, 5), paused('breach')]
  const acknowledge = { type: 'acknowledge' as const, metric, why: 'known bad lot', logEvidence: 7 }

  test('closes the breach, keeps the pause and accepts the evidence seen at that moment', () => {
    const story = given(...open).when(acknowledge)
    story.gives({ type: 'BreachAcknowledged', logEvidence: 7, why: 'known bad lot' })
    expect(story.state).toMatchObject({
      status: 'paused',
      breaches: [{ closed: { how: 'acknowledged' }, acknowledged: { why: 'known bad lot' } }],
      accepted: [{ metric, logEvidence: 7, why: 'known bad lot' }],
    })
  })

  test('accepts what the breach opened with when the gate was not asked anew', () => {
    given(...open)
      .when({ ...acknowledge, logEvidence: null })
      .gives({ type: 'BreachAcknowledged', logEvidence: 5 })
  })

  test('of a second breach comes on top of what was accepted before', () => {
    const first = given(...open).when(acknowledge)
    const again = [...open, ...first.events, breached('breach', metric, 4)]
    const second = given(...again).when({ ...acknowledge, logEvidence: 4.5 })
    expect(second.state).toMatchObject({ accepted: [{ metric, logEvidence: 11.5 }] })
  })

  test('needs a reason, and a breach of that metric', () => {
    given(...open)
      .when({ ...acknowledge, why: '' })
      .isRefused('invalid', /needs a reason/)
    given(...open)
      .when({ ...acknowledge, metric: 'error rate' })
      .isRefused('not now', /no error rate breach is open/)
    const once = given(...open).when(acknowledge)
    given(...open, ...once.events)
      .when(acknowledge)
      .isRefused('not now', /no first-pass yield breach/)
  })

  test('is refused before the start and in an abort', () => {
    given(created()).when(acknowledge).isRefused('not now')
    given(...abortOpen)
      .when(acknowledge)
      .isRefused('not now')
  })
})

describe('the last stage', () => {
  test('completes by itself when it is ready', () => {
    const story = given(...lastLive).when(judged({}, ready))
    story.gives({ type: 'RolloutCompleted', by: firstpass, override: [] })
    expect(story.state.status).toBe('completed')
  })

  test('does not complete while paused, not ready, or in the moment of a breach', () => {
    given(...lastLive)
      .when(judged())
      .givesNothing()
    given(...lastLive, paused())
      .when(judged({}, ready))
      .givesNothing()
    given(...lastLive)
      .when(judged(breach, ready))
      .gives({ type: 'BreachOpened' }, { type: 'RolloutPaused' })
  })

  test('is the only one that goes on by itself', () => {
    given(...firstLive)
      .when(judged({}, ready))
      .givesNothing()
  })
})

import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import { base, station } from '../../support/plan-builder.ts'
import {
  abortOpen,
  breached,
  completed,
  created,
  firstLive,
  given,
  judged,
  judgedAll,
  lastLive,
  paused,
  ready,
  recovered,
  resumed,
  usualPolicy,
  verdict,
} from '../../support/rollout-story.ts'
import { aSuspect } from '../../support/verdict-builder.ts'

const breach = { verdict: 'breach' as const, logEvidence: 5, headline: 'yield fell' }
const severe = { ...breach, verdict: 'severe' as const, logEvidence: 9 }
const rollBack = { mode: 'roll back' as const }
const mayRollBack = { autoRollback: true }
const gate = 'first-pass yield'

describe('a breach', () => {
  test('pauses the rollout and says why', () => {
    const story = given(...firstLive).when(judged(breach))
    story.gives(
      { type: 'BreachOpened', gate, mode: 'pause', severity: 'breach', logEvidence: 5, by: firstpass },
      { type: 'RolloutPaused', reason: 'breach', why: 'yield fell', by: firstpass },
    )
    expect(story.state).toMatchObject({ breaches: [{ gate, headline: 'yield fell', openedAt: story.now }] })
    given(...firstLive, ...story.events)
      .when(judged(breach))
      .givesNothing()
  })

  test('is named by its gate, of which several may look at one metric', () => {
    const night = { ...breach, name: 'yield by night' }
    given(...firstLive, breached(), paused('breach'))
      .when(judged(night))
      .gives({ type: 'BreachOpened', gate: 'yield by night' })
  })

  test('keeps the details, and the station that is suspected before the build', () => {
    const suspect = { ...aSuspect(4, true), stationId: station(1) }
    const story = given(...firstLive).when(judged({ ...breach, details: ['SN-7 failed'], suspect }))
    const kept = { details: ['SN-7 failed'], suspect: { stationId: station(1), isSuspected: true } }
    story.gives({ type: 'BreachOpened', ...kept }, { type: 'RolloutPaused' })
    expect(story.state).toMatchObject({ breaches: [kept] })
    given(...firstLive)
      .when(judged({ ...breach, suspect: { ...suspect, isSuspected: false } }))
      .gives({ type: 'BreachOpened', suspect: { isSuspected: false } } as object, { type: 'RolloutPaused' })
    given(...firstLive)
      .when(judged(breach))
      .gives({ type: 'BreachOpened', details: [], suspect: null }, { type: 'RolloutPaused' })
  })

  test('found while a person has paused is recorded, and the pause stays theirs', () => {
    const story = given(...firstLive, paused()).when(judged(breach))
    story.gives({ type: 'BreachOpened' })
    expect(story.state).toMatchObject({ pause: { reason: 'person' } })
  })

  test('that turns severe is told once more, and a pause for it is not begun again', () => {
    const open = given(...firstLive, breached(), paused('breach'))
    const worse = open.when(judged({ ...severe, headline: 'yield fell far' }))
    worse.gives({ type: 'BreachWorsened', gate, logEvidence: 9, headline: 'yield fell far' })
    expect(worse.state).toMatchObject({
      breaches: [{ severity: 'severe', logEvidence: 9, headline: 'yield fell far' }],
    })
    given(...open.events, ...worse.events)
      .when(judged(severe))
      .givesNothing()
    given(...open.events, ...worse.events)
      .when(judged(breach))
      .givesNothing()
  })

  test('of two gates names the severe one', () => {
    const both = verdict(breach, { ...severe, name: 'error rate', headline: 'errors rose' })
    given(...firstLive)
      .when(judgedAll(both))
      .gives(
        { type: 'BreachOpened', gate },
        { type: 'BreachOpened', gate: 'error rate' },
        { type: 'RolloutPaused', why: 'errors rose' },
      )
  })

  test('is not looked for before the start, in an abort, or after the end', () => {
    given(created()).when(judged(severe)).givesNothing()
    given(...abortOpen)
      .when(judged(severe))
      .givesNothing()
    given(...lastLive, completed)
      .when(judged(severe))
      .givesNothing()
  })
})

describe('a severe breach', () => {
  test('takes every station back where its gate and the policy both say so', () => {
    const away = given(...firstLive).when(judged({ ...severe, ...rollBack }, ready, mayRollBack))
    away.gives(
      { type: 'BreachOpened', severity: 'severe', mode: 'roll back' },
      { type: 'RolloutAborted', why: 'rolled back by its gate: yield fell', wayBack: [base], by: firstpass },
    )
    expect(away.state).toMatchObject({
      status: 'aborting',
      wayBack: [base],
      breaches: [{ closed: { how: 'aborted' } }],
    })
  })

  test('only pauses where the policy does not, or the gate may do no more', () => {
    const pauses = [{ type: 'BreachOpened' as const }, { type: 'RolloutPaused' as const }]
    given(...firstLive)
      .when(judged({ ...severe, ...rollBack }, ready, { autoRollback: false }))
      .gives(...pauses)
    given(...firstLive)
      .when(judged(severe, ready, mayRollBack))
      .gives(...pauses)
    given(...firstLive)
      .when(judged({ ...breach, ...rollBack }, ready, mayRollBack))
      .gives(...pauses)
  })

  test.each(['person', 'breach', 'blind', 'window'] as const)(
    'takes every station back while paused: %s',
    (reason) => {
      given(...firstLive, ...(reason === 'breach' ? [breached()] : []), paused(reason))
        .when(judged({ ...severe, ...rollBack }, ready, mayRollBack))
        .gives(
          { type: reason === 'breach' ? 'BreachWorsened' : 'BreachOpened', logEvidence: 9 },
          { type: 'RolloutAborted' },
        )
    },
  )

  test('of one gate rolls back although another, that only pauses, is severe as well', () => {
    const both = verdict(severe, { ...severe, ...rollBack, name: 'error rate', headline: 'errors rose' })
    given(...firstLive)
      .when(judgedAll(both, { ...usualPolicy, ...mayRollBack }))
      .gives(
        { type: 'BreachOpened' },
        { type: 'BreachOpened' },
        { type: 'RolloutAborted', why: 'rolled back by its gate: errors rose' },
      )
  })

  test('of a build that no station took ends the rollout with it', () => {
    const untaken = given(created()).when({ type: 'start' })
    const away = given(created(), ...untaken.events).when(
      judged({ ...severe, ...rollBack }, ready, mayRollBack),
    )
    away.gives({ type: 'BreachOpened' }, { type: 'RolloutAborted' }, { type: 'AbortFinished' })
  })
})

describe('recovery', () => {
  const open = [...firstLive, breached(), paused('breach')]

  test('closes the breach once the evidence is gone, and leaves the going on to a person', () => {
    const story = given(...open).when(judged({ verdict: 'wait', logEvidence: -0.1 }))
    story.gives({ type: 'BreachRecovered', gate })
    expect(story.state).toMatchObject({ status: 'paused', breaches: [{ closed: { how: 'recovered' } }] })
  })

  test('does not come with less evidence, nor with none at all', () => {
    given(...open)
      .when(judged({ verdict: 'wait', logEvidence: 0.1 }))
      .givesNothing()
    given(...open)
      .when(judged({ verdict: 'wait', logEvidence: 0 }))
      .givesNothing()
    given(...open)
      .when(judged({ verdict: 'no data', logEvidence: -1 }))
      .givesNothing()
    given(...open)
      .when(judged({ verdict: 'blind', logEvidence: -1 }))
      .givesNothing()
  })

  test('of one gate leaves the breach of another open', () => {
    const two = [...open.slice(0, -1), breached({ gate: 'error rate' }), paused('breach')]
    const story = given(...two).when(judged({ name: 'error rate', verdict: 'pass', logEvidence: -1 }))
    story.gives({ type: 'BreachRecovered', gate: 'error rate' })
    expect(story.state).toMatchObject({
      breaches: [
        { gate, closed: null },
        { gate: 'error rate', closed: { how: 'recovered' } },
      ],
    })
  })

  test('may be followed by another breach', () => {
    const again = given(...open, recovered(), resumed).when(judged(breach))
    again.gives({ type: 'BreachOpened' }, { type: 'RolloutPaused' })
    expect(again.state).toMatchObject({ breaches: [{ closed: { how: 'recovered' } }, { closed: null }] })
  })
})

describe('the last stage', () => {
  test('completes by itself when it is ready, and keeps the evidence it saw', () => {
    const story = given(...lastLive).when(judged({ logEvidence: -3 }, ready))
    story.gives({
      type: 'RolloutCompleted',
      by: firstpass,
      override: [],
      evidence: [
        {
          name: gate,
          verdict: 'pass',
          canary: { stations: 1, n: 60, bad: 7, rate: 7 / 60 },
          base: { stations: 9, n: 540, bad: 9, rate: 9 / 540 },
          logEvidence: -3,
          logThreshold: Math.log(50),
        },
      ],
    })
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

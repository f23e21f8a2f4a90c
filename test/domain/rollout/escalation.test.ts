// A breach that nobody answers: the second group is called, once.
import { describe, expect, test } from 'vitest'
import { hour, minute } from '../../../server/domain/instant.ts'
import { decide } from '../../../server/domain/rollout/decide.ts'
import {
  breached,
  firstLive,
  given,
  judged,
  marek,
  notReady,
  paused,
  recovered,
} from '../../support/rollout-story.ts'

const after = 30 * minute
/** The gate still shows what it breached with. */
const still = { verdict: 'breach', logEvidence: 6 } as const
const judge = (gate = {}, escalateAfterMs: number | null = after) =>
  judged({ ...still, ...gate }, notReady, { escalateAfterMs })
const byGate = { type: 'RolloutPaused' as const, reason: 'breach' as const, why: 'yield fell' }
const service = { kind: 'service' as const, id: 'firstpass', name: 'Firstpass', door: 'service' as const }
const open = [...firstLive, breached(), { ...byGate, by: service }]
const openedAt = given(...firstLive, breached()).events.at(-1)?.at ?? 0

describe('a breach that nobody answers', () => {
  test('calls the second group when its time has passed, and once', () => {
    given(...open)
      .when(judge(), openedAt + after - 1)
      .givesNothing()
    const story = given(...open).when(judge(), openedAt + after)
    story.gives({ type: 'BreachEscalated', gate: 'first-pass yield', by: { id: 'firstpass' } as never })
    expect(story.state).toMatchObject({ breaches: [{ escalatedAt: openedAt + after }] })
    given(...open, ...story.events)
      .when(judge(), openedAt + 20 * after)
      .givesNothing()
  })

  test('moves no version on: nobody’s button goes stale', () => {
    const story = given(...open).when(judge(), openedAt + after)
    expect(story.state.version).toBe(story.before.version)
  })

  test('calls nobody where there is no second group', () => {
    given(...open)
      .when(judge({}, null), openedAt + 9 * after)
      .givesNothing()
  })

  test('calls nobody when it was acknowledged, has recovered, or ends in the same look', () => {
    const acknowledged = given(...open).when(
      {
        type: 'acknowledge',
        gate: 'first-pass yield',
        why: 'lot 7',
        logEvidence: null,
        evidence: [],
        by: marek,
      },
      openedAt + minute,
    )
    given(...open, ...acknowledged.events)
      .when(judge({ verdict: 'pass', logEvidence: 0 }), openedAt + after)
      .givesNothing()
    given(...open, recovered())
      .when(judge({ verdict: 'pass', logEvidence: 0 }), openedAt + after)
      .givesNothing()
    given(...open)
      .when(judge({ verdict: 'pass', logEvidence: -1 }), openedAt + after)
      .gives({ type: 'BreachRecovered' })
  })

  test('calls nobody when its gate only observes', () => {
    given(...firstLive, breached({ mode: 'observe' }))
      .when(judge({ mode: 'observe' }), openedAt + after)
      .givesNothing()
  })

  test('calls nobody once a person has paused for it, and still does after a pause from before it', () => {
    given(...open, { ...paused(), by: marek })
      .when(judge(), openedAt + after)
      .givesNothing()
    const lunch = given(...firstLive, { ...paused(), by: marek }, breached())
    lunch.when(judge(), openedAt + minute + after).gives({ type: 'BreachEscalated' })
  })

  test('calls nobody when the rollout is rolled back in the same look, or was aborted', () => {
    const severe = { verdict: 'severe' as const, mode: 'roll back' as const, logEvidence: 20 }
    const back = given(...open).when(
      judged({ ...still, ...severe }, notReady, { escalateAfterMs: after, autoRollback: true }),
      openedAt + after,
    )
    back.gives({ type: 'BreachWorsened' }, { type: 'RolloutAborted' })
    const aborted = given(...open).when({ type: 'abort', why: 'bad' })
    given(...open, ...aborted.events)
      .when(judge(), openedAt + after)
      .givesNothing()
  })

  test('is called for beside another one that opens only now', () => {
    const story = given(...open)
    const both = story.when(judge({ name: 'error rate' }), openedAt + hour)
    both.gives(
      { type: 'BreachOpened', gate: 'error rate' },
      { type: 'BreachEscalated', gate: 'first-pass yield' },
    )
    const again = decide(
      { ...judge({ name: 'error rate' }), by: service } as Parameters<typeof decide>[0],
      both.state,
      openedAt + hour,
    )
    expect(again).toEqual({ events: [] })
  })
})

import { describe, expect, test } from 'vitest'
import {
  abortOpen,
  breached,
  completed,
  created,
  firstLive,
  given,
  lastLive,
  paused,
} from '../../support/rollout-story.ts'

const pause = { type: 'pause' as const, why: 'shift change' }
const resume = { type: 'resume' as const, why: null }

describe('pause', () => {
  test('keeps every station where it is', () => {
    const story = given(...firstLive).when(pause)
    story.gives({ type: 'RolloutPaused', reason: 'person', why: 'shift change' })
    expect(story.state.stations).toEqual(story.before.stations)
  })

  test('needs a reason', () => {
    given(...firstLive)
      .when({ ...pause, why: '' })
      .isRefused('invalid', /needs a reason/)
  })

  test('twice is one event', () => {
    given(...firstLive, paused())
      .when(pause)
      .givesNothing()
  })

  test('by a person takes a pause for a breach over', () => {
    const story = given(...firstLive, breached(), paused('breach')).when(pause)
    story.gives({ type: 'RolloutPaused', reason: 'person' })
    expect(story.state).toMatchObject({ pause: { reason: 'person' }, breaches: [{ closed: null }] })
  })

  test('has nothing to pause before the start, in an abort, or after the end', () => {
    given(created()).when(pause).isRefused('not now')
    given(...abortOpen)
      .when(pause)
      .isRefused('not now')
    given(...lastLive, completed)
      .when(pause)
      .isRefused('terminal')
  })
})

describe('resume', () => {
  test('goes on', () => {
    given(...firstLive, paused())
      .when(resume)
      .gives({ type: 'RolloutResumed' })
  })

  test('of a rollout that is going on changes nothing', () => {
    given(...firstLive)
      .when(resume)
      .givesNothing()
  })

  test('is refused while a breach is open, whoever paused', () => {
    given(...firstLive, breached(), paused('breach'))
      .when(resume)
      .isRefused('not now', /first-pass yield is breached/)
    given(...firstLive, paused(), breached())
      .when(resume)
      .isRefused('not now', /is breached/)
  })
})

import { describe, expect, test } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import { soakedMs } from '../../../server/domain/rollout/state.ts'
import {
  abortOpen,
  breached,
  created,
  firstLive,
  given,
  lastLive,
  live,
  paused,
  t0,
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
    given(...lastLive, { type: 'RolloutCompleted', why: null, override: [] })
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

describe('the soak clock', () => {
  const soakedAt = (story: ReturnType<typeof given>, now: number) =>
    'soakedMs' in story.state ? soakedMs(story.state, now) : Number.NaN
  const liveAt = 4 * minute + t0

  test('runs from the moment the stage is live', () => {
    expect(soakedAt(given(...firstLive.slice(0, -1)), liveAt + 9 * minute)).toBe(0)
    expect(soakedAt(given(...firstLive), liveAt + 9 * minute)).toBe(9 * minute)
  })

  test('stands while paused and goes on from there', () => {
    const held = { ...paused(), at: liveAt + 10 * minute }
    expect(soakedAt(given(...firstLive, held), liveAt + 60 * minute)).toBe(10 * minute)
    const resumed = { type: 'RolloutResumed' as const, why: null, at: liveAt + 30 * minute }
    expect(soakedAt(given(...firstLive, held, resumed), liveAt + 35 * minute)).toBe(15 * minute)
  })

  test('of a stage that goes live while paused starts with the resume', () => {
    const story = [...firstLive.slice(0, -1), paused(), live(0)]
    expect(soakedAt(given(...story), liveAt + 60 * minute)).toBe(0)
    const resumed = { type: 'RolloutResumed' as const, why: null, at: liveAt + 30 * minute }
    expect(soakedAt(given(...story, resumed), liveAt + 35 * minute)).toBe(5 * minute)
  })
})

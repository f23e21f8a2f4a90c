// Asking for retests is written down: who, when and how many, in whatever state, and it moves nothing.
import { describe, expect, test } from 'vitest'
import {
  aborted,
  abortOpen,
  completed,
  created,
  firstLive,
  given,
  lastLive,
  marek,
  paused,
} from '../../support/rollout-story.ts'

const asked = { type: 'retests', pairs: 4, units: 8, by: marek } as const

describe('asking for retests', () => {
  test.each([
    ['active', firstLive],
    ['paused', [...firstLive, paused('breach')]],
    ['aborting', abortOpen],
    ['aborted', [created(), aborted()]],
    ['completed', [...lastLive, completed]],
  ])(
    'is recorded as a person’s word while %s, and leaves state and version as they were',
    (status, steps) => {
      const story = given(...steps).when(asked)
      story.gives({ type: 'RetestsAsked', pairs: 4, units: 8, by: marek, at: story.now })
      expect(story.before.status).toBe(status)
      expect(story.state).toEqual(story.before)
    },
  )

  test('makes no button stale', () => {
    const story = given(...firstLive)
    const against = { version: story.state.version, stageIndex: 0 }
    given(...firstLive, ...story.when(asked).events)
      .when({ type: 'pause', why: 'lunch', against })
      .gives({ type: 'RolloutPaused' })
  })

  test('a second time is a second event: other units were listed', () => {
    const first = given(...firstLive).when(asked)
    given(...firstLive, ...first.events)
      .when(asked)
      .gives({ type: 'RetestsAsked' })
  })
})

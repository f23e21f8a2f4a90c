// After completion each station is compared with its own past: alarms are told, and nothing is taken back.
import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import { hour } from '../../../server/domain/instant.ts'
import {
  abortOpen,
  completed,
  created,
  firstLive,
  given,
  lastLive,
  verdict,
} from '../../support/rollout-story.ts'

const breach = { verdict: 'breach' as const, logEvidence: 5, headline: 'yield fell on ICT-3' }
const severe = { ...breach, verdict: 'severe' as const, logEvidence: 9 }
const gate = 'first-pass yield'
const watch = (...gates: Parameters<typeof verdict>) =>
  ({ type: 'watch', verdict: verdict(...gates), by: firstpass }) as const
const done = [...lastLive, completed]
const completedAt = given(...done).events.at(-1)?.at ?? 0

describe('the watch', () => {
  test('alarms once for a breach', () => {
    const story = given(...done).when(watch(breach))
    story.gives({
      type: 'WatchAlarmed',
      gate,
      severity: 'breach',
      logEvidence: 5,
      headline: 'yield fell on ICT-3',
    })
    const { version } = story.before
    expect(story.state).toMatchObject({
      status: 'completed',
      version,
      alarms: [{ gate, severity: 'breach', at: story.now }],
    })
    given(...done, ...story.events)
      .when(watch({ ...breach, logEvidence: 8 }))
      .givesNothing()
  })

  test('alarms once more when it turns severe, and never after', () => {
    const first = given(...done).when(watch(breach))
    const worse = given(...done, ...first.events).when(watch(severe))
    worse.gives({ type: 'WatchAlarmed', severity: 'severe' })
    expect(worse.state).toMatchObject({ alarms: [{ gate, severity: 'severe', logEvidence: 9 }] })
    const told = given(...done, ...first.events, ...worse.events)
    told.when(watch(severe)).givesNothing()
    told.when(watch(breach)).givesNothing()
  })

  test('that begins severe alarms once', () => {
    const story = given(...done).when(watch(severe))
    story.gives({ type: 'WatchAlarmed', severity: 'severe' })
    given(...done, ...story.events)
      .when(watch(severe))
      .givesNothing()
  })

  test('tells each gate by itself, also those that only observe, and leaves the quiet ones', () => {
    const story = given(...done).when(
      watch(breach, { name: 'duration', verdict: 'grey' }, { ...severe, name: 'errors', mode: 'observe' }),
    )
    story.gives({ type: 'WatchAlarmed', gate }, { type: 'WatchAlarmed', gate: 'errors' })
    expect(story.state).toMatchObject({ alarms: [{ gate }, { gate: 'errors' }] })
    given(...done, ...story.events)
      .when(watch({ ...breach, name: 'duration' }))
      .gives({ type: 'WatchAlarmed', gate: 'duration' })
  })

  test('ends with its time', () => {
    const end = completedAt + 24 * hour
    given(...done)
      .when(watch(breach), end - 1)
      .gives({ type: 'WatchAlarmed' })
    given(...done)
      .when(watch(severe), end)
      .givesNothing()
  })

  test('has nothing to watch before completion, or after an abort', () => {
    for (const story of [[created()], firstLive, abortOpen])
      given(...story)
        .when(watch(severe))
        .givesNothing()
  })
})

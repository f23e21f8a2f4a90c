import { describe, expect, test } from 'vitest'
import { station } from '../../support/plan-builder.ts'
import {
  aborted,
  abortOpen,
  created,
  firstLive,
  given,
  judged,
  secondStage,
} from '../../support/rollout-story.ts'

const waive = (number: number) =>
  ({ type: 'waive', stationId: station(number), why: 'switched off' }) as const

describe('waive', () => {
  test('lets a stage go live without its silent station', () => {
    const confirmedOthers = [2, 3, 4].map((number) => ({
      type: 'StationConfirmed' as const,
      stationId: station(number),
    }))
    const waived = given(...secondStage, ...confirmedOthers).when(waive(5))
    waived.gives({ type: 'StationWaived', why: 'switched off' })
    given(...secondStage, ...confirmedOthers, ...waived.events)
      .when(judged())
      .gives({ type: 'StageWentLive', stageIndex: 1 })
  })

  test('lets an abort finish without its silent stations', () => {
    const one = given(...abortOpen).when(waive(1))
    one.gives({ type: 'StationWaived' })
    given(...abortOpen, ...one.events)
      .when(waive(2))
      .gives({ type: 'StationWaived' }, { type: 'AbortFinished' })
  })

  test('given for a stage does not hold for its abort', () => {
    const waived = given(...firstLive).when(waive(1))
    const story = given(...firstLive, ...waived.events).when({ type: 'abort', why: 'bad' })
    story.gives({ type: 'RolloutAborted' })
    expect(story.state.stations[station(1)]).toMatchObject({ status: 'reverting', waived: null })
  })

  test('twice is one event', () => {
    const waived = given(...secondStage).when(waive(2))
    given(...secondStage, ...waived.events)
      .when(waive(2))
      .givesNothing()
  })

  test('needs a reason and a station that something waits for', () => {
    given(...secondStage)
      .when({ ...waive(2), why: ' ' })
      .isRefused('invalid', /needs a reason/)
    given(...secondStage)
      .when(waive(99))
      .isRefused('invalid', /not part of this rollout/)
    given(...secondStage)
      .when(waive(8))
      .isRefused('not now', /nothing waits/)
    given(...abortOpen)
      .when(waive(4))
      .isRefused('not now', /nothing waits/)
  })

  test('is refused before the start and after the end', () => {
    given(created())
      .when(waive(1))
      .isRefused('not now', /pending/)
    given(created(), aborted())
      .when(waive(1))
      .isRefused('not now', /aborted/)
  })
})

import { describe, expect, test } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import { station } from '../../support/plan-builder.ts'
import {
  type Asked,
  abortOpen,
  advanced,
  confirmed,
  created,
  firstLive,
  given,
  pulled,
  ready,
  secondStage,
} from '../../support/rollout-story.ts'

const undo = { type: 'undo' as const, why: 'wrong button' }
const set = (share: number): Asked => ({
  type: 'set',
  share,
  why: 'all is well',
  override: false,
  readiness: ready,
  evidence: [],
})

describe('undo', () => {
  test('un-pins the stations that have not run the new build, and goes back a stage', () => {
    const story = given(...secondStage, confirmed(station(2)), pulled(station(3))).when(undo)
    story.gives({ type: 'StageUndone', from: 1, to: 0, stations: [3, 4, 5].map(station) })
    expect(story.state).toMatchObject({ stageIndex: 0, approvals: [] })
    expect(story.state.stations[station(2)]?.status).toBe('confirmed')
    expect(story.state.stations[station(3)]).toEqual({ status: 'queued', trouble: null, waived: null })
  })

  test('brings the soak back that the former stage had gathered', () => {
    const story = given(...secondStage).when(undo)
    expect(story.state).toMatchObject({ soakedMs: 2 * minute, soakingSince: null })
  })

  test('is refused when every station of the stage has run the new build', () => {
    const all = [2, 3, 4, 5].map((number) => confirmed(station(number)))
    given(...secondStage, ...all)
      .when(undo)
      .isRefused('not now', /already run the new build/)
  })

  test('of the first stage is refused: abort does that', () => {
    given(...firstLive)
      .when(undo)
      .isRefused('not now', /first stage cannot be undone/)
  })

  test('twice goes back two stages at most, then there is nothing more to undo', () => {
    const twoUp = given(...secondStage, ...advanced(2, ...[6, 7, 8, 9, 10].map(station))).when(undo)
    expect(twoUp.state).toMatchObject({ stageIndex: 1, stageHistory: [{ stageIndex: 0 }, { stageIndex: 1 }] })
    const oneUp = given(...secondStage).when(undo)
    expect(oneUp.state).toMatchObject({ stageIndex: 0, stageHistory: [{ stageIndex: 0 }] })
  })

  test('of a jump brings back the stages that the jump replaced', () => {
    const jump = set(1)
    const jumped = given(...firstLive).when(jump)
    expect(jumped.state.plan.stages).toHaveLength(2)
    const back = given(...firstLive, ...jumped.events).when(undo)
    expect(back.state.plan).toEqual(given(...firstLive).state.plan)
  })

  test('leaves room for the station that had run: a smaller stage then takes fewer others', () => {
    const undone = given(...secondStage, confirmed(station(5))).when(undo)
    const jump = set(0.3)
    given(...secondStage, confirmed(station(5)), ...undone.events)
      .when(jump)
      .gives({ type: 'StageSet' }, { type: 'StageStarted', stations: [station(2)] })
  })

  test('is refused before the start and in an abort', () => {
    given(created())
      .when(undo)
      .isRefused('not now', /has not started/)
    given(...abortOpen)
      .when(undo)
      .isRefused('not now', /being aborted/)
  })
})

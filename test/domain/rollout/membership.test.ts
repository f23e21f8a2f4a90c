// Stations that are held, excluded and come back while a rollout goes on.
import { describe, expect, test } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import { canaryStations, isExposed } from '../../../server/domain/rollout/state.ts'
import { base, build, station } from '../../support/plan-builder.ts'
import {
  aborted,
  advance,
  advanced,
  completed,
  confirmed,
  created,
  firstLive,
  given,
  secondStage,
  stage,
  started,
  t0,
} from '../../support/rollout-story.ts'

const later = t0 + 60 * minute
const passOver = (number: number) =>
  ({ type: 'pass over', stationId: station(number), why: 'held: calibration' }) as const
const exclude = (number: number) =>
  ({ type: 'exclude', stationId: station(number), why: 'excluded: drifts' }) as const
const ran = (number: number, deploymentId = base, startedAt = later) =>
  ({ type: 'run', stationId: station(number), deploymentId, startedAt }) as const
const passedOver = (number: number) => ({
  type: 'StationLeft' as const,
  stationId: station(number),
  why: 'held: calibration',
})
const excluded = (number: number, at = t0 + 30 * minute) => ({
  type: 'StationExcluded' as const,
  stationId: station(number),
  why: 'excluded: drifts',
  at,
})
const joined = (number: number, at = t0 + 50 * minute) => ({
  type: 'StationJoined' as const,
  stationId: station(number),
  at,
})

describe('a station held in mid-rollout', () => {
  test('is passed over while it waits, and the stages are of those that remain', () => {
    const held = given(...firstLive).when(passOver(2))
    held.gives({ type: 'StationLeft', why: 'held: calibration' })
    // Half of the nine that remain is five, one of which has the build.
    given(...firstLive, passedOver(2))
      .when(advance)
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted', stations: [3, 4, 5, 6].map(station) })
    given(...firstLive, passedOver(2))
      .when(passOver(2))
      .givesNothing()
  })

  test('comes back to its own place when the hold ends', () => {
    given(...firstLive, passedOver(2), joined(2))
      .when(advance)
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted', stations: [2, 3, 4, 5].map(station) })
  })

  test('keeps a build that it has or is being given', () => {
    given(...firstLive)
      .when(passOver(1))
      .givesNothing()
    given(...secondStage)
      .when(passOver(4))
      .givesNothing()
  })
})

describe('a station excluded in mid-rollout', () => {
  test('leaves whatever it runs; the stage goes live without it', () => {
    const waiting = [created(), started, stage(0, station(1)), confirmed(station(1))]
    const story = given(...waiting, ...advanced(1, station(2), station(3)), confirmed(station(2)))
    const out = story.when(exclude(3))
    out.gives({ type: 'StationExcluded', why: 'excluded: drifts' }, { type: 'StageWentLive', stageIndex: 1 })
    expect(canaryStations(out.state)).toEqual([station(1), station(2)])
    given(...firstLive, excluded(1))
      .when(exclude(1))
      .givesNothing()
  })

  test('counts in neither arm from then on, until it has joined again', () => {
    const from = t0 + 30 * minute
    const { state } = given(...firstLive, excluded(1, from))
    expect(state.stations[station(1)]).toMatchObject({ uncounted: [{ from, to: null }] })
    const back = given(
      ...firstLive,
      excluded(1, from),
      { type: 'StationReverted', stationId: station(1), at: from + minute },
      joined(1, from + 20 * minute),
      { ...stage(1, station(1)), at: from + 21 * minute },
      { ...confirmed(station(1)), at: from + 22 * minute },
    )
    expect(back.state.stations[station(1)]).toMatchObject({
      status: 'confirmed',
      uncounted: [{ from, to: from + 20 * minute }],
    })
  })

  test('keeps an abort open until it has shown base, if it may have run the build', () => {
    const story = given(...firstLive, excluded(1), { ...aborted(), at: t0 + 40 * minute })
    expect(story.state).toMatchObject({ status: 'aborting' })
    expect(story.state.stations[station(1)]?.status).toBe('reverting')
    story.when(ran(1)).gives({ type: 'StationReverted' }, { type: 'AbortFinished' })
    given(...firstLive, excluded(1))
      .when({ type: 'abort', why: 'bad build' })
      .gives({ type: 'RolloutAborted' })
  })

  test('that was seen back on base, or never had the build, keeps no abort open', () => {
    const back = given(...firstLive, excluded(1)).when(ran(1))
    back.gives({ type: 'StationReverted' })
    given(...firstLive, excluded(1), ...back.events)
      .when({ type: 'abort', why: 'bad build' })
      .gives({ type: 'RolloutAborted' }, { type: 'AbortFinished' })
    given(...firstLive, excluded(7))
      .when({ type: 'exclude', stationId: station(1), why: 'x' })
      .gives({ type: 'StationExcluded' })
  })

  test('is exposed again by a run of the build, also while the rollout goes on', () => {
    const seen = given(...firstLive, excluded(7)).when(ran(7, build))
    seen.gives({ type: 'StationExposedAgain' })
    const now = seen.state.stations[station(7)]
    expect(now && isExposed(now)).toBe(true)
    expect(now?.status).toBe('left')
  })

  test('joins again only when it has been seen back on base', () => {
    given(...firstLive, excluded(1))
      .when({ type: 'join', stationId: station(1) })
      .givesNothing()
    given(...firstLive, excluded(7))
      .when({ type: 'join', stationId: station(7) })
      .gives({ type: 'StationJoined' })
  })

  test('is left alone by an ended rollout, and by one that takes every station back anyhow', () => {
    for (const end of [completed, aborted()])
      given(...firstLive, end)
        .when(exclude(1))
        .givesNothing()
  })
})

import { describe, expect, test } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import { base, build, station, thirdBuild } from '../../support/plan-builder.ts'
import {
  aborted,
  advance,
  advanced,
  created,
  firstLive,
  given,
  paused,
  pulled,
  secondStage,
  stage,
  started,
  t0,
} from '../../support/rollout-story.ts'

const pinned = [created(), started, stage(0, station(1))]
const pinnedAt = t0 + 2 * minute
const run = (number: number, deploymentId = build, startedAt = pinnedAt + minute) =>
  ({ type: 'run', stationId: station(number), deploymentId, startedAt }) as const
const pickup = (state: 'pulled' | 'running' | 'failed', at = pinnedAt + 1000, deploymentId = build) =>
  ({ type: 'pickup', stationId: station(1), deploymentId, state, message: null, at }) as const
const statusOf = (story: { state: { stations: Record<string, { status: string }> } }, number: number) =>
  story.state.stations[station(number)]?.status

describe('a pickup', () => {
  test('that the build was pulled is an intention and confirms nothing', () => {
    const story = given(...pinned).when(pickup('pulled'))
    story.gives({ type: 'StationPulled' })
    expect(statusOf(story, 1)).toBe('pulled')
    given(...pinned, ...story.events)
      .when(pickup('pulled'))
      .givesNothing()
  })

  test('that the build runs confirms the station, and the stage is live', () => {
    const story = given(...pinned).when(pickup('running'))
    story.gives({ type: 'StationConfirmed' }, { type: 'StageWentLive' })
    expect(statusOf(story, 1)).toBe('confirmed')
  })

  test('that failed is shown once, until the station takes the build after all', () => {
    const failed = given(...pinned).when({ ...pickup('failed'), message: 'disk full' })
    failed.gives({
      type: 'StationTroubled',
      trouble: { kind: 'failed', since: failed.now, detail: 'disk full' },
    })
    given(...pinned, ...failed.events)
      .when(pickup('failed'))
      .givesNothing()
    const taken = given(...pinned, ...failed.events).when(pickup('pulled'))
    expect(taken.state.stations[station(1)]).toMatchObject({ status: 'pulled', trouble: null })
  })

  test('that failed says nothing once the station has run the build since', () => {
    const story = [...pinned, ...given(...pinned).when(run(1)).events]
    given(...story)
      .when(pickup('failed'))
      .givesNothing()
  })

  test('from before the pin says nothing', () => {
    given(...pinned)
      .when(pickup('pulled', pinnedAt - 1))
      .givesNothing()
    given(...pinned)
      .when(pickup('running', pinnedAt - 1))
      .givesNothing()
    given(...pinned)
      .when(pickup('failed', pinnedAt - 1))
      .givesNothing()
  })

  test('of base confirms nothing', () => {
    given(...pinned)
      .when(pickup('running', pinnedAt + 1, base))
      .givesNothing()
  })

  test('read late does not hide the run that began right after it', () => {
    const read = given(...pinned).when(pickup('pulled', pinnedAt + 1000), pinnedAt + 10 * minute)
    given(...pinned, ...read.events)
      .when(run(1, build, pinnedAt + 2000))
      .gives({ type: 'StationConfirmed' }, { type: 'StageWentLive' })
  })
})

describe('a run', () => {
  test('on the new build confirms the station, also while the rollout is paused', () => {
    given(...pinned)
      .when(run(1))
      .gives({ type: 'StationConfirmed' }, { type: 'StageWentLive' })
    given(...pinned, paused())
      .when(run(1))
      .gives({ type: 'StationConfirmed' }, { type: 'StageWentLive' })
    given(...secondStage)
      .when(run(2, build, t0 + 60 * minute))
      .gives({ type: 'StationConfirmed' })
  })

  test('that began before the pin confirms nothing', () => {
    given(...pinned)
      .when(run(1, build, pinnedAt - 1))
      .givesNothing()
  })

  test('on base between the pin and the swap is no drift', () => {
    given(...pinned)
      .when(run(1, base))
      .givesNothing()
  })

  test.each([
    ['a pinned station', 1, thirdBuild],
    ['a station on base', 7, thirdBuild],
    ['a station whose turn has not come', 7, build],
  ])('of %s on the wrong build is drift, once', (_, number, deploymentId) => {
    const story = given(...pinned).when(run(number, deploymentId))
    story.gives({ type: 'StationTroubled' })
    expect(story.state.stations[station(number)]?.trouble).toMatchObject({ kind: 'drifted' })
    given(...pinned, ...story.events)
      .when(run(number, deploymentId, pinnedAt + 9 * minute))
      .givesNothing()
  })

  test('on base of a confirmed station is drift; one that began before is not', () => {
    const confirmedAt = t0 + 3 * minute
    given(...firstLive)
      .when(run(1, base, confirmedAt + minute))
      .gives({ type: 'StationTroubled' })
    given(...firstLive)
      .when(run(1, base, confirmedAt - 1))
      .givesNothing()
  })

  test('on the right build clears drift only when it is the newer one', () => {
    const drifted = given(...firstLive).when(run(1, thirdBuild, t0 + 5 * minute))
    const story = given(...firstLive, ...drifted.events)
    story.when(run(1, build, drifted.now - 1)).givesNothing()
    story.when(run(1, build, drifted.now + 1)).gives({ type: 'StationCleared' })
  })

  test('from before the rollout says nothing of a station on base', () => {
    given(...pinned)
      .when(run(7, thirdBuild, t0 - minute))
      .givesNothing()
  })

  test('of a station that is not in the rollout, before the start, or after the end, is nothing', () => {
    given(...pinned)
      .when(run(99))
      .givesNothing()
    given(created()).when(run(1)).givesNothing()
    given(created(), aborted()).when(run(1)).givesNothing()
  })
})

describe('silence', () => {
  const stale = (number: number) =>
    ({ type: 'station stale', stationId: station(number), detail: 'no run for 3 h' }) as const

  test('is shown once and cleared by a new run, not by the old one', () => {
    const silent = given(...firstLive).when(stale(1))
    silent.gives({ type: 'StationTroubled' })
    const story = given(...firstLive, ...silent.events)
    story.when(stale(1)).givesNothing()
    story.when(run(1, build, silent.now - 1)).givesNothing()
    story.when(run(1, build, silent.now + 1)).gives({ type: 'StationCleared' })
  })

  test('of a pinned station is over when it runs base again', () => {
    const silent = given(...pinned).when(stale(1))
    given(...pinned, ...silent.events)
      .when(run(1, base, silent.now + 1))
      .gives({ type: 'StationCleared' })
  })

  test('gives way to drift when the station is back on a third build', () => {
    const silent = given(...firstLive).when(stale(1))
    const story = given(...firstLive, ...silent.events).when(run(1, thirdBuild, silent.now + 1))
    expect(story.state.stations[station(1)]?.trouble).toMatchObject({ kind: 'drifted' })
  })

  test('of a waived station, or of a rollout that has not started, is nobody’s concern', () => {
    const waived = { type: 'StationWaived' as const, stationId: station(1), why: 'repair' }
    given(...firstLive, waived)
      .when(stale(1))
      .givesNothing()
    given(created()).when(stale(1)).givesNothing()
  })
})

describe('a station that joins', () => {
  test('stays on base until the next stage takes it in its place', () => {
    const story = given(...firstLive).when({ type: 'join', stationId: station(11) })
    story.gives({ type: 'StationJoined' })
    expect(statusOf(story, 11)).toBe('queued')
    expect(story.state.order.at(-1)).toBe(station(11))
    given(...firstLive, ...story.events)
      .when({ type: 'join', stationId: station(11) })
      .givesNothing()
  })

  test('counts in the size of the next stage', () => {
    const joined = given(...firstLive).when({ type: 'join', stationId: station(11) })
    given(...firstLive, ...joined.events)
      .when(advance)
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted', stations: [2, 3, 4, 5, 6].map(station) })
  })
})

describe('a station that leaves', () => {
  test('lets the stage go live when it was the last one missing', () => {
    const most = [2, 3, 4].map((number) => ({
      type: 'StationConfirmed' as const,
      stationId: station(number),
    }))
    given(...secondStage, ...most)
      .when({ type: 'leave', stationId: station(5), why: 'unlinked' })
      .gives({ type: 'StationLeft' }, { type: 'StageWentLive' })
  })

  test('leaves once, is taken by no stage, and may come back to its place', () => {
    const left = given(...firstLive).when({ type: 'leave', stationId: station(2), why: 'unlinked' })
    left.gives({ type: 'StationLeft' })
    const gone = [...firstLive, ...left.events]
    given(...gone)
      .when({ type: 'leave', stationId: station(2), why: 'unlinked' })
      .givesNothing()
    given(...gone)
      .when(run(2))
      .givesNothing()
    given(...gone)
      .when(advance)
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted', stations: [3, 4, 5, 6].map(station) })
    const back = given(...gone).when({ type: 'join', stationId: station(2) })
    expect(back.state.order).toEqual(given(created()).state.order)
  })

  test('takes no confirmed station of the others with it', () => {
    const story = given(...firstLive, ...advanced(1, station(2)), pulled(station(2))).when({
      type: 'leave',
      stationId: station(2),
      why: 'unlinked',
    })
    expect(statusOf(story, 1)).toBe('confirmed')
  })
})

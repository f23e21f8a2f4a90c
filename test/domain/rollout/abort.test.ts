import { describe, expect, test } from 'vitest'
import { base, build, station, thirdBuild } from '../../support/plan-builder.ts'
import {
  aborted,
  abortOpen,
  breached,
  completed,
  created,
  firstLive,
  given,
  lastLive,
  paused,
  pulled,
  secondStage,
  t0,
} from '../../support/rollout-story.ts'

const abort = { type: 'abort' as const, why: 'bad build' }
const later = t0 + 86_400_000
const ran = (number: number, deploymentId = base, startedAt = later) =>
  ({ type: 'run', stationId: station(number), deploymentId, startedAt }) as const

describe('abort', () => {
  test('takes every pin back at once; who took the build must prove its return', () => {
    const story = given(...secondStage, pulled(station(2))).when(abort)
    story.gives({ type: 'RolloutAborted', why: 'bad build', wayBack: [base] })
    const statuses = [1, 2, 3, 4, 5, 6].map((number) => story.state.stations[station(number)]?.status)
    expect(statuses).toEqual(['reverting', 'reverting', 'reverted', 'reverted', 'reverted', 'queued'])
  })

  test.each([
    ['active', firstLive],
    ['paused by a person', [...firstLive, paused()]],
    ['paused for a breach', [...firstLive, breached(), paused('breach')]],
    ['in its last stage', lastLive],
  ])('wins when the rollout is %s', (_, events) => {
    expect(given(...events).when(abort).state).toMatchObject({
      status: 'aborting',
      abort: { why: 'bad build' },
    })
  })

  test('of a rollout that has not started, or that nobody took, is finished at once', () => {
    const pending = given(created()).when(abort)
    pending.gives({ type: 'RolloutAborted' })
    expect(pending.state).toMatchObject({ status: 'aborted', startedAt: null })
    const untaken = given(created()).when({ type: 'start' })
    given(created(), ...untaken.events)
      .when(abort)
      .gives({ type: 'RolloutAborted' }, { type: 'AbortFinished' })
  })

  test('twice is one event, needs no reason, and ignores what the button was drawn against', () => {
    given(...abortOpen)
      .when(abort)
      .givesNothing()
    given(created(), aborted()).when(abort).givesNothing()
    given(...firstLive)
      .when({ type: 'abort', why: '', against: { version: 1, stageIndex: 7 } })
      .gives({ type: 'RolloutAborted' })
  })

  test('closes the open breach with it', () => {
    expect(given(...firstLive, breached()).when(abort).state).toMatchObject({
      breaches: [{ closed: { how: 'aborted' } }],
    })
  })

  test('after completion names the way that is left', () => {
    given(...lastLive, completed)
      .when(abort)
      .isRefused('terminal', /completed at/)
  })
})

describe('an open abort', () => {
  test('is finished by the last station that runs base', () => {
    const one = given(...abortOpen).when(ran(1))
    one.gives({ type: 'StationReverted' })
    const both = given(...abortOpen, ...one.events).when(ran(2))
    both.gives({ type: 'StationReverted' }, { type: 'AbortFinished' })
    expect(both.state.status).toBe('aborted')
  })

  test('believes an acknowledgement of base only when base runs', () => {
    const pickup = {
      type: 'pickup',
      stationId: station(1),
      deploymentId: base,
      message: null,
      at: later,
    } as const
    given(...abortOpen)
      .when({ ...pickup, state: 'pulled' })
      .givesNothing()
    given(...abortOpen)
      .when({ ...pickup, state: 'running' })
      .gives({ type: 'StationReverted' })
  })

  test('is not moved by a run that began before it, or by another build', () => {
    given(...abortOpen)
      .when(ran(1, base, t0))
      .givesNothing()
    given(...abortOpen)
      .when(ran(1, thirdBuild))
      .givesNothing()
    given(...abortOpen)
      .when(ran(1, build))
      .givesNothing()
  })

  test.each([4, 9])(
    'stays open for station %d, thought untouched, that shows the aborted build',
    (number) => {
      const exposed = given(...abortOpen).when(ran(number, build))
      exposed.gives({ type: 'StationExposedAgain' })
      const story = given(...abortOpen, ...exposed.events)
      expect(story.state.stations[station(number)]?.status).toBe('reverting')
      story.when(ran(number, build, later + 1)).givesNothing()
    },
  )

  test('no longer counts a waiver once the waived station shows the aborted build', () => {
    const waived = { type: 'StationWaived' as const, stationId: station(2), why: 'switched off' }
    const back = given(...abortOpen, waived).when(ran(2))
    const exposed = given(...abortOpen, waived, ...back.events).when(ran(2, build, later + 1))
    given(...abortOpen, waived, ...back.events, ...exposed.events)
      .when(ran(1))
      .gives({ type: 'StationReverted' })
  })

  test('is finished when the last exposed station leaves', () => {
    const left = { type: 'StationLeft' as const, stationId: station(1), why: 'unlinked' }
    given(...abortOpen, left)
      .when({ type: 'leave', stationId: station(2), why: 'unlinked' })
      .gives({ type: 'StationLeft' }, { type: 'AbortFinished' })
  })

  test('takes no further station in, and no other build for its successor', () => {
    given(...abortOpen)
      .when({ type: 'join', stationId: station(99) })
      .givesNothing()
    given(...abortOpen)
      .when({ type: 'supersede', successor: thirdBuild, why: 'newer' })
      .givesNothing()
  })
})

describe('supersede', () => {
  test('lets the successor as well as base prove that a station has left', () => {
    const story = given(...firstLive).when({ type: 'supersede', successor: thirdBuild, why: 'newer' })
    story.gives({ type: 'RolloutAborted', wayBack: [base, thirdBuild] })
    given(...firstLive, ...story.events)
      .when(ran(1, thirdBuild))
      .gives({ type: 'StationReverted' }, { type: 'AbortFinished' })
  })

  test('by the same build is nothing', () => {
    given(...firstLive)
      .when({ type: 'supersede', successor: build, why: 'again' })
      .givesNothing()
  })

  test('of an ended rollout is nothing', () => {
    given(created(), aborted())
      .when({ type: 'supersede', successor: thirdBuild, why: 'newer' })
      .givesNothing()
  })
})

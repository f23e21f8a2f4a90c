// The soak clock of a stage: how long, and through how many full shifts, its stations ran the new build.
import { describe, expect, test } from 'vitest'
import { hour, minute } from '../../../server/domain/instant.ts'
import { stageReadiness, unmet } from '../../../server/domain/rollout/readiness.ts'
import { isRunning, soakedMs, soakedShifts } from '../../../server/domain/rollout/state.ts'
import { aPlan, station } from '../../support/plan-builder.ts'
import {
  advanced,
  confirmed,
  created,
  firstLive,
  given,
  live,
  paused,
  resumed,
  stage,
  started,
  t0,
} from '../../support/rollout-story.ts'

type Events = Parameters<typeof given>
type Story = Pick<ReturnType<typeof given>, 'state'>
const at = (time: string, day = 22) => Date.parse(`2026-05-${day}T${time}:00Z`)
const liveAt = t0 + 4 * minute

describe('the soak clock', () => {
  const soakedAt = ({ state }: Story, now: number) =>
    'soakedMs' in state ? soakedMs(state, now) : Number.NaN

  test('runs from the moment the stage is live', () => {
    expect(soakedAt(given(...firstLive.slice(0, -1)), liveAt + 9 * minute)).toBe(0)
    expect(soakedAt(given(...firstLive), liveAt + 9 * minute)).toBe(9 * minute)
  })

  test.each(['person', 'blind', 'window'] as const)(
    'stands while paused (%s) and goes on from there',
    (reason) => {
      const held = { ...paused(reason), at: liveAt + 10 * minute }
      expect(soakedAt(given(...firstLive, held), liveAt + 60 * minute)).toBe(10 * minute)
      const again = { ...resumed, at: liveAt + 30 * minute }
      expect(soakedAt(given(...firstLive, held, again), liveAt + 35 * minute)).toBe(15 * minute)
    },
  )

  test('of a stage that goes live while paused starts with the resume', () => {
    const story = [...firstLive.slice(0, -1), paused(), live(0)]
    expect(soakedAt(given(...story), liveAt + 60 * minute)).toBe(0)
    const again = { ...resumed, at: liveAt + 30 * minute }
    expect(soakedAt(given(...story, again), liveAt + 35 * minute)).toBe(5 * minute)
  })
})

describe('time that nobody measured', () => {
  const minutes = (story: Story, at: number) =>
    'soakedMs' in story.state ? soakedMs(story.state, liveAt + at * minute) / minute : Number.NaN
  const span = (from: number, to: number) => ({ from: liveAt + from * minute, to: liveAt + to * minute })
  const lost = (from: number, to: number) =>
    ({ type: 'StageUnmeasured', stageIndex: 0, ...span(from, to), at: liveAt + to * minute }) as const
  const away = (since: number, story = firstLive, now = since + 60) =>
    given(...story).when({ type: 'away', since: liveAt + since * minute }, liveAt + now * minute)
  const measured = (story: Events, spans: { from: number; to: number }[], now: number) =>
    given(...story).when({ type: 'measured', spans }, liveAt + now * minute)

  test('does not soak, and what follows does', () => {
    const back = away(10)
    back.gives({ type: 'StageUnmeasured', stageIndex: 0, ...span(10, 70) })
    expect(minutes(back, 70)).toBe(10)
    expect(minutes(back, 75)).toBe(15)
  })

  test('begins no earlier than the soak, and is counted once', () => {
    away(-30).gives({ type: 'StageUnmeasured', ...span(0, 30) })
    away(40, [...firstLive, lost(30, 60)], 90).gives({ type: 'StageUnmeasured', ...span(60, 90) })
    away(40, [...firstLive, lost(30, 60)], 60).givesNothing()
  })

  test('is none while the soak clock stands', () => {
    away(10, firstLive.slice(0, -1)).givesNothing()
    away(20, [...firstLive, { ...paused(), at: liveAt + 10 * minute }]).givesNothing()
  })

  test('ends nothing when the clock of the process has gone back', () => {
    away(60, firstLive, 30).givesNothing()
    expect(minutes(given(...firstLive, lost(10, 60)), 5)).toBe(5)
    expect(minutes(given(...firstLive), -5)).toBe(0)
  })

  test('soaks after all as far as runs prove it, each part once', () => {
    const story = [...firstLive, lost(10, 70)]
    const proven = measured(story, [span(0, 40)], 71)
    proven.gives({ type: 'StageMeasured', stageIndex: 0, ...span(10, 40) })
    expect(minutes(proven, 70)).toBe(40)
    measured([...story, ...proven.events], [span(0, 40)], 72).givesNothing()
    const rest = measured([...story, ...proven.events], [span(0, 90)], 72)
    rest.gives({ type: 'StageMeasured', ...span(40, 70) })
    expect(minutes(rest, 80)).toBe(80)
  })

  test('soaks after all when the stage was paused since', () => {
    const held = { ...paused('blind'), at: liveAt + 70 * minute }
    const proven = measured([...firstLive, lost(10, 70), held], [span(10, 70)], 71)
    proven.gives({ type: 'StageMeasured', ...span(10, 70) })
    expect(minutes(proven, 90)).toBe(70)
  })

  test('of a stage is forgotten with it', () => {
    const next = advanced(1, station(2)).map((step) => ({ ...step, at: liveAt + 80 * minute }))
    measured([...firstLive, lost(10, 70), ...next], [span(10, 70)], 81).givesNothing()
  })
})

// Shifts begin at 06:00, 14:00 and 22:00 UTC.
describe('the full shifts of a soak', () => {
  const twoShifts = aPlan({
    stages: [{ target: { stations: 1 }, soak: { shifts: 2 } }, { target: { share: 1 } }],
  })
  /** Live from 05:00. */
  const early = [
    created({ plan: twoShifts }),
    started,
    stage(0, station(1)),
    confirmed(station(1)),
    { ...live(0), at: at('05:00') },
  ]
  const through = (story: Story, now: number) =>
    'soakedMs' in story.state ? soakedShifts(story.state, now) : Number.NaN
  const missing = (events: Events, now: number) => {
    const { state } = given(...events)
    if (!isRunning(state)) throw new Error(`expected a running rollout, got ${state.status}`)
    const facts = {
      overall: 'pass' as const,
      canaryFirstAttempts: 0,
      firstAttemptsByStation: {},
      closed: null,
    }
    return unmet(stageReadiness(state, facts, now))
  }

  test('are those that it lasted through from beginning to end', () => {
    expect(missing(early, at('13:59'))).toEqual(['soaked through 0 of 2 full shifts'])
    expect(missing(early, at('14:00'))).toEqual(['soaked through 1 of 2 full shifts'])
    expect(missing(early, at('21:59'))).toEqual(['soaked through 1 of 2 full shifts'])
    expect(missing(early, at('22:00'))).toEqual([])
    expect(missing(early, at('22:00', 23))).toEqual([])
  })

  test('do not begin before the stage is live', () => {
    const late = [...early.slice(0, -1), { ...live(0), at: at('06:30') }]
    expect(through(given(...late), at('14:00'))).toBe(0)
    expect(through(given(...late), at('22:00'))).toBe(1)
  })

  test('are none for the shift in which it was paused, before or after the pause', () => {
    const held = [...early, { ...paused(), at: at('15:00') }]
    expect(through(given(...held), at('23:00'))).toBe(1)
    const again = [...held, { ...resumed, at: at('16:00') }]
    expect(through(given(...again), at('22:00'))).toBe(1)
    expect(through(given(...again), at('05:59', 23))).toBe(1)
    expect(through(given(...again), at('06:00', 23))).toBe(2)
  })

  test('are none for the shift that nobody measured to its end, until it is proven', () => {
    const gap = { from: at('13:00'), to: at('15:00') }
    const lost = { type: 'StageUnmeasured', stageIndex: 0, ...gap, at: at('15:00') } as const
    expect(through(given(...early, lost), at('22:00'))).toBe(0)
    expect(through(given(...early, lost), at('06:00', 23))).toBe(1)
    const proven = given(...early, lost).when({ type: 'measured', spans: [gap] }, at('15:01'))
    expect(through(proven, at('22:00'))).toBe(2)
  })

  test('do not go on while paused, nor into the next stage', () => {
    const held = [...early, { ...paused('breach'), at: at('14:30') }]
    expect(through(given(...held), at('14:30', 29))).toBe(1)
    const next = advanced(1, station(2)).map((step) => ({ ...step, at: at('14:30') }))
    expect(through(given(...early, ...next), at('14:31'))).toBe(0)
    const again = [...early, { ...paused(), at: at('14:10') }, { ...resumed, at: at('14:20') }, ...next]
    expect(through(given(...again), at('14:31'))).toBe(0)
  })

  test('come back with an undo, and go on from there', () => {
    const next = advanced(1, station(2)).map((step) => ({ ...step, at: at('14:30') }))
    const back = given(...early, ...next).when({ type: 'undo', why: 'wrong button' }, at('15:00'))
    back.gives({ type: 'StageUndone', soakedShifts: 1, soakedMs: 9.5 * hour })
    expect(through(back, at('06:00', 23))).toBe(1)
    const again = given(...early, ...next, ...back.events, { ...live(0), at: at('15:01') })
    expect(through(again, at('22:00'))).toBe(1)
    expect(through(again, at('06:00', 23))).toBe(2)
  })
})

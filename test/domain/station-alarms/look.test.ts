import { describe, expect, it } from 'vitest'
import { stationId } from '../../../server/domain/ids.ts'
import { hour, minute } from '../../../server/domain/instant.ts'
import { judgeStations, type KnownAlarm } from '../../../server/domain/station-alarms/look.ts'
import type { StationFacts } from '../../../server/domain/station-alarms/station-facts.ts'
import { noon, uuid } from '../../support/fixed-values.ts'
import {
  aForeignRun,
  aKnownAlarm,
  aLook,
  aPin,
  aStationKnown,
  aStationTakenBack,
  base,
  next,
  third,
} from '../../support/station-facts-builder.ts'

function judged(stations: StationFacts[], known: KnownAlarm[] = [], look = aLook()) {
  const { opened, closed } = judgeStations(stations, known, look)
  return { opened: opened.map(({ kind }) => kind), closed: closed.map(({ how }) => how) }
}
const nothing = { opened: [], closed: [] }
const wrong = (startedAt: number, deploymentId = third) => aForeignRun({ startedAt, deploymentId })
const drifting = (part: Partial<StationFacts> = {}) =>
  aStationKnown({
    foreign: [wrong(noon - 5 * minute), wrong(noon - minute)],
    lastRun: { deploymentId: third, startedAt: noon - minute, late: false },
    lastRightAt: noon - 6 * minute,
    ...part,
  })
const silent = (quiet: number, part: Partial<StationFacts> = {}) =>
  aStationKnown({
    aliveAt: noon - quiet,
    lastRun: { deploymentId: base, startedAt: noon - quiet, late: false },
    ...part,
  })
const named = (index: number, station: StationFacts): StationFacts => ({
  ...station,
  id: stationId.parse(uuid(3, index)),
})

describe('a station as it should be', () => {
  it('has no alarm', () => {
    expect(judged([aStationKnown()])).toEqual(nothing)
  })
})

describe('drifted', () => {
  it('opens once with the first wrong run since the last right one, and the same facts open nothing', () => {
    const { opened } = judgeStations([drifting()], [], aLook())
    expect(opened).toEqual([
      {
        stationId: drifting().id,
        kind: 'drifted',
        since: noon - 5 * minute,
        detail: 'ran v3 where v1 was asked for',
        deploymentId: third,
        rolloutId: null,
      },
    ])
    expect(judged([drifting()], [aKnownAlarm()])).toEqual(nothing)
  })

  it('closes when it was right for half an hour, not between two programs that take turns', () => {
    const right = (at: number) => ({
      lastRightAt: at,
      lastRun: { deploymentId: base, startedAt: at, late: false },
    })
    const turning = drifting({ ...right(noon - 10_000) })
    expect(judged([turning], [aKnownAlarm()])).toEqual(nothing)
    const over = drifting({ foreign: [wrong(noon - 31 * minute)], ...right(noon - minute) })
    expect(judged([over], [aKnownAlarm()])).toEqual({ opened: [], closed: ['recovered'] })
    expect(judged([over])).toEqual(nothing)
  })

  it('stays open while nothing right was shown, however long ago the wrong run was', () => {
    expect(judged([drifting({ foreign: [], lastRightAt: null })], [aKnownAlarm()])).toEqual(nothing)
  })

  it('closes when that very build is asked for', () => {
    const asked = drifting({
      pins: [aPin({ to: noon - 1 }), aPin({ deploymentId: third, from: noon - 1 })],
      foreign: [],
    })
    expect(judged([asked], [aKnownAlarm()])).toEqual({ opened: [], closed: ['asked for another build'] })
  })

  it('is not told again once it was acknowledged, until it has recovered and drifts anew or to another build', () => {
    const acknowledged = aKnownAlarm({ acknowledgedAt: noon - 3 * hour })
    expect(judged([drifting({ lastRightAt: noon - 4 * hour })], [acknowledged])).toEqual(nothing)
    expect(
      judged([drifting({ lastRightAt: noon - 4 * hour })], [{ ...acknowledged, deploymentId: next }]).opened,
    ).toEqual(['drifted'])
    const anew = drifting({
      foreign: [wrong(noon - 2 * hour), wrong(noon - minute)],
      lastRightAt: noon - hour,
    })
    expect(judged([anew], [acknowledged]).opened).toEqual(['drifted'])
    const turning = drifting({
      foreign: [5, 4, 3, 2, 1].map((count) => wrong(noon - count * 10 * minute)),
      lastRightAt: noon - 55 * minute,
    })
    expect(judged([turning], [acknowledged])).toEqual(nothing)
  })
})

describe('silence', () => {
  it('is stale after three usual gaps and half an hour at least', () => {
    expect(judged([silent(29 * minute)])).toEqual(nothing)
    expect(judged([silent(30 * minute)]).opened).toEqual(['stale'])
    expect(judged([silent(59 * minute, { usualGapMs: 20 * minute })])).toEqual(nothing)
    expect(judged([silent(60 * minute, { usualGapMs: 20 * minute })]).opened).toEqual(['stale'])
  })

  it('is expected where nobody works, of a station that is set aside, and of one that never worked', () => {
    expect(judged([silent(hour)], [], aLook({ isWorking: () => false }))).toEqual(nothing)
    expect(judged([silent(hour, { setAside: true })])).toEqual(nothing)
    const unborn = aStationKnown({
      aliveAt: null,
      lastRun: null,
      shownAt: null,
      pins: [aPin({ servedAt: null })],
    })
    expect(judged([unborn])).toEqual(nothing)
  })

  it('counts only time at work, and a site that has just opened has half an hour', () => {
    const opens = (ago: number) => aLook({ isWorking: (_, at) => at >= noon - ago || at < noon - 10 * hour })
    const overnight = silent(10 * hour + 40 * minute)
    expect(judged([overnight], [], opens(25 * minute))).toEqual(nothing)
    expect(judged([overnight], [], opens(36 * minute)).opened).toEqual(['stale'])
  })

  it('of a build that was asked for and never came is said so, and not as stale beside it', () => {
    const asked = silent(hour, {
      pins: [aPin({ to: noon - 40 * minute }), aPin({ deploymentId: next, from: noon - 40 * minute })],
      shownAt: null,
      lastRightAt: null,
    })
    expect(judged([asked]).opened).toEqual(['pinned but silent'])
    const pulled = { deploymentId: next, at: noon - 35 * minute }
    expect(judged([{ ...asked, pickup: pulled }]).opened).toEqual(['stale'])
    const open = aKnownAlarm({ kind: 'pinned but silent', since: noon - 40 * minute })
    expect(judged([{ ...asked, pickup: { ...pulled, at: noon - minute } }], [open])).toEqual({
      opened: [],
      closed: ['recovered'],
    })
  })

  it('ends with a run, or when a person sets the station aside', () => {
    const open = aKnownAlarm({ kind: 'stale', since: noon - hour })
    expect(judged([silent(minute)], [open]).closed).toEqual(['recovered'])
    expect(judged([silent(hour, { setAside: true })], [open]).closed).toEqual(['set aside'])
    expect(judged([silent(hour)], [open])).toEqual(nothing)
    expect(judged([], [open]).closed).toEqual(['unlinked'])
  })

  it('that was acknowledged is told again only after the station was heard of', () => {
    const acknowledged = aKnownAlarm({
      kind: 'stale',
      openedAt: noon - 2 * hour,
      acknowledgedAt: noon - hour,
    })
    expect(judged([silent(3 * hour)], [acknowledged])).toEqual(nothing)
    expect(judged([silent(40 * minute)], [acknowledged]).opened).toEqual(['stale'])
  })

  it('of stations that follow within minutes is waited for, five minutes at most, so that they are told together', () => {
    const first = named(1, silent(31 * minute))
    const second = named(2, silent(28 * minute))
    expect(judged([first, second])).toEqual(nothing)
    expect(judged([named(1, silent(33 * minute)), named(2, silent(30 * minute))]).opened).toEqual([
      'stale',
      'stale',
    ])
    expect(judged([named(1, silent(35 * minute)), second]).opened).toEqual(['stale'])
    // One that works is not waited for.
    expect(judged([first, named(2, aStationKnown())]).opened).toEqual(['stale'])
  })
})

describe('a build that was taken back', () => {
  const at = noon - 61 * minute

  it('leaves a station overdue that is not proven back within the limit', () => {
    const late = aStationTakenBack()
    expect(judgeStations([late], [], aLook()).opened).toMatchObject([
      {
        kind: 'revert overdue',
        since: at,
        detail: expect.stringMatching(/^not proven back on v1 within 60 min: no run since/),
      },
    ])
    expect(judged([late], [], aLook({ now: noon - 2 * minute }))).toEqual(nothing)
    expect(judged([{ ...late, setAside: true }])).toEqual(nothing)
    const failed = { ...late, failed: 'no space left' }
    expect(judgeStations([failed], [], aLook()).opened[0]?.detail).toContain(
      'it could not take it (no space left)',
    )
  })

  it('says nothing of a station that never had it', () => {
    const never = aStationTakenBack({
      pins: [aPin({ deploymentId: next, to: at, servedAt: null }), aPin({ from: at })],
      lastRun: { deploymentId: base, startedAt: noon - minute, late: false },
      aliveAt: noon - minute,
    })
    expect(judged([never])).toEqual(nothing)
  })

  it('that is still run at the limit is the worse alarm, and the only one', () => {
    const atWork = aStationTakenBack({
      lastRun: { deploymentId: next, startedAt: noon - 2 * minute, late: false },
      aliveAt: noon - 2 * minute,
      foreign: [wrong(noon - 2 * minute, next)],
    })
    expect(judged([atWork]).opened).toEqual(['runs what was taken back'])
    const overdue = aKnownAlarm({ kind: 'revert overdue', since: at })
    expect(judged([atWork], [overdue])).toEqual({ opened: ['runs what was taken back'], closed: ['worse'] })
  })

  it('that is run again by a station that was back is an alarm at once, and no drift beside it', () => {
    const again = aStationTakenBack({
      revert: { takenBack: next, at, limitMs: 24 * hour },
      shownAt: at + minute,
      lastRightAt: at + 10 * minute,
      lastRun: { deploymentId: next, startedAt: noon - minute, late: false },
      aliveAt: noon - minute,
      foreign: [wrong(noon - minute, next)],
    })
    expect(judged([again]).opened).toEqual(['runs what was taken back'])
  })

  it('is over when the station is proven back, or was asked for something else', () => {
    const overdue = aKnownAlarm({ kind: 'revert overdue', since: at, deploymentId: base })
    expect(
      judged(
        [aStationTakenBack({ shownAt: noon - minute, lastRightAt: noon - minute, aliveAt: noon - minute })],
        [overdue],
      ),
    ).toEqual({
      opened: [],
      closed: ['recovered'],
    })
    expect(judged([aStationKnown()], [overdue]).closed).toEqual(['asked for another build'])
    const acknowledged = { ...overdue, acknowledgedAt: noon - minute }
    expect(judged([aStationTakenBack()], [acknowledged])).toEqual(nothing)
  })
})

describe('a reference sample', () => {
  const sample = (receivedAt: number, kind: 'golden' | 'failing') => ({
    serial: 'REF-1',
    sample: kind,
    outcome: kind === 'failing' ? 'PASS' : 'FAIL',
    deploymentId: base,
    startedAt: receivedAt - minute,
    receivedAt,
  })

  it('that came out wrong opens at once, tells the escape first, and only a person closes it', () => {
    const station = aStationKnown({
      wrongSamples: [sample(noon - 2_000, 'golden'), sample(noon - 1_000, 'failing')],
    })
    expect(judgeStations([station], [], aLook()).opened).toMatchObject([
      { kind: 'reference sample', detail: 'known bad unit REF-1: PASS, and 1 more came out wrong' },
    ])
    const open = aKnownAlarm({ kind: 'reference sample', openedAt: noon })
    expect(judged([station], [open])).toEqual(nothing)
    expect(judged([station], [{ ...open, acknowledgedAt: noon }])).toEqual(nothing)
    const further = { ...station, wrongSamples: [...station.wrongSamples, sample(noon + 1_000, 'golden')] }
    expect(judged([further], [{ ...open, acknowledgedAt: noon }]).opened).toEqual(['reference sample'])
  })
})

import { describe, expect, test } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import type { Plan } from '../../../server/domain/plan.ts'
import {
  type StageFacts,
  stageReadiness,
  startReadiness,
  unmet,
} from '../../../server/domain/rollout/readiness.ts'
import { isRunning } from '../../../server/domain/rollout/state.ts'
import { aPlan, station } from '../../support/plan-builder.ts'
import {
  breached,
  confirmed,
  created,
  firstLive,
  given,
  live,
  marek,
  recovered,
  stage,
  started,
  t0,
} from '../../support/rollout-story.ts'

const demanding = aPlan({
  stages: [
    {
      target: { stations: 2 },
      soak: { minutes: 60, firstAttempts: 100, firstAttemptsPerStation: 20 },
      approvals: 2,
    },
    { target: { share: 1 } },
  ],
})
const two = [created({ plan: demanding }), started, stage(0, station(1), station(2))]
const twoLive = [...two, confirmed(station(1)), confirmed(station(2)), live(0)]
const enough: StageFacts = {
  overall: 'pass',
  canaryFirstAttempts: 120,
  firstAttemptsByStation: { [station(1)]: 90, [station(2)]: 30 },
  closed: null,
}

/** Of the stage after these events, an hour and a minute after the last of them. */
function readiness(events: Parameters<typeof given>, facts: Partial<StageFacts> = {}, afterMs = 61 * minute) {
  const story = given(...events)
  if (!isRunning(story.state)) throw new Error('expected a running rollout')
  return stageReadiness(story.state, { ...enough, ...facts }, (story.events.at(-1)?.at ?? 0) + afterMs)
}
const approved = [
  { type: 'StageApproved' as const, stageIndex: 0 },
  { type: 'StageApproved' as const, stageIndex: 0, by: marek },
]

describe('a stage', () => {
  test('is ready when all that its plan asks for is there', () => {
    expect(readiness([...twoLive, ...approved])).toMatchObject({ ready: true })
  })

  test('shows every item, none hidden by another, protection first', () => {
    const { items, ready } = readiness(
      [...two, breached()],
      { overall: null, closed: { kind: 'window', why: 'night shift' } },
      0,
    )
    expect(ready).toBe(false)
    const kinds = [
      'breach',
      'stations',
      'gates',
      'samples',
      'samples per station',
      'soak',
      'window',
      'approvals',
    ]
    expect(items.map((item) => item.kind)).toEqual(kinds)
  })

  test('asks for nothing that its plan does not', () => {
    const { items } = readiness(firstLive, { canaryFirstAttempts: 0 }, 0)
    expect(items.map((item) => item.kind)).toEqual(['stations', 'gates'])
  })

  test('names what is missing with how far it is', () => {
    const short: Partial<StageFacts> = {
      overall: 'wait',
      canaryFirstAttempts: 12,
      firstAttemptsByStation: { [station(1)]: 12 },
      closed: { kind: 'window', why: 'closed until 06:00' },
    }
    expect(unmet(readiness([...two, confirmed(station(1))], short))).toEqual([
      '1 of 2 stations confirmed on the new build',
      'gates still wait for more evidence',
      '12 of 100 first attempts',
      '0 of 20 first attempts on the slowest station',
      'soaked 0 of 60 min',
      'closed until 06:00',
      '0 of 2 approvals',
    ])
  })

  test.each(['wait', 'grey', 'breach', 'severe', 'no data', 'blind', null] as const)(
    'is not ready when the gates say %s',
    (overall) => {
      expect(readiness([...twoLive, ...approved], { overall }).ready).toBe(false)
    },
  )

  test('soaks to the minute', () => {
    expect(unmet(readiness([...twoLive, ...approved], {}, 57.9 * minute))).toEqual(['soaked 59 of 60 min'])
    expect(readiness([...twoLive, ...approved], {}, 58 * minute).ready).toBe(true)
  })

  test('is closed by a freeze, which is no window', () => {
    const { items } = readiness([...twoLive, ...approved], {
      closed: { kind: 'freeze', why: 'stock-taking' },
    })
    expect(items.filter((item) => !item.met)).toMatchObject([{ kind: 'freeze', text: 'stock-taking' }])
  })

  test('takes a waived station as there, and does not wait for its samples', () => {
    const waived = { type: 'StationWaived' as const, stationId: station(2), why: 'repair' }
    const events = [...two, confirmed(station(1)), waived, live(0), ...approved]
    expect(readiness(events, { firstAttemptsByStation: { [station(1)]: 120 } }).ready).toBe(true)
  })

  test('that all its stations left is not ready', () => {
    const left = { type: 'StationLeft' as const, stationId: station(1), why: 'unlinked' }
    expect(unmet(readiness([...firstLive, left]))).toEqual(['0 of 0 stations confirmed on the new build'])
  })

  test('is held by an open breach and no longer by a closed one', () => {
    const open = [...firstLive, breached()]
    expect(unmet(readiness(open))).toEqual(['first-pass yield breached: acknowledge with a reason, or abort'])
    expect(readiness([...open, recovered()]).ready).toBe(true)
  })
})

test('a start is ready with its approvals, and asks for none when its plan does not', () => {
  const pending = created({ plan: aPlan({ startApprovals: 1 }) })
  expect(unmet(startReadiness(given(pending).state, null, t0))).toEqual(['0 of 1 approvals of the start'])
  expect(startReadiness(given(pending, { type: 'StartApproved' }).state, null, t0).ready).toBe(true)
  expect(startReadiness(given(created()).state, null, t0)).toEqual({ items: [], ready: false })
})

describe('approvals', () => {
  const asking = (what: Partial<Plan>) => ({ ...demanding, startApprovals: 2, ...what })
  const start = (plan: Plan, now: number) =>
    unmet(
      startReadiness(given(created({ plan }), { type: 'StartApproved', by: marek, at: t0 }).state, null, now),
    )
  const inStage = (what: Partial<Plan>, afterMs: number) => {
    const [, ...rest] = twoLive
    return unmet(readiness([created({ plan: asking(what) }), ...rest, ...approved], {}, afterMs))
  }

  test('count until they expire, and say so', () => {
    const hourly = { approvalsLastMinutes: 90 }
    expect(start(asking(hourly), t0 + 90 * minute - 1)).toEqual(['1 of 2 approvals of the start'])
    expect(start(asking(hourly), t0 + 90 * minute)).toEqual(['0 of 2 approvals of the start; 1 has expired'])
    expect(start(asking({}), t0 + 9999 * minute)).toEqual(['1 of 2 approvals of the start'])
    expect(inStage(hourly, 89 * minute - 1)).toEqual([])
    expect(inStage(hourly, 89 * minute)).toEqual(['1 of 2 approvals; 1 has expired'])
    expect(inStage(hourly, 90 * minute)).toEqual(['0 of 2 approvals; 2 have expired'])
  })

  test('say whose does not count where four eyes are asked', () => {
    expect(start(asking({ fourEyes: true }), t0)).toEqual([
      "1 of 2 approvals of the start; the author's does not count",
    ])
    expect(inStage({ fourEyes: true }, 61 * minute)).toEqual([])
  })
})

test('a start is closed as a stage is, with its approvals beside it', () => {
  const closed = { kind: 'freeze' as const, why: 'stock-taking' }
  const { state } = given(created())
  expect(startReadiness(state, closed, t0)).toMatchObject({
    ready: false,
    items: [{ kind: 'freeze', met: false, text: 'stock-taking' }],
  })
  const pending = given(created({ plan: aPlan({ startApprovals: 1 }) }), { type: 'StartApproved' })
  expect(unmet(startReadiness(pending.state, closed, t0))).toEqual(['stock-taking'])
  expect(startReadiness(given(...firstLive).state, closed, t0)).toEqual({ items: [], ready: false })
})

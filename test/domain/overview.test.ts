import { expect, test } from 'vitest'
import { overviewOf } from '../../server/domain/overview.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { noon } from '../support/fixed-values.ts'
import { aStationRecord } from '../support/registry-builder.ts'
import { active, healthy, pausedByBreach } from '../views/support/rollout-stories.ts'

const of = (views: RolloutView[], alarms: AlarmView[] = []) =>
  overviewOf({ views, moreLive: 0, alarms, moreAlarms: 0, ended: [], procedures: [] })
const [alarm] = aStationRecord().alarms

test('what has stopped stands before what goes on', () => {
  const found = of([healthy, active, { ...active, status: 'pending' }, pausedByBreach])
  expect(found.live.map(({ status }) => status)).toEqual(['paused', 'active', 'active', 'pending'])
  expect(found.live[0]?.overall).toBe('severe')
})

test('an open breach asks for a person until somebody has acknowledged it', () => {
  const asks = (view: RolloutView) => of([view]).asks.map(({ kind, urgent }) => [kind, urgent])
  expect(asks(pausedByBreach)).toEqual([['breach', true]])
  const acknowledged = { by: pausedByBreach.owner, at: noon, why: 'known' }
  const breaches = pausedByBreach.breaches.map((each) => ({ ...each, acknowledged }))
  expect(asks({ ...pausedByBreach, breaches })).toEqual([])
  const observed = pausedByBreach.breaches.map((each) => ({ ...each, mode: 'observe' as const }))
  expect(asks({ ...pausedByBreach, breaches: observed })).toEqual([])
})

test('what is urgent comes first, then what has waited longest; what does not fit is counted', () => {
  if (!alarm) throw new Error('the builder has an alarm')
  const late = { ...alarm, kind: 'revert overdue' as const, since: noon }
  const { asks, moreAsks } = of(
    [],
    [...Array.from({ length: 45 }, (_, index) => ({ ...alarm, since: noon - index })), late],
  )
  expect(asks[0]).toMatchObject({ urgent: true, alarm: { kind: 'revert overdue' } })
  expect(asks[1]?.since).toBe(noon - 44)
  expect([asks.length, moreAsks]).toEqual([40, 6])
})

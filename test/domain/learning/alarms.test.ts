import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deploymentId } from '../../../server/domain/ids.ts'
import { day, minute } from '../../../server/domain/instant.ts'
import { alarmsOf } from '../../../server/domain/learning/alarms.ts'
import { gateRecords, wasSeenByNone } from '../../../server/domain/learning/gate-record.ts'
import { withOutcomes } from '../../../server/domain/learning/outcome.ts'
import { outcomesBy, outcomesOf } from '../../../server/domain/learning/outcome-table.ts'
import type { ToldRollback } from '../../../server/domain/learning/told-rollout.ts'
import { uuid } from '../../support/fixed-values.ts'
import { build, procedure } from '../../support/plan-builder.ts'
import { begun, toldRollout } from '../../support/told-rollout-builder.ts'

const breach = { breach: 'first-pass yield' }
const acknowledged = { acknowledged: 'first-pass yield' }
const laterRollback: ToldRollback = {
  procedureId: procedure,
  from: build,
  at: begun + day,
  lastMs: 7 * minute,
}

function results(happened: Parameters<typeof toldRollout>[1], rollbacks: ToldRollback[] = [], more = {}) {
  const [rollout] = withOutcomes([toldRollout(1, happened, more)], rollbacks)
  if (!rollout) throw new Error('no rollout')
  return { outcome: rollout.outcome, alarms: alarmsOf(rollout).map(({ result }) => result) }
}

describe('how a rollout ended', () => {
  test.each([
    [['aborted'], 'aborted by a person'],
    [['rolled back'], 'rolled back by a gate'],
    [['superseded'], 'superseded'],
    [['completed'], 'completed'],
    [[breach], 'live'],
  ] as const)('%j is %s', (happened, outcome) => {
    expect(results([...happened]).outcome).toBe(outcome)
  })

  test('a rollback is of the last rollout that had completed with its build, and of no other', () => {
    const other = deploymentId.parse(uuid(2, 9))
    const earlier = toldRollout(1, ['completed'])
    const later = toldRollout(2, [breach, acknowledged, 'completed'])
    const otherBuild = toldRollout(3, ['completed'], { deploymentId: other })
    const outcomes = (rollback: ToldRollback) =>
      withOutcomes([earlier, later, otherBuild], [rollback]).map(({ outcome }) => outcome)
    expect(outcomes(laterRollback)).toEqual(['completed', 'rolled back after completion', 'completed'])
    expect(outcomes({ ...laterRollback, at: begun + 15 * minute })).toEqual([
      'rolled back after completion',
      'completed',
      'completed',
    ])
    expect(outcomes({ ...laterRollback, at: begun })).toEqual(['completed', 'completed', 'completed'])
  })
})

describe('an alarm', () => {
  test('is confirmed when the rollout is aborted, or rolled back by its gate, while the breach is open', () => {
    expect(results([breach, 'aborted']).alarms).toEqual(['confirmed'])
    expect(results([breach, 'rolled back', 'back']).alarms).toEqual(['confirmed'])
  })

  test('is false when it is acknowledged and the rollout completes and stays', () => {
    expect(results([breach, acknowledged, 'completed']).alarms).toEqual(['false'])
  })

  test('was right all the same when the build is rolled back later', () => {
    expect(results([breach, acknowledged, 'completed'], [laterRollback]).alarms).toEqual(['confirmed'])
  })

  test('is undecided when it was acknowledged and the rollout was aborted for something else, or superseded', () => {
    expect(results([breach, acknowledged, 'aborted']).alarms).toEqual(['undecided'])
    expect(results([breach, 'superseded']).alarms).toEqual(['undecided'])
    expect(results([breach, { recovered: 'first-pass yield' }, 'completed']).alarms).toEqual(['undecided'])
  })

  test('is open while the rollout lives and nobody has answered', () => {
    expect(results([breach]).alarms).toEqual(['open'])
    expect(results([breach, { acknowledged: 'error rate' }]).alarms).toEqual(['open'])
    expect(results([breach, acknowledged]).alarms).toEqual(['undecided'])
  })

  test('is confirmed by units tested on both builds, of yield alone', () => {
    const proven = { pairedLogEvidence: Math.log(20) }
    const both = [breach, { breach: 'error rate' }]
    expect(results(both, [], proven).alarms).toEqual(['confirmed', 'open'])
    expect(results(both, [], { pairedLogEvidence: Math.log(19.9) }).alarms).toEqual(['open', 'open'])
  })

  test('is one more when further evidence opens it again', () => {
    expect(results([breach, acknowledged, breach, 'aborted']).alarms).toEqual(['undecided', 'confirmed'])
  })
})

describe('the record of a gate', () => {
  const observed = { breach: 'error rate', mode: 'observe' as const }
  const records = (rollouts: ReturnType<typeof toldRollout>[], rollbacks: ToldRollback[] = []) =>
    gateRecords(withOutcomes(rollouts, rollbacks))
  const recordOf = (gate: string, ...all: Parameters<typeof records>) =>
    records(...all).find((each) => each.gate === gate)

  test('keeps breaches that only observed apart', () => {
    const told = [toldRollout(1, [observed, 'completed']), toldRollout(2, [observed, 'aborted'])]
    expect(recordOf('error rate', told)).toMatchObject({
      alarms: 0,
      observed: { alarms: 2, confirmed: 1, false: 1, open: 0 },
      right: { count: 1, of: 2 },
      healthy: 1,
      falseAlarms: { count: 1, of: 1 },
    })
  })

  test('counts as missed what alarmed the watch, or was only observed, of a build that went everywhere', () => {
    const watched = toldRollout(1, ['completed', { watch: 'error rate' }])
    expect(recordOf('error rate', [watched])).toMatchObject({ missed: 1, healthy: 0 })
    const onlyObserved = toldRollout(1, [observed, 'completed'])
    expect(recordOf('error rate', [onlyObserved], [laterRollback])?.missed).toBe(1)
    const passedOver = toldRollout(1, [{ breach: 'error rate' }, 'completed', { watch: 'error rate' }])
    expect(recordOf('error rate', [passedOver])?.missed).toBe(0)
  })

  test('says what no gate saw', () => {
    const [unseen] = withOutcomes([toldRollout(1, ['completed'])], [laterRollback])
    const [seen] = withOutcomes([toldRollout(1, [observed, 'completed'])], [laterRollback])
    const [stayed] = withOutcomes([toldRollout(1, ['completed'])], [])
    expect([unseen, seen, stayed].map((each) => each && wasSeenByNone(each))).toEqual([true, false, false])
  })

  test('adds up, whatever happened', () => {
    const gate = fc.constantFrom('first-pass yield', 'error rate')
    const happened = fc.oneof(
      fc.record({ breach: gate, mode: fc.constantFrom('observe', 'pause', 'roll back') }),
      fc.record({ acknowledged: gate }),
      fc.record({ recovered: gate }),
    )
    const end = fc.constantFrom('aborted', 'rolled back', 'superseded', 'completed', null)
    const rollout = fc.tuple(fc.array(happened, { maxLength: 6 }), end, fc.boolean())
    fc.assert(
      fc.property(fc.array(rollout, { maxLength: 12 }), (all) => {
        const told = all.map(([what, last, watch], place) =>
          toldRollout(
            place,
            [
              ...what,
              ...(last === null ? [] : [last]),
              ...(watch && last === 'completed' ? [{ watch: 'error rate' }] : []),
            ],
            { labels: place % 3 === 0 ? [] : ['firmware', 'limits'].slice(0, place % 3) },
          ),
        )
        const ended = withOutcomes(told, [laterRollback])
        for (const record of gateRecords(ended)) {
          expect(record.confirmed + record.false + record.open + record.undecided).toBe(record.alarms)
          expect(record.right.of).toBe(
            record.confirmed + record.false + record.observed.confirmed + record.observed.false,
          )
          expect(record.falseAlarms.of).toBe(record.healthy)
          expect(record.healthy).toBeLessThanOrEqual(record.rollouts)
        }
        const opened = told.flatMap(({ events }) =>
          events.filter(({ type }) => type === 'BreachOpened'),
        ).length
        const counted = gateRecords(ended).reduce((sum, each) => sum + each.alarms + each.observed.alarms, 0)
        expect(counted).toBe(opened)
        const row = outcomesOf(null, ended)
        expect(
          row.completed +
            row.abortedByPerson +
            row.rolledBackByGate +
            row.rolledBackLater +
            row.superseded +
            row.live,
        ).toBe(row.rollouts)
        expect(outcomesBy(ended, ({ sites }) => sites).reduce((sum, each) => sum + each.rollouts, 0)).toBe(
          all.length,
        )
      }),
    )
  })
})

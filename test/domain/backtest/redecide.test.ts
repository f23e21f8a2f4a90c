import { describe, expect, test } from 'vitest'
import { chance } from '../../../server/domain/backtest/chance.ts'
import { type PastRollout, redecided } from '../../../server/domain/backtest/redecide.ts'
import { day, hour } from '../../../server/domain/instant.ts'
import { plan } from '../../../server/domain/plan.ts'
import { presetPlan } from '../../../server/domain/presets.ts'
import { base, build, rollout, station, thirdBuild } from '../../support/plan-builder.ts'
import { from, history } from './synthetic-history.ts'

const startedAt = from + 16 * day
const switchedAt = startedAt + hour
const standard = plan.parse(presetPlan('standard'))

/** Station 1 has the new build from an hour after the start on; it fails that share of what would have passed. */
function pastRollout(failing: number, other: Partial<PastRollout> = {}): PastRollout {
  const line = history({ stations: 6, days: 20, runsPerDay: 100, rate: 0.03 })
  const stations = line.stations.map((each) => ({
    ...each,
    runs: each.runs.map((run) => {
      if (each.id !== station(1) || run.startedAt < switchedAt) return run
      const fails = chance('fails', run.startedAt) < failing
      return { ...run, deploymentId: build, outcome: fails ? ('FAIL' as const) : run.outcome }
    }),
  }))
  return {
    id: rollout,
    deploymentId: build,
    baseDeploymentId: base,
    startedAt,
    endedAt: from + 19 * day,
    stations,
    ...other,
  }
}

describe('a rollout that was, judged again', () => {
  test('would have been stopped soon where its build failed much, at a run after the switch', () => {
    const { stoppedBy, at, firstAttempts } = redecided(pastRollout(0.4), standard)
    expect(stoppedBy).toEqual(['first-pass yield'])
    expect(at).toBeGreaterThan(switchedAt)
    expect(at).toBeLessThan(switchedAt + 12 * hour)
    expect(firstAttempts).toBeGreaterThanOrEqual(3)
    expect(firstAttempts).toBeLessThan(50)
  })

  test('would not have been stopped where its build was like base', () => {
    expect(redecided(pastRollout(0), standard)).toMatchObject({ stoppedBy: [], at: null })
  })

  test('is stopped later, or not at all, by gates that tolerate more', () => {
    const tolerant = plan.parse({
      ...presetPlan('standard'),
      gates: [{ metric: 'first-pass yield', marginPoints: 0.3 }],
    })
    const strict = redecided(pastRollout(0.25), standard)
    const lenient = redecided(pastRollout(0.25), tolerant)
    expect(strict.at).not.toBeNull()
    expect(lenient.at ?? Number.POSITIVE_INFINITY).toBeGreaterThan(strict.at ?? 0)
  })

  test('counts nothing that a station did between the start and its own switch, bad as it was', () => {
    const at = startedAt + 7 * hour
    const late = pastRollout(0)
    const stations = late.stations.map((each) => {
      if (each.id !== station(1)) return each
      const runs = each.runs.map((run) => {
        if (run.startedAt < startedAt) return run
        const isNew = run.startedAt >= at
        return {
          ...run,
          deploymentId: isNew ? build : base,
          outcome: isNew ? ('PASS' as const) : ('FAIL' as const),
        }
      })
      return { ...each, runs }
    })
    const without = stations.map((each) => ({
      ...each,
      runs: each.runs.filter(
        (run) => each.id !== station(1) || run.startedAt < startedAt || run.startedAt >= at,
      ),
    }))
    const fails = (some: typeof stations) =>
      some.map((each) => ({
        ...each,
        runs: each.runs.map((run) =>
          run.deploymentId === build && chance('later', run.startedAt) < 0.2
            ? { ...run, outcome: 'FAIL' as const }
            : run,
        ),
      }))
    const found = redecided({ ...late, stations: fails(stations) }, standard)
    expect(found.stoppedBy).toEqual(['first-pass yield'])
    expect(redecided({ ...late, stations: fails(without) }, standard)).toEqual(found)
  })

  test('counts nothing of a third build, nor after its end', () => {
    const bad = pastRollout(0.4)
    const stations = bad.stations.map((each) => ({
      ...each,
      runs: each.runs.map((run) => (run.deploymentId === build ? { ...run, deploymentId: thirdBuild } : run)),
    }))
    expect(redecided({ ...bad, stations }, standard)).toMatchObject({ stoppedBy: [], firstAttempts: 0 })
    expect(redecided({ ...bad, endedAt: switchedAt }, standard)).toMatchObject({
      stoppedBy: [],
      firstAttempts: 0,
    })
  })
})

import { describe, expect, it } from 'vitest'
import { type BuildBehaviour, goodBuild } from '../../../demo/factory/build-behaviour.ts'
import { fleet } from '../../../demo/factory/fleet.ts'
import { runBody } from '../../../demo/factory/run-body.ts'
import { scenarios } from '../../../demo/factory/scenarios.ts'
import { type Job, lockTimeout, testUnit } from '../../../demo/factory/test-result.ts'
import { builtInRules } from '../../../server/domain/failures/built-in-rules.ts'
import { failureSorter } from '../../../server/domain/failures/sort-failures.ts'
import { runInput } from '../../../server/domain/run.ts'
import { runFindings } from '../../../server/domain/run-findings.ts'

const [station] = fleet(1, 1)
const ids = {
  procedure: '019a9f5e-0000-7000-8000-000000000001',
  deployment: '019a9f5e-0000-7000-8000-000000000002',
}

/** What the service reads of so many runs of a build; passed ones may be left out. */
function reported(build: BuildBehaviour, count = 2000, changes: Partial<Job> = {}, withPassed = true) {
  if (!station) throw new Error('a fleet of one has a station')
  return Array.from({ length: count }, (_, index) => {
    const job: Job = { serial: `unit-${index}`, attempt: 1, product: 'TX-200', sample: null, ...changes }
    return { job, result: testUnit(1, station, job, build) }
  }).flatMap(({ job, result }) => {
    if (result.outcome === 'PASS' && !withPassed) return []
    const execution = { job, result, build, deploymentId: ids.deployment, startedAt: 1_790_000_000_000 }
    const body = runBody(1, execution, ids.procedure)
    return { body, result, ...runFindings(runInput.parse(body), result.outcome) }
  })
}

describe('what a run tells', () => {
  it('is its product, what it measured, and metrics that make sense, whatever its outcome', () => {
    for (const run of reported(goodBuild)) {
      expect(run).toMatchObject({ product: 'TX-200', sample: null })
      expect(run.metrics.settle_ms).toBeGreaterThan(90)
      expect(run.metrics.settle_ms).toBeLessThan(360)
      expect([0, 1, 2]).toContain(run.metrics.retries)
      expect(run.body.phases.length).toBeGreaterThan(0)
    }
  })

  it('is what benches say when they fail, of every category that is not a limit', () => {
    const sorted = failureSorter(builtInRules)
    const categories = reported({ ...goodBuild, passRate: 0.5, errorRate: 0.4 }, 400, {}, false).map(
      ({ failureMode: mode, failureText: text, result: { outcome } }) =>
        sorted({ mode, text, outcome }).category,
    )
    expect(new Set(categories)).toEqual(new Set(['fixture', 'instrument', 'network', 'script', 'limits']))
  })

  it('is the same for the same seed', () => {
    expect(reported(goodBuild, 50)).toEqual(reported(goodBuild, 50))
  })

  it('is all three measurements when it passed', () => {
    const passed = reported(goodBuild).filter((run) => run.result.outcome === 'PASS')
    for (const run of passed) {
      expect(run.measurementCount).toBe(3)
      expect(Object.keys(run.metrics)).toEqual(
        expect.arrayContaining(['rail_3v3', 'tx_power', 'sleep_current']),
      )
    }
  })

  it('is every limit, and with the build of the limits scenario another one of the rail, at the same values', () => {
    const limitsOf = (build: BuildBehaviour) => {
      const [passed] = reported(build, 50).filter((run) => run.result.outcome === 'PASS')
      return passed?.body.phases.flatMap(({ measurements = [] }) => measurements) ?? []
    }
    const [usual, loose] = [limitsOf(goodBuild), limitsOf(scenarios.limits.candidate)]
    expect(usual.map(({ name, lower_limit, upper_limit }) => [name, lower_limit, upper_limit])).toEqual([
      ['rail_3v3', 3.2, 3.4],
      ['tx_power', 17, 20],
      ['sleep_current', 0, 12],
    ])
    expect(loose).toEqual(
      usual.map((each) => (each.name === 'rail_3v3' ? { ...each, lower_limit: 3.1 } : each)),
    )
  })

  it('is one measurement less with a build that lost its limits', () => {
    const passed = reported(scenarios.escape.candidate).filter((run) => run.result.outcome === 'PASS')
    for (const run of passed) {
      expect(run.measurementCount).toBe(2)
      expect(run.metrics).not.toHaveProperty('sleep_current')
    }
  })

  it('is how it failed, in ways that base has shown, unless the RF step never locked', () => {
    const modes = (build: BuildBehaviour) =>
      new Set(reported(build, 20_000, {}, false).map((run) => run.failureMode ?? 'none'))
    const known = modes(goodBuild)
    for (const name of ['regression', 'broken', 'slow'] as const)
      for (const mode of modes(scenarios[name].candidate)) expect(known.has(mode), mode).toBe(true)
    expect(lockTimeout).toBe('rf_output / lock timeout')
    expect([...modes(scenarios['new-failure'].candidate)].filter((mode) => !known.has(mode))).toEqual([
      lockTimeout,
    ])
  })

  it('ends at the RF step, unmeasured and out of retries, when that never locked', () => {
    const locked = reported(scenarios['new-failure'].candidate, 4000, {}, false).filter(
      (run) => run.failureMode === lockTimeout,
    )
    expect(locked.length).toBeGreaterThan(20)
    for (const { body, metrics } of locked) {
      expect(body.phases.at(-1)).toMatchObject({ name: 'rf_output', outcome: 'FAIL' })
      expect(body.phases.at(-1)).not.toHaveProperty('measurements')
      expect(metrics).toMatchObject({ retries: 3, settle_ms: 2000 })
    }
  })

  it('is that its unit is a reference sample, whose one fault is always the same', () => {
    const [golden] = reported(goodBuild, 1, { sample: 'golden' })
    expect(golden).toMatchObject({ sample: 'golden', failureMode: null, measurementCount: 3 })
    const bad = Array.from({ length: 20 }, (_, index) =>
      reported(goodBuild, 1, { sample: 'failing', attempt: index + 1 }),
    ).flat()
    for (const run of bad)
      expect(run).toMatchObject({ sample: 'failing', failureMode: 'sleep_current / sleep_current' })
  })
})

import { describe, expect, it } from 'vitest'
import { goodBuild } from '../../../demo/factory/build-behaviour.ts'
import { fleet } from '../../../demo/factory/fleet.ts'
import { history } from '../../../demo/factory/history.ts'
import { products } from '../../../demo/factory/product.ts'
import { retestShelf } from '../../../demo/factory/retest-shelf.ts'
import { endOf, runBody } from '../../../demo/factory/run-body.ts'
import { shiftClock, usualShifts } from '../../../server/domain/shifts.ts'

const endsAt = Date.UTC(2026, 4, 22, 6)
const day = 24 * 60 * 60 * 1000

function past(seed = 1, firstAttempts = 300) {
  const stations = fleet(24, seed)
  const shelf = retestShelf({ seed, fleet: stations })
  return history({
    seed,
    fleet: stations,
    shelf,
    deploymentId: 'base',
    generation: 1,
    firstAttempts,
    endsAt,
  })
}

describe('the past of the factory', () => {
  const runs = past()

  it('is the same for the same seed and another for another', () => {
    expect(past()).toEqual(runs)
    expect(past(2)).not.toEqual(runs)
  })

  it('has 300 first attempts of every station, and their retests keep the serial number', () => {
    for (const station of fleet(24, 1)) {
      const serials = new Set(
        runs
          .filter((run) => run.station === station.name && run.job.attempt === 1 && !run.job.sample)
          .map((run) => run.job.serial),
      )
      expect(serials.size).toBe(300)
    }
    const retests = runs.filter((run) => run.job.attempt > 1 && !run.job.sample)
    expect(retests.length).toBeGreaterThan(150)
    for (const retest of retests) {
      const before = runs.find(
        (run) =>
          run.job.serial === retest.job.serial &&
          run.job.attempt === retest.job.attempt - 1 &&
          run.result.outcome !== 'ABORTED',
      )
      expect(before?.result.outcome).not.toBe('PASS')
      expect(before && endOf(before)).toBeLessThanOrEqual(retest.startedAt)
    }
  })

  it('is in order, lies on six of the last seven days and ends now', () => {
    expect(runs.map((run) => run.startedAt)).toEqual(
      runs.map((run) => run.startedAt).toSorted((one, other) => one - other),
    )
    expect(Math.max(...runs.map(endOf))).toBeLessThanOrEqual(endsAt + 1)
    expect(Math.min(...runs.map((run) => run.startedAt))).toBeGreaterThan(endsAt - 7 * day)
    expect(new Set(runs.map((run) => Math.floor(run.startedAt / day))).size).toBe(6)
  })

  it('never runs two units at once on one station', () => {
    for (const station of fleet(24, 1)) {
      const own = runs.filter((run) => run.station === station.name)
      own.slice(1).forEach((run, index) => {
        const before = own[index]
        expect(before && endOf(before)).toBeLessThan(run.startedAt)
      })
    }
  })

  it('yields about 97 % at first pass', () => {
    const first = runs.filter(
      (run) => run.job.attempt === 1 && !run.job.sample && run.result.outcome !== 'ABORTED',
    )
    const passed = first.filter((run) => run.result.outcome === 'PASS').length
    expect(passed / first.length).toBeGreaterThan(0.96)
    expect(passed / first.length).toBeLessThan(0.98)
  })

  it('knows every product in every shift, so that a change of product can be allowed for', () => {
    const shiftAt = shiftClock(usualShifts('UTC'))
    for (const product of Object.keys(products))
      for (const shift of [0, 1, 2]) {
        const made = runs.filter((run) => run.job.product === product && shiftAt(run.startedAt) === shift)
        expect(made.length, `${product} in shift ${shift}`).toBeGreaterThan(150)
      }
  })

  it('has reference samples of every station, each as it should be', () => {
    const samples = runs.filter((run) => run.job.sample && run.result.outcome !== 'ABORTED')
    for (const station of fleet(24, 1)) {
      const own = samples.filter((run) => run.station === station.name)
      const [golden, failing] = ['golden', 'failing'].map(
        (sample) => own.filter((run) => run.job.sample === sample).length,
      )
      // A pair in each block but the first, and one more where a turn begins within the block.
      expect(golden).toBeGreaterThanOrEqual(5)
      expect(golden).toBeLessThanOrEqual(11)
      expect(failing).toBe(golden)
    }
    for (const { job, result } of samples)
      expect(result.outcome).toBe(job.sample === 'golden' ? 'PASS' : 'FAIL')
  })

  it('tells of each run all that a live one tells', () => {
    for (const run of runs) expect(run.build).toBe(goodBuild)
    for (const run of runs.slice(0, 500))
      expect(runBody(1, run, 'p')).toMatchObject({
        part_number: expect.stringMatching(/^TX-/),
        metrics: { settle_ms: expect.any(Number), retries: expect.any(Number) },
        phases: expect.arrayContaining([expect.objectContaining({ name: 'power_up' })]),
      })
  })

  it('may be empty', () => {
    expect(past(1, 0)).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { type BuildBehaviour, goodBuild } from '../../../demo/factory/build-behaviour.ts'
import { fleet } from '../../../demo/factory/fleet.ts'
import { type ProductName, productOf } from '../../../demo/factory/product.ts'
import { scenarios } from '../../../demo/factory/scenarios.ts'
import {
  interruption,
  type Job,
  lockTimeout,
  testUnit,
  timeLimitSeconds,
} from '../../../demo/factory/test-result.ts'

const stations = fleet(24, 1)
const unbiased = stations.map((one) => ({ ...one, bias: 0 }))

/** Of the product that has no bias of its own, unless told. */
function unit(serial: string, changes: Partial<Job> = {}): Job {
  return { serial, attempt: 1, product: 'TX-210', sample: null, ...changes }
}

function firstAttempts(
  build: BuildBehaviour,
  {
    of = unbiased,
    unitsEach = 2500,
    product = () => 'TX-210',
  }: { of?: typeof stations; unitsEach?: number; product?: (index: number) => ProductName } = {},
) {
  const results = of.flatMap((station) =>
    Array.from({ length: unitsEach }, (_, index) =>
      testUnit(1, station, unit(`${station.name}-${index}`, { product: product(index) }), build),
    ),
  )
  const share = (outcome: string) => results.filter((one) => one.outcome === outcome).length / results.length
  const passed = results.filter((one) => one.outcome === 'PASS').map((one) => one.seconds)
  return { share, results, meanPassSeconds: passed.reduce((sum, one) => sum + one, 0) / passed.length }
}

describe('testing a unit', () => {
  // Tolerances are four standard errors of a share over 60,000 units.
  const near = (rate: number) => 4 * Math.sqrt((rate * (1 - rate)) / 60_000)

  it.each(Object.values(scenarios))('has the rates that the scenario $name promises', (scenario) => {
    const { share, results } = firstAttempts(scenario.candidate)
    const { passRate, errorRate, timeoutRate, lockTimeoutRate } = scenario.candidate
    expect(Math.abs(share('PASS') - passRate)).toBeLessThan(near(passRate))
    expect(Math.abs(share('ERROR') - errorRate)).toBeLessThan(near(errorRate))
    expect(Math.abs(share('TIMEOUT') - timeoutRate)).toBeLessThan(near(timeoutRate))
    const locked = results.filter((one) => one.failureMode === lockTimeout)
    expect(Math.abs(locked.length / results.length - lockTimeoutRate)).toBeLessThanOrEqual(
      near(lockTimeoutRate),
    )
    for (const { outcome } of locked) expect(outcome).toBe('FAIL')
  })

  it('promises 97 % of base, and of each new build what its scenario says', () => {
    expect(goodBuild).toMatchObject({ passRate: 0.97, errorRate: 0.01, timeoutRate: 0.005 })
    const same = ['healthy', 'silent', 'bad-station', 'other-product', 'blind'] as const
    for (const name of same) expect(scenarios[name].candidate).toEqual(goodBuild)
    expect(scenarios.drops.candidate).toEqual({ ...goodBuild, keepsTelemetry: false })
    expect(scenarios.regression.candidate.passRate).toBe(0.9)
    expect(scenarios.broken.candidate.errorRate).toBe(0.12)
    expect(scenarios.escape.candidate.passRate).toBe(0.999)
    expect(scenarios['new-failure'].candidate).toMatchObject({ passRate: 0.965, lockTimeoutRate: 0.015 })
  })

  it('yields 97 % over the products as the lines make them, and 97.8, 97 and 93 % of each', () => {
    const yieldOf = (product: (index: number) => ProductName) =>
      firstAttempts(goodBuild, { product }).share('PASS')
    expect(Math.abs(yieldOf((index) => productOf({ rotationOffset: 0 }, index + 1)) - 0.97)).toBeLessThan(
      near(0.97),
    )
    for (const [product, rate] of [
      ['TX-200', 0.978],
      ['TX-210', 0.97],
      ['TX-300', 0.93],
    ] as const)
      expect(Math.abs(yieldOf(() => product) - rate)).toBeLessThan(near(rate))
  })

  it('takes a quarter longer with the slow build, and a little more or less by product', () => {
    const base = firstAttempts(goodBuild).meanPassSeconds
    expect(firstAttempts(scenarios.slow.candidate).meanPassSeconds / base).toBeCloseTo(1.25, 6)
    const secondsOf = (product: ProductName) =>
      firstAttempts(goodBuild, { product: () => product }).meanPassSeconds
    expect(secondsOf('TX-200') / base).toBeCloseTo(1 / 1.03, 3)
    expect(secondsOf('TX-300') / base).toBeCloseTo(0.97 / 1.03, 3)
  })

  it('ends a timeout at the time limit and everything else before it', () => {
    for (const { outcome, seconds } of firstAttempts(goodBuild).results)
      if (outcome === 'TIMEOUT') expect(seconds).toBe(timeLimitSeconds)
      else expect(seconds).toBeLessThan(timeLimitSeconds)
  })

  it('passes half of the retests, whatever the station and the product', () => {
    const results = stations.flatMap((station) =>
      Array.from({ length: 500 }, (_, index) =>
        testUnit(1, station, unit(`unit-${index}`, { attempt: 2, product: 'TX-300' }), goodBuild),
      ),
    )
    const passed = results.filter((one) => one.outcome === 'PASS').length / results.length
    expect(Math.abs(passed - 0.5)).toBeLessThan(0.02)
  })

  it('fails a retest in the new way as often as that is the way of the first failures', () => {
    const failed = stations
      .flatMap((station) =>
        Array.from({ length: 500 }, (_, index) =>
          testUnit(1, station, unit(`unit-${index}`, { attempt: 2 }), scenarios['new-failure'].candidate),
        ),
      )
      .filter((one) => one.outcome !== 'PASS')
    const locked = failed.filter((one) => one.failureMode === lockTimeout).length / failed.length
    expect(Math.abs(locked - 0.015 / 0.035)).toBeLessThan(0.03)
  })

  it('fails more in every way where more fails', () => {
    const { results } = firstAttempts(scenarios['new-failure'].candidate, { product: () => 'TX-300' })
    const failed = results.filter((one) => one.outcome !== 'PASS')
    for (const [ways, rate] of [
      [failed.filter((one) => one.outcome === 'ERROR'), 0.01],
      [failed.filter((one) => one.outcome === 'TIMEOUT'), 0.005],
      [failed.filter((one) => one.failureMode === lockTimeout), 0.015],
    ] as const)
      expect(Math.abs(ways.length / failed.length - rate / 0.035)).toBeLessThan(0.03)
  })

  it('gives each station a bias of its own that any build keeps', () => {
    const yieldOf = (bias: number, build: BuildBehaviour) =>
      firstAttempts(build, { of: [{ ...unbiasedStation, bias }], unitsEach: 40_000 }).share('PASS')
    const unbiasedStation = { ...fleet(1, 1)[0], bias: 0 } as (typeof stations)[number]
    // logit 0.97 = 3.476; 0.6 less is 0.9466. logit 0.90 = 2.197; 0.6 less is 0.8316.
    expect(yieldOf(-0.6, goodBuild)).toBeCloseTo(0.9466, 2)
    expect(yieldOf(-0.6, scenarios.regression.candidate)).toBeCloseTo(0.8316, 2)
  })

  it('never fails a unit with a good build that passes with a worse one', () => {
    for (let index = 0; index < 5000; index++) {
      const [station] = stations as [(typeof stations)[number]]
      const job = unit(`unit-${index}`)
      if (testUnit(1, station, job, scenarios.regression.candidate).outcome === 'PASS')
        expect(testUnit(1, station, job, goodBuild).outcome).toBe('PASS')
    }
  })

  it('is interrupted three times in a thousand runs', () => {
    const cut = stations.flatMap((station) =>
      Array.from({ length: 2500 }, (_, index) => interruption(1, station, unit(`unit-${index}`))),
    )
    expect(Math.abs(cut.filter(Boolean).length / cut.length - 0.003)).toBeLessThan(near(0.003))
  })
})

describe('testing a reference sample', () => {
  const outcomes = (sample: 'golden' | 'failing', build: BuildBehaviour) =>
    stations.flatMap((station) =>
      Array.from(
        { length: 500 },
        (_, round) => testUnit(1, station, unit(sample, { attempt: round + 1, sample }), build).outcome,
      ),
    )

  it('passes the known good and fails the known bad with a good build, at every station and every time', () => {
    expect(new Set(outcomes('golden', goodBuild))).toEqual(new Set(['PASS']))
    expect(new Set(outcomes('failing', goodBuild))).toEqual(new Set(['FAIL']))
  })

  it('passes both with a build that lost its limits, and no other', () => {
    for (const { name, candidate } of Object.values(scenarios)) {
      const passed = new Set(outcomes('failing', candidate)).has('PASS')
      expect(passed, name).toBe(name === 'escape')
    }
    expect(new Set(outcomes('golden', scenarios.escape.candidate))).toEqual(new Set(['PASS']))
  })

  it('fails the known good where a build or a fixture fails good units', () => {
    const failed = (build: BuildBehaviour) => {
      const all = outcomes('golden', build)
      return all.filter((outcome) => outcome !== 'PASS').length / all.length
    }
    // Of the units that a good build passes: (0.97 − 0.90) / 0.97, a little else with the stations' biases.
    expect(failed(scenarios.regression.candidate)).toBeCloseTo(0.072, 2)
    expect(failed({ ...goodBuild, passRate: 0.8 })).toBeGreaterThan(0.16)
  })
})

describe('the fleet', () => {
  it('spreads over two sites and five lines, with log-odds that differ by 0.3', () => {
    expect(new Set(stations.map((one) => one.site))).toEqual(new Set(['Lyon', 'Penang']))
    expect(new Set(stations.map((one) => one.line)).size).toBe(5)
    expect(new Set(stations.map((one) => one.name)).size).toBe(24)
    const biases = fleet(2000, 7).map((one) => one.bias)
    const spread = Math.sqrt(biases.reduce((sum, one) => sum + one * one, 0) / biases.length)
    expect(spread).toBeCloseTo(0.3, 1)
    for (const { cycleSeconds } of stations) {
      expect(cycleSeconds).toBeGreaterThanOrEqual(45)
      expect(cycleSeconds).toBeLessThanOrEqual(75)
    }
  })

  it('keeps the first stations as they are when it grows', () => {
    expect(fleet(30, 1).slice(0, 24)).toEqual(stations)
  })
})

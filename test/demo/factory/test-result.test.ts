import { describe, expect, it } from 'vitest'
import { fleet } from '../../../demo/factory/fleet.ts'
import { type BuildRates, baseRates, scenarios } from '../../../demo/factory/scenario.ts'
import { interruption, testUnit, timeLimitSeconds } from '../../../demo/factory/test-result.ts'

const stations = fleet(24, 1)
const unbiased = stations.map((one) => ({ ...one, bias: 0 }))

function firstAttempts(rates: BuildRates, of = unbiased, unitsEach = 2500) {
  const results = of.flatMap((station) =>
    Array.from({ length: unitsEach }, (_, index) =>
      testUnit(1, station, { serial: `${station.name}-${index}`, attempt: 1 }, rates),
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
    const { share } = firstAttempts(scenario.candidate)
    const { passRate, errorRate, timeoutRate } = scenario.candidate
    expect(Math.abs(share('PASS') - passRate)).toBeLessThan(near(passRate))
    expect(Math.abs(share('ERROR') - errorRate)).toBeLessThan(near(errorRate))
    expect(Math.abs(share('TIMEOUT') - timeoutRate)).toBeLessThan(near(timeoutRate))
  })

  it('promises 97 % of base, 90 % of the regression and 12 % errors of the broken build', () => {
    expect(baseRates).toEqual({ passRate: 0.97, errorRate: 0.01, timeoutRate: 0.005, durationFactor: 1 })
    expect(scenarios.healthy.candidate).toEqual(baseRates)
    expect(scenarios.regression.candidate.passRate).toBe(0.9)
    expect(scenarios.broken.candidate.errorRate).toBe(0.12)
  })

  it('takes a quarter longer with the slow build', () => {
    const slow = firstAttempts(scenarios.slow.candidate).meanPassSeconds
    expect(slow / firstAttempts(baseRates).meanPassSeconds).toBeCloseTo(1.25, 6)
  })

  it('ends a timeout at the time limit and everything else before it', () => {
    for (const { outcome, seconds } of firstAttempts(baseRates).results)
      if (outcome === 'TIMEOUT') expect(seconds).toBe(timeLimitSeconds)
      else expect(seconds).toBeLessThan(timeLimitSeconds)
  })

  it('passes half of the retests, whatever the station', () => {
    const results = stations.flatMap((station) =>
      Array.from({ length: 500 }, (_, index) =>
        testUnit(1, station, { serial: `unit-${index}`, attempt: 2 }, baseRates),
      ),
    )
    const passed = results.filter((one) => one.outcome === 'PASS').length / results.length
    expect(Math.abs(passed - 0.5)).toBeLessThan(0.02)
  })

  it('gives each station a bias of its own that any build keeps', () => {
    const yieldOf = (bias: number, rates: BuildRates) =>
      firstAttempts(rates, [{ ...unbiasedStation, bias }], 40_000).share('PASS')
    const unbiasedStation = { ...fleet(1, 1)[0], bias: 0 } as (typeof stations)[number]
    // logit 0.97 = 3.476; 0.6 less is 0.9466. logit 0.90 = 2.197; 0.6 less is 0.8316.
    expect(yieldOf(-0.6, baseRates)).toBeCloseTo(0.9466, 2)
    expect(yieldOf(-0.6, scenarios.regression.candidate)).toBeCloseTo(0.8316, 2)
  })

  it('never fails a unit with a good build that passes with a worse one', () => {
    for (let index = 0; index < 5000; index++) {
      const job = { serial: `unit-${index}`, attempt: 1 }
      const [station] = stations as [(typeof stations)[number]]
      if (testUnit(1, station, job, scenarios.regression.candidate).outcome === 'PASS')
        expect(testUnit(1, station, job, baseRates).outcome).toBe('PASS')
    }
  })

  it('is interrupted three times in a thousand runs', () => {
    const cut = stations.flatMap((station) =>
      Array.from({ length: 2500 }, (_, index) =>
        interruption(1, station, { serial: `unit-${index}`, attempt: 1 }),
      ),
    )
    expect(Math.abs(cut.filter(Boolean).length / cut.length - 0.003)).toBeLessThan(near(0.003))
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

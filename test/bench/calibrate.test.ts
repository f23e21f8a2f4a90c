import { beforeAll, describe, expect, test } from 'vitest'
import { drawFleet } from '../../bench/calibrate/fleet.ts'
import { naiveZ } from '../../bench/calibrate/methods/naive-z.ts'
import { ownEvidence, ownGates } from '../../bench/calibrate/methods/own-evidence.ts'
import { ownGate } from '../../bench/calibrate/methods/own-gate.ts'
import { promisesOf } from '../../bench/calibrate/promises.ts'
import { countBad, randomFrom } from '../../bench/calibrate/random.ts'
import { type Figure, runExperiment } from '../../bench/calibrate/run-experiment.ts'
import { watchRollout } from '../../bench/calibrate/watch.ts'
import { calibrate } from '../../bench/calibrate.ts'
import { evaluateCanary } from '../../server/domain/statistics/evaluate-canary.ts'

const usual = { size: 20, canary: 1, rate: 0.02, bias: 0.3, drift: 0.15, pastRuns: 1000 }

describe('a quick calibration', () => {
  let figures: Figure[] = []
  beforeAll(() => {
    figures = calibrate({ quick: true, seed: 1, rollouts: 60 })
  }, 120_000)

  test('our gates stop at most alpha of the healthy rollouts, within three standard errors, in every row', () => {
    const { made, broken } = promisesOf(figures)
    expect(made.length).toBeGreaterThanOrEqual(40)
    expect(broken).toEqual([])
  })

  test('has rows of every kind of gate', () => {
    const kinds = [
      'whole rollouts',
      'product mix',
      'at night',
      'times',
      'rise of yield',
      'objective',
      'budget',
      'own past',
    ]
    const sections = figures.map(({ section }) => section)
    for (const kind of kinds) expect(sections.filter((section) => section.includes(kind))).not.toEqual([])
  })

  test('the naive test stops far more healthy rollouts than its 5 %', () => {
    const naive = figures.filter(({ method, shows }) => method === naiveZ.name && shows === 'false stops')
    expect(naive).toHaveLength(12)
    for (const { stopped, standardError } of naive) expect(stopped - 3 * standardError).toBeGreaterThan(0.05)
  })

  test('both of our gates find a fall from 98 to 90 % in every rollout', () => {
    const ours = figures.filter(({ method, section }) => method.startsWith('ours') && section === '98 → 90 %')
    expect(ours).toHaveLength(4)
    for (const { stopped, medianRuns } of ours) {
      expect(stopped).toBe(1)
      expect(medianRuns).toBeLessThan(130)
    }
  })

  test('a healthy whole rollout ends in one way, mostly completed', () => {
    const shareOf = (start: string) =>
      figures.find(({ shows, method }) => shows === 'endings' && method.startsWith(start))?.stopped ??
      Number.NaN
    const completed = shareOf('completed')
    expect(completed + shareOf('held') + shareOf('ours, all five gates together')).toBeCloseTo(1, 9)
    expect(completed).toBeGreaterThan(0.8)
    expect(shareOf('naive tests')).toBeGreaterThan(0.3)
  })

  test('the budget of a whole rollout is that of its gates, 5 %', () => {
    const alphas = new Map(
      figures.flatMap(({ shows, method, alpha }) =>
        shows === 'endings' && alpha !== null ? [[method, alpha]] : [],
      ),
    )
    const together = 'ours, all five gates together'
    expect(alphas.get(together)).toBeCloseTo(0.05, 12)
    const single = [...alphas].filter(([method]) => method !== together)
    expect(single).toHaveLength(5)
    expect(single.reduce((sum, [, alpha]) => sum + alpha, 0)).toBeCloseTo(0.05, 12)
  })

  test('times: no healthy rollout is stopped, and +20 % is found in all, where the naive test stops a tenth or more', () => {
    const of = (section: string, start: string) =>
      figures.find((figure) => figure.section === section && figure.method.startsWith(start))
    expect(of('times, healthy', 'ours, defaults')?.stopped).toBe(0)
    expect(of('times, healthy', 'naive t')?.stopped).toBeGreaterThan(0.1)
    expect(of('times +20 %', 'ours, defaults')).toMatchObject({ stopped: 1 })
  })

  test('the same seed gives the same figures, another seed others', () => {
    const once = (seed: number) => calibrate({ quick: true, seed, rollouts: 4 })
    expect(once(1)).toEqual(once(1))
    expect(once(2)).not.toEqual(once(1))
  })
})

describe('our gate in the simulation', () => {
  test('has the evidence of the product', () => {
    const random = randomFrom(1, 'evidence')
    for (let rollout = 0; rollout < 30; rollout++) {
      const { past } = drawFleet(random, { ...usual, canary: 3 })
      const stations = past.map(({ runs, bad }, place) => ({
        id: String(place),
        arm: place < 3 ? ('canary' as const) : ('base' as const),
        pastRuns: runs,
        pastBad: bad,
        runs: 40,
        bad: countBad(random, 40, 0.05),
      }))
      for (const gate of Object.values(ownGates)) {
        expect(evaluateCanary(stations, gate)).toMatchObject({
          logEvidence: ownEvidence(stations, [gate])[0],
        })
      }
    }
  })

  test.each([
    ['healthy', {}],
    ['worse', { newRate: 0.04 }],
  ])('stops a %s rollout at the same run as one that computes the evidence at every look', (name, change) => {
    for (let rollout = 0; rollout < 12; rollout++) {
      const random = () => randomFrom(1, `${name} ${rollout}`)
      const play = (isEveryLook: boolean) => {
        const source = random()
        const fleet = drawFleet(source, { ...usual, ...change, canary: 5 })
        return watchRollout(source, fleet, [ownGate(ownGates.plain, { isEveryLook })], 600)
      }
      expect(play(false)).toEqual(play(true))
    }
  })

  test('stops at most one in twenty of 800 healthy rollouts with one canary station', () => {
    let stopped = 0
    for (let rollout = 0; rollout < 800; rollout++) {
      const random = randomFrom(1, `healthy ${rollout}`)
      const stops = watchRollout(random, drawFleet(random, usual), [ownGate(ownGates.plain)], 2000)
      if (stops.get(ownGates.plain.name) !== undefined) stopped += 1
    }
    expect(stopped).toBeLessThanOrEqual(40)
    // a gate that stops nothing keeps every promise
    expect(stopped).toBeGreaterThan(0)
  })

  test('keeps no promise when it stops everything', () => {
    const [figure] = runExperiment(
      {
        section: 'made up',
        column: 'all stopped',
        shows: 'false stops',
        promises: [{ method: 'always', alpha: 0.05 }],
        share: 1,
        isQuick: true,
        play: () => new Map([['always', 1]]),
      },
      1,
      100,
    )
    expect(figure).toMatchObject({ stopped: 1, medianRuns: 1 })
    expect(promisesOf(figure ? [figure] : []).broken).toHaveLength(1)
  })
})

describe('the random numbers', () => {
  test('are uniform, and another name is another stream', () => {
    const random = randomFrom(1, 'uniform')
    const tenths = new Array(10).fill(0)
    for (let draw = 0; draw < 10_000; draw++) tenths[Math.floor(random() * 10)] += 1
    const chiSquared = tenths.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // 99.9th percentile of chi-squared with nine degrees of freedom
    expect(chiSquared).toBeLessThan(27.9)
    expect(randomFrom(1, 'a')()).not.toBe(randomFrom(1, 'b')())
    expect(randomFrom(1, 'a')()).not.toBe(randomFrom(2, 'a')())
  })

  test('bad runs come at their rate', () => {
    const random = randomFrom(1, 'rate')
    // 20,000 expected of a million, standard deviation 140
    expect(Math.abs(countBad(random, 1_000_000, 0.02) - 20_000)).toBeLessThan(560)
    expect([countBad(random, 10, 0), countBad(random, 10, 1)]).toEqual([0, 10])
  })
})

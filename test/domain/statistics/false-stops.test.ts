import { describe, expect, test } from 'vitest'
import { evaluateCanary } from '../../../server/domain/statistics/evaluate-canary.ts'
import { countBad, fleet, normalFrom, seededRandom } from './tallies.ts'

/** Plays rollouts and says after how many canary runs each was stopped, or undefined. */
function play(story: {
  rollouts: number
  stations: number
  canary: number
  rate: number
  factor?: number
  drift?: number
  looks: number
  runsPerLook: number
}): (number | undefined)[] {
  const random = seededRandom(20260522)
  return Array.from({ length: story.rollouts }, () => {
    const line = normalFrom(random) * (story.drift ?? 0)
    let stations = fleet(random, { size: story.stations, ...story, bias: 0.3, noise: 0.15 })
    for (let look = 1; look <= story.looks; look++) {
      stations = stations.map(({ tally, rateNow }) => {
        const odds = (rateNow / (1 - rateNow)) * Math.exp(line)
        const rate = Math.min(1, (odds / (1 + odds)) * (tally.arm === 'canary' ? (story.factor ?? 1) : 1))
        const bad = tally.bad + countBad(random, story.runsPerLook, rate)
        return { tally: { ...tally, runs: tally.runs + story.runsPerLook, bad }, rateNow }
      })
      const evaluation = evaluateCanary(
        stations.map(({ tally }) => tally),
        { alpha: 0.05 },
      )
      if (evaluation.status === 'judged' && evaluation.breach) return look * story.runsPerLook
    }
    return undefined
  })
}

const stopped = (rollouts: (number | undefined)[]) =>
  rollouts.filter((runs) => runs !== undefined).length / rollouts.length

describe('looked at after every ten runs, on stations that differ', () => {
  test('at most one healthy rollout in twenty is ever stopped', () => {
    const healthy = play({ rollouts: 400, stations: 20, canary: 1, rate: 0.02, looks: 50, runsPerLook: 10 })
    expect(stopped(healthy)).toBeLessThanOrEqual(0.05)
  })

  test('a fall of first-pass yield from 98 to 90 % is found, half the time within 100 runs', () => {
    const bad = play({
      rollouts: 200,
      stations: 20,
      canary: 1,
      rate: 0.02,
      factor: 5,
      looks: 50,
      runsPerLook: 10,
    })
    expect(stopped(bad)).toBeGreaterThan(0.9)
    const runs = bad.map((found) => found ?? Number.POSITIVE_INFINITY).sort((one, other) => one - other)
    expect(runs[100]).toBeLessThanOrEqual(100)
  })

  test('a hundred canary stations without any base do not take the drift of the line for the build', () => {
    const story = { rollouts: 100, stations: 100, canary: 100, rate: 0.02, looks: 8, runsPerLook: 30 }
    expect(stopped(play({ ...story, drift: 0.3 }))).toBeLessThanOrEqual(0.05)
  })
})

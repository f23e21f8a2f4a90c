// How often retests are taken for proof when the builds are alike, and how soon they are when they are not: whole
// experiments of pairs, looked at after every pair.
import { describe, expect, test } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import { chooseRetests, type FailedFirst } from '../../server/domain/retest-choice.ts'
import { enoughEvidence, summary } from '../../server/domain/retest-summary.ts'
import type { RetestArm, RetestPair } from '../../server/domain/retests.ts'
import { noon } from '../support/fixed-values.ts'
import { base, build } from '../support/plan-builder.ts'
import { bothInLyon, donePair, pairOf, since } from '../support/retest-builder.ts'
import { seededRandom } from './statistics/tallies.ts'

type Random = () => number

/** After how many pairs each experiment had enough evidence; infinity where it never had. */
function play(experiments: number, mostPairs: number, pair: (random: Random) => RetestPair): number[] {
  const random = seededRandom(20261120)
  return Array.from({ length: experiments }, () => {
    const pairs: RetestPair[] = []
    while (pairs.length < mostPairs) {
      pairs.push(pair(random))
      if (Math.exp(summary(pairs).logEvidence) >= enoughEvidence) return pairs.length
    }
    return Number.POSITIVE_INFINITY
  })
}

/** A unit that failed on that build passes on the other by such a chance. */
const flipping = (canaryFailed: number, baseFailed: number) => (random: Random) =>
  donePair(random() < canaryFailed, random() < baseFailed)

/** A good unit fails one test in twenty by itself. */
const fails = (isBad: boolean, random: Random) => isBad || random() < 0.05

/** Half of them bad. Some were tried once more on the same build; those that passed have gone on. */
function failedUnits(failedIn: RetestArm, triedAgain: number, random: Random) {
  return Array.from({ length: 300 }, (_, number): { failed: FailedFirst; bad: boolean } => {
    const bad = random() < 0.5
    const again = random() < triedAgain
    const failed = {
      unit: `${failedIn}-${number}`,
      serial: `${failedIn}-${number}`,
      failedIn,
      outcome: 'FAIL' as const,
      failedAt: noon - number * minute,
      site: 'Lyon',
      product: null,
      attempts: again ? 2 : 1,
      hasPassed: again && !fails(bad, random),
      isListed: false,
    }
    return { failed, bad }
  })
}

const reached = (found: number[]) => found.filter(Number.isFinite).length / found.length
const median = (found: number[]) => found.toSorted((one, other) => one - other)[found.length / 2] ?? 0

describe('between builds that are alike at most one experiment in twenty ever has enough evidence', () => {
  test.each([
    ['half', 0.5, 150],
    ['one in twenty', 0.05, 200],
  ])('where %s of the failed units pass the second time', (_, flips, pairs) => {
    expect(reached(play(300, pairs, flipping(flips, flips)))).toBeLessThanOrEqual(1 / enoughEvidence)
  })

  test("where the line tries most of base's units on base once more, and brings only those that fail again", () => {
    const outcome = (bad: boolean, random: Random) => (fails(bad, random) ? 'FAIL' : 'PASS')
    const found = play(200, 150, (random) => {
      const [canaryBad, baseBad] = [random() < 0.5, random() < 0.5]
      const canaryFailed = [since(5, base, outcome(canaryBad, random))]
      const again = random() < 0.8 ? [since(5, base, outcome(baseBad, random))] : []
      const isGone = again.some((run) => run.outcome === 'PASS')
      return pairOf(canaryFailed, isGone ? again : [...again, since(9, build, outcome(baseBad, random))])
    })
    expect(reached(found)).toBeLessThanOrEqual(1 / enoughEvidence)
  })

  test("where base's failed units were tried again at once before anybody asked, and the canary's kept aside", () => {
    const found = Array.from({ length: 100 }, (_, experiment) => {
      const random = seededRandom(experiment)
      const units = [...failedUnits('canary', 0.2, random), ...failedUnits('base', 0.8, random)]
      const asked = { count: 60, withErrors: false }
      const left = chooseRetests(
        units.map(({ failed }) => failed),
        bothInLyon,
        asked,
      ).pairs
      expect(left.length).toBeGreaterThan(40)
      const isBad = new Map(units.map(({ failed, bad }) => [failed.unit, bad]))
      const passes = (unit: string) => !fails(isBad.get(unit) === true, random)
      return play(1, left.length, () => {
        const pair = left.pop()
        if (!pair) throw new Error('no pair is left')
        return donePair(passes(pair.canary.unit), passes(pair.base.unit))
      })[0]
    })
    expect(reached(found.map((pairs) => pairs ?? 0))).toBeLessThanOrEqual(1 / enoughEvidence)
  })
})

describe('where the new build fails good units', () => {
  test('base passes 80 % of those and the new build 20 % of those of base: enough after 12 pairs in the median', () => {
    const found = play(1000, 200, flipping(0.8, 0.2))
    expect(median(found)).toBe(12)
    expect(reached(found)).toBe(1)
  })
})

test('a new build that passes what base fails is never taken for one that fails good units', () => {
  expect(reached(play(200, 100, flipping(0.2, 0.8)))).toBe(0)
})

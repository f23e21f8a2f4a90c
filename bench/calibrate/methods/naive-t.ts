// The t test of the textbooks on mean times, asked again after every run.
import { minutes, type TimesMethod } from './times-method.ts'
import { oneSidedZ } from './usual-line.ts'

const atAll = 'naive t on means'
const tolerant = 'naive t on means, 10 % tolerated'

export const naiveTimes: TimesMethod = {
  names: [atAll, tolerant],
  begin: () => {
    const test = naiveT()
    return (arm, run) => {
      test.add(arm, minutes(run))
      if (arm === 'base') return []
      return [...(test.isHigher() ? [atAll] : []), ...(test.isHigher(1.1) ? [tolerant] : [])]
    }
  },
}

/**
 * Welch's test, one-sided 5 %: the canary's mean is higher than base's times `allowedIncrease`.
 *
 * Source: Welch, Biometrika 34 (1947), 28; made for a single look.
 */
export function naiveT() {
  const arms = { canary: { n: 0, sum: 0, squares: 0 }, base: { n: 0, sum: 0, squares: 0 } }
  return {
    add(arm: 'base' | 'canary', value: number): void {
      const sums = arms[arm]
      sums.n += 1
      sums.sum += value
      sums.squares += value * value
    },
    isHigher(allowedIncrease = 1): boolean {
      const { canary, base } = arms
      if (canary.n < leastRuns || base.n < leastRuns) return false
      const difference = mean(canary) - allowedIncrease * mean(base)
      const variance = varianceOfMean(canary) + allowedIncrease ** 2 * varianceOfMean(base)
      return difference > oneSidedZ * Math.sqrt(variance)
    },
  }
}

type Sums = { n: number; sum: number; squares: number }

/** Fewer runs of an arm have no spread to speak of; from so many on the normal distribution stands in for Student's. */
const leastRuns = 20

function mean({ n, sum }: Sums): number {
  return sum / n
}

function varianceOfMean({ n, sum, squares }: Sums): number {
  return Math.max(0, squares - (sum * sum) / n) / (n - 1) / n
}

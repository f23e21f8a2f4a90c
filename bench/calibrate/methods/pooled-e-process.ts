// An exact e-process for two streams of good and bad runs, stations pooled.
import type { Method } from '../watch.ts'
import { logTwenty } from './usual-line.ts'

/**
 * Each block is one canary run and the base runs since the one before. The bet on a block are the two
 * rates as estimated from the earlier blocks, each from a Beta(0.18, 0.18), against the one common rate
 * that the block's sizes make of them. Stops at evidence 20 when canary is the worse arm.
 *
 * Source: Turner, Ly and Grünwald, Generic E-variables for exact sequential k-sample tests,
 * Journal of Statistical Planning and Inference 230 (2024), 106116.
 */
export const pooledEProcess: Method = {
  name: 'pooled 2×2 e-process',
  begin: () => {
    let logEvidence = 0
    let before = { canaryRuns: 0, canaryBad: 0, baseRuns: 0, baseBad: 0 }
    return (look) => {
      const canary = (before.canaryBad + start) / (before.canaryRuns + 2 * start)
      const base = (before.baseBad + start) / (before.baseRuns + 2 * start)
      const baseRuns = look.baseRuns - before.baseRuns
      const common = (canary + baseRuns * base) / (1 + baseRuns)
      logEvidence += logRatio(canary, common, 1, look.canaryBad - before.canaryBad)
      logEvidence += logRatio(base, common, baseRuns, look.baseBad - before.baseBad)
      before = { ...look }
      return logEvidence >= logTwenty && look.canaryBad * look.baseRuns > look.baseBad * look.canaryRuns
    }
  },
}

const start = 0.18

function logRatio(rate: number, common: number, runs: number, bad: number): number {
  return bad * Math.log(rate / common) + (runs - bad) * Math.log((1 - rate) / (1 - common))
}

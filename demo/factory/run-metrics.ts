// What a run measures of itself, beside what it measures of the unit.
import { random } from './random.ts'
import type { Execution } from './run-body.ts'
import { lockTimeout } from './test-result.ts'

export type RunMetrics = {
  /** How long the instruments took to settle. */
  settle_ms: number
  /** Readings that were taken again. */
  retries: number
}

/** The RF step gives up after so many. */
const mostRetries = 3
const longestSettleMs = 2000

/** About 180 ms; one run in sixteen has to read again, as instruments do. */
export function runMetrics(seed: number, { job, result, build }: Execution): RunMetrics {
  if (result.failureMode === lockTimeout) return { settle_ms: longestSettleMs, retries: mostRetries }
  const draw = random(seed, job.serial, job.attempt, 'metrics')
  const settleMs = 180 * build.durationFactor * Math.exp(0.15 * draw.normal())
  const luck = draw.uniform()
  return { settle_ms: Number(settleMs.toFixed(1)), retries: luck < 0.01 ? 2 : luck < 0.0625 ? 1 : 0 }
}

import type { ModelOptions } from './canary-model.ts'

/** All optional; the defaults are those of the specification, a gate sets its own. */
export type EvaluationOptions = Partial<ModelOptions> & {
  /** Share of healthy rollouts that this gate may stop, over all looks together. */
  readonly alpha?: number
  /** What counts as no worse: expected rate times a factor, or plus an amount of rate. */
  readonly marginRelative?: number
  readonly marginPoints?: number
  readonly unacceptableRelative?: number
  readonly unacceptablePoints?: number
  readonly severeRelative?: number
  readonly severePoints?: number
  /** Rise of the good outcome that is tolerated, as an amount of rate; absent: no gain is looked for. */
  readonly gainPoints?: number
  /** Share of rollouts without a change in which a gain may ever be claimed, over all looks together. */
  readonly gainAlpha?: number
  /** Standard deviation, in log-odds, of the changes that builds make; for the posterior only. */
  readonly priorSpread?: number
}

export const DEFAULT_OPTIONS = {
  alpha: 0.05,
  driftNoise: 0.15,
  marginRelative: 1,
  marginPoints: 0,
  unacceptableRelative: 2,
  unacceptablePoints: 0.005,
  severeRelative: 2,
  severePoints: 0,
  gainAlpha: 0.05,
  priorSpread: 1,
}

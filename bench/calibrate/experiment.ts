// What is simulated: one column of one section of the report.
import type { Random } from './random.ts'
import type { Stops } from './watch.ts'

export type Experiment = {
  readonly section: string
  readonly column: string
  /** What a cell shows: the share stopped, the runs until it was, or how rollouts ended. */
  readonly shows: 'false stops' | 'detection' | 'endings'
  /** The share of healthy rollouts that a method promises to stop at most; none where nothing is promised. */
  readonly promises: readonly { readonly method: string; readonly alpha: number }[]
  /** Rollouts, as a share of those asked for. */
  readonly share: number
  /** Part of the quick run too. */
  readonly isQuick: boolean
  readonly play: (random: Random) => Stops
}

/** Looked at after every run up to this many canary runs. */
export const mostCanaryRuns = 2000

// Plays an experiment many times and says how sure its figures are.
import type { Experiment } from './experiment.ts'
import { randomFrom } from './random.ts'

export type Figure = {
  readonly section: string
  readonly column: string
  readonly shows: Experiment['shows']
  readonly method: string
  readonly rollouts: number
  /** Share of the rollouts that were stopped (or ended so), and its Monte-Carlo standard error. */
  readonly stopped: number
  readonly standardError: number
  /** Share stopped after so many canary runs at the latest. */
  readonly stoppedBy: readonly { readonly runs: number; readonly share: number }[]
  /** Canary runs until half of all rollouts were stopped; null when fewer ever were. */
  readonly medianRuns: number | null
  readonly medianStandardError: number | null
  /** The share it promises not to exceed; null where nothing is promised. */
  readonly alpha: number | null
}

const looks = [10, 20, 50, 100, 200, 300, 500, 700, 1000, 1400, 2000]

export function runExperiment(experiment: Experiment, seed: number, rollouts: number): Figure[] {
  const stops = new Map<string, (number | undefined)[]>()
  for (let rollout = 0; rollout < rollouts; rollout++) {
    const random = randomFrom(seed, `${experiment.section} | ${experiment.column} | ${rollout}`)
    for (const [method, stop] of experiment.play(random)) {
      const known = stops.get(method)
      if (known) known.push(stop)
      else stops.set(method, [stop])
    }
  }
  return [...stops].map(([method, runs]) => ({
    section: experiment.section,
    column: experiment.column,
    shows: experiment.shows,
    method,
    ...summary(runs),
    alpha: experiment.promises.find((promise) => promise.method === method)?.alpha ?? null,
  }))
}

function summary(stops: readonly (number | undefined)[]) {
  const rollouts = stops.length
  const sorted = stops.map((stop) => stop ?? Number.POSITIVE_INFINITY).sort((one, other) => one - other)
  const found = stops.filter((stop) => stop !== undefined).length
  // Half the distance between the order statistics a standard deviation of the count either side.
  const at = (place: number) =>
    sorted[Math.max(0, Math.min(rollouts - 1, Math.round(place)))] ?? Number.POSITIVE_INFINITY
  const middle = rollouts / 2
  const step = Math.sqrt(rollouts) / 2
  return {
    rollouts,
    stopped: found / rollouts,
    standardError: standardError(found, rollouts),
    stoppedBy: looks.map((runs) => ({
      runs,
      share: sorted.filter((stop) => stop <= runs).length / rollouts,
    })),
    medianRuns: finite((at(middle - 1) + at(middle)) / 2),
    medianStandardError: finite((at(middle + step) - at(middle - step)) / 2),
  }
}

/** Of a share; one rollout either way is added, so that "none of 1,000" is not taken for certain. */
export function standardError(found: number, rollouts: number): number {
  const share = (found + 1) / (rollouts + 2)
  return Math.sqrt((share * (1 - share)) / rollouts)
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

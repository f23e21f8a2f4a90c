// What is counted for gates: which runs, and which of them are bad. Gates that count the same share one counting.
import type { RunOutcome } from '../run.ts'
import type { Arm } from '../tally.ts'
import { compiled } from './expression.ts'
import type { Gate } from './gate.ts'

/** What a run shows to a counting. */
export type CountedRun = {
  outcome: RunOutcome
  startedAt: number
  endedAt: number
  measurementCount: number | null
  metrics: Record<string, number>
}

/** One attempt of a unit, or one run: counted (true: bad) or, undefined, not counted at all. */
export type Counting = { key: string; of: 'first attempts' } | RunCounting
export type RunCounting = { key: string; of: 'runs' } & (
  | { usual: null; isBad: (run: CountedRun) => boolean | undefined }
  | {
      /** What stands for the station's past: beyond it, and in the canary arm beyond the shift besides, a run is bad. */
      usual: Usual
      value: (run: CountedRun) => number | undefined
      direction: 'increase' | 'decrease'
      shiftRelative: number
      shiftBy: number
    }
)
export type Usual = { statistic: 'mean' } | { statistic: 'quantile'; quantile: number }

/** The countings that a plan's gates need, each once. */
export function countings(gates: Gate[]): Counting[] {
  const all = gates.flatMap(countingsOf)
  return all.filter((each, index) => all.findIndex((other) => other.key === each.key) === index)
}

/** None for most conditions and for shadow pairs; two for a gate that looks both ways, the increase first. */
export function countingsOf(gate: Gate): Counting[] {
  switch (gate.metric) {
    case 'first-pass yield':
    case 'first-pass yield rise':
    case 'error budget':
    case 'sample ratio':
      return [{ key: 'first-pass yield', of: 'first attempts' }]
    case 'error rate':
      return [{ key: 'error rate', of: 'runs', usual: null, isBad: (run) => run.outcome === 'ERROR' }]
    case 'timeout rate':
      return [{ key: 'timeout rate', of: 'runs', usual: null, isBad: (run) => run.outcome === 'TIMEOUT' }]
    case 'duration':
      return measured(
        gate,
        median,
        ofPasses((run) => run.endedAt - run.startedAt),
      )
    case 'measurement coverage':
      return measured(
        { name: gate.name, direction: 'decrease', shiftRelative: 0, shiftBy: 0 },
        median,
        ofPasses((run) => run.measurementCount ?? undefined),
      )
    case 'custom':
      return customCountings(gate)
    case 'telemetry':
    case 'new failure mode':
    case 'reference samples':
    case 'mixed builds':
    case 'shadow pairs':
      return []
  }
}

/** @param usual the station's own usual number, where the counting needs one; without it nothing can be said. */
export function isBad(
  counting: RunCounting,
  run: CountedRun,
  arm: Arm,
  usual: number | null,
): boolean | undefined {
  if (run.outcome === 'ABORTED') return undefined
  if (counting.usual === null) return counting.isBad(run)
  const value = counting.value(run)
  if (value === undefined || !Number.isFinite(value) || usual === null) return undefined
  const sign = counting.direction === 'increase' ? 1 : -1
  const tolerated = arm === 'canary' ? counting.shiftRelative * Math.abs(usual) + counting.shiftBy : 0
  return sign * (value - usual) > tolerated
}

const median: Usual = { statistic: 'quantile', quantile: 0.5 }

/** A failed run ends sooner and measures less: only passed ones compare. */
function ofPasses(value: (run: CountedRun) => number | undefined) {
  return (run: CountedRun) => (run.outcome === 'PASS' ? value(run) : undefined)
}

function customCountings(gate: Extract<Gate, { metric: 'custom' }>): Counting[] {
  switch (gate.statistic) {
    case 'mean':
      return measured(gate, { statistic: 'mean' }, (run) => metricOf(run, gate.read))
    case 'quantile':
      return measured(gate, { statistic: 'quantile', quantile: gate.quantile }, (run) =>
        metricOf(run, gate.read),
      )
    case 'rate':
      return [{ key: gate.name, of: 'runs', usual: null, isBad: beyondLimits(gate) }]
    case 'behaviour':
      return [{ key: gate.name, of: 'runs', usual: null, isBad: behaving(gate.expression) }]
  }
}

function measured(
  gate: {
    name: string
    direction: 'increase' | 'decrease' | 'either'
    shiftRelative: number
    shiftBy: number
  },
  usual: Usual,
  value: (run: CountedRun) => number | undefined,
): RunCounting[] {
  const { name, direction, shiftRelative, shiftBy } = gate
  const one = { of: 'runs' as const, usual, value, shiftRelative, shiftBy }
  return direction === 'either'
    ? [
        { ...one, key: `${name}, increase`, direction: 'increase' },
        { ...one, key: `${name}, decrease`, direction: 'decrease' },
      ]
    : [{ ...one, key: name, direction }]
}

function beyondLimits({
  read,
  above,
  below,
}: {
  read: string
  above?: number | undefined
  below?: number | undefined
}) {
  return (run: CountedRun) => {
    const value = metricOf(run, read)
    if (value === undefined || !Number.isFinite(value)) return undefined
    if (above === undefined && below === undefined) return value !== 0
    return (above !== undefined && value > above) || (below !== undefined && value < below)
  }
}

/**
 * What the run reports, by name or as `metrics["its name"]`, and its duration and outcome. A run that lacks a field is
 * not counted.
 */
function behaving(text: string) {
  const holds = compiled(text)
  return (run: CountedRun) => {
    const seconds = (run.endedAt - run.startedAt) / 1000
    const answer = holds({ ...run.metrics, metrics: run.metrics, outcome: run.outcome, duration_s: seconds })
    return answer === 'unknown' ? undefined : answer === 'no'
  }
}

/** Own properties only: a metric may be called "constructor". */
function metricOf(run: CountedRun, name: string): number | undefined {
  return Object.hasOwn(run.metrics, name) ? run.metrics[name] : undefined
}

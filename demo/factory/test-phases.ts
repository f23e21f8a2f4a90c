// The phases of a functional test of a board, with measurements that agree with the outcome of the run.
import type { BuildBehaviour } from './build-behaviour.ts'
import { random } from './random.ts'
import type { Execution } from './run-body.ts'
import { lockTimeout, type RunOutcome } from './test-result.ts'

type Measurement = {
  name: string
  outcome: 'PASS' | 'FAIL'
  measured_value: number
  units: string
  lower_limit: number
  upper_limit: number
}

export type Phase = {
  name: string
  outcome: 'PASS' | 'FAIL' | 'ERROR'
  started_at: string
  ended_at: string
  measurements?: Measurement[]
}

/** `from`: where a good board's values begin, whatever the limit is. */
type Limited = { name: string; units: string; low: number; high: number; from: number }

/** `share` of the duration of a complete run. */
const steps = [
  { name: 'power_up', share: 0.15, measured: { name: 'rail_3v3', units: 'V', low: 3.2, high: 3.4 } },
  { name: 'flash_firmware', share: 0.3, measured: null },
  { name: 'rf_output', share: 0.3, measured: { name: 'tx_power', units: 'dBm', low: 17, high: 20 } },
  { name: 'sleep_current', share: 0.25, measured: { name: 'sleep_current', units: 'uA', low: 0, high: 12 } },
] as const
const measuredSteps = steps.filter((step) => step.measured !== null)

/** All phases of a passed run; up to and with the one that ended it of any other. */
export function testPhases(seed: number, execution: Execution): Phase[] {
  const { job, result, build } = execution
  const draw = random(seed, job.serial, job.attempt, 'phases')
  const last = lastStep(execution, draw.uniform())
  const taken = steps.slice(0, last + 1)
  const total = taken.reduce((sum, step) => sum + step.share, 0)
  let at = execution.startedAt
  return taken.map((step, index) => {
    const startedAt = at
    at += (step.share / total) * result.seconds * 1000
    const outcome = index === last ? lastPhase(result.outcome) : 'PASS'
    const isMeasured =
      outcome !== 'ERROR' &&
      // What never locked was never measured.
      (index < last || result.failureMode === null) &&
      (build.hasLimits || step.name !== 'sleep_current')
    return {
      name: step.name,
      outcome,
      started_at: new Date(startedAt).toISOString(),
      ended_at: new Date(at).toISOString(),
      ...(step.measured && isMeasured
        ? { measurements: [measurement(limitsOf(step.measured, build), outcome, draw.normal())] }
        : {}),
    }
  })
}

/** A rail that a build lets be lower is measured no lower: boards do not change with the test. */
function limitsOf(of: (typeof measuredSteps)[number]['measured'], { railLow }: BuildBehaviour): Limited {
  if (of.name !== 'rail_3v3') return { ...of, from: of.low }
  return { ...of, low: railLow, from: of.low }
}

/** The index of the step that ended the run. */
function lastStep({ job, result }: Execution, luck: number): number {
  if (result.outcome === 'PASS') return steps.length - 1
  if (result.failureMode === lockTimeout) return indexOf('rf_output')
  if (result.outcome !== 'FAIL') return Math.floor(luck * steps.length)
  // The known-bad sample has one fault, and always that one.
  if (job.sample === 'failing') return indexOf('sleep_current')
  return indexOf(measuredSteps[Math.floor(luck * measuredSteps.length)]?.name)
}

function indexOf(name: (typeof steps)[number]['name'] | undefined): number {
  return steps.findIndex((step) => step.name === name)
}

function lastPhase(outcome: RunOutcome): Phase['outcome'] {
  if (outcome === 'PASS' || outcome === 'FAIL') return outcome
  return 'ERROR'
}

/** Passed values lie within the middle two thirds of [from, high], failed ones above the upper limit. */
function measurement(of: Limited, outcome: 'PASS' | 'FAIL', deviation: number): Measurement {
  const half = (of.high - of.from) / 2
  const inside = Math.max(-1, Math.min(1, deviation / 3)) * (2 / 3)
  const outside = 1.05 + Math.abs(deviation) / 5
  const value = of.from + half + half * (outcome === 'PASS' ? inside : outside)
  return {
    name: of.name,
    outcome,
    measured_value: Number(value.toFixed(3)),
    units: of.units,
    lower_limit: of.low,
    upper_limit: of.high,
  }
}

// What a run shows of its build's phases, measurements and limits.
import { type Limits, limitsKey } from './limits.ts'
import { sentPhases } from './sent-phases.ts'

/** A phase that ran twice may have measured the same under two limits. */
export type RunMeasurement = { name: string; units: string | null; limits: Limits[] }
export type RunPhase = { name: string; measurements: RunMeasurement[] }
/** `isCut`: there was more than is kept, so that nothing follows from what is absent. */
export type RunDefinition = { phases: RunPhase[]; isCut: boolean }

export const mostPhases = 500
export const mostMeasurements = 2_000

/** @param detail what the run's body carries beyond the known fields. Never throws; what cannot be read is as if absent. */
export function readRun(detail: Record<string, unknown>): RunDefinition {
  const phases = new Map<string, Map<string, RunMeasurement>>()
  let left = mostMeasurements
  let isCut = false
  for (const { name, measurements } of sentPhases(detail)) {
    const known = phases.get(name) ?? (phases.size < mostPhases ? new Map<string, RunMeasurement>() : null)
    if (known === null) {
      isCut = true
      continue
    }
    phases.set(name, known)
    for (const { name: own, units, limits } of measurements) {
      const measurement = { name: own, units, limits: [limits] }
      const before = known.get(measurement.name)
      if (before === undefined && left-- <= 0) isCut = true
      else known.set(measurement.name, merged(before, measurement))
    }
  }
  return {
    phases: [...phases].map(([name, measurements]) => ({ name, measurements: [...measurements.values()] })),
    isCut,
  }
}

function merged(before: RunMeasurement | undefined, now: RunMeasurement): RunMeasurement {
  if (!before) return now
  const limits = [...before.limits, ...now.limits]
  return {
    ...before,
    units: before.units ?? now.units,
    limits: [...new Map(limits.map((each) => [limitsKey(each), each])).values()],
  }
}

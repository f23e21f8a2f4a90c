// What a run shows of its build's phases, measurements and limits, in every shape that stations send. Read for each run
// that is stored: by hand, since a schema would cost more than all else of the run.
import { cut, oneLine } from '../run-text.ts'
import { type Limits, limitsKey, limitsOf } from './limits.ts'

/** A phase that ran twice may have measured the same under two limits. */
export type RunMeasurement = { name: string; units: string | null; limits: Limits[] }
export type RunPhase = { name: string; measurements: RunMeasurement[] }
/** `isCut`: there was more than is kept, so that nothing follows from what is absent. */
export type RunDefinition = { phases: RunPhase[]; isCut: boolean }

export const mostPhases = 500
export const mostMeasurements = 2_000
const longestName = 200
/** What the OpenHTF framework puts before the phases of every test. */
const synthetic = 'trigger_phase'

/** @param detail what the run's body carries beyond the known fields. Never throws; what cannot be read is as if absent. */
export function readRun(detail: Record<string, unknown>): RunDefinition {
  const phases = new Map<string, Map<string, RunMeasurement>>()
  let left = mostMeasurements
  let isCut = false
  for (const { name, measurements } of [...phasesOf(detail.phases), ...stepsOf(detail.steps)]) {
    const known = phases.get(name) ?? (phases.size < mostPhases ? new Map<string, RunMeasurement>() : null)
    if (known === null) {
      isCut = true
      continue
    }
    phases.set(name, known)
    for (const measurement of measurements) {
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

type Keyed = Record<string, unknown>

function phasesOf(sent: unknown): RunPhase[] {
  return listOf(sent).flatMap((phase) => {
    const name = nameOf(phase.name)
    const measurements = measurementsOf(phase.measurements)
    return name === null || (name === synthetic && measurements.length === 0) ? [] : [{ name, measurements }]
  })
}

/** A list, or as OpenHTF writes them, a map by name. */
function measurementsOf(sent: unknown): RunMeasurement[] {
  const all: [unknown, Keyed][] = Array.isArray(sent)
    ? listOf(sent).map((each) => [each.name, each])
    : Object.entries(keyed(sent) ?? {}).flatMap(([name, each]): [unknown, Keyed][] => {
        const one = keyed(each)
        return one ? [[name, one]] : []
      })
  return all.flatMap(([said, each]) => {
    const name = nameOf(said)
    const limits = limitsOf({ ...boundsOf(each), validators: each.validators })
    return name === null ? [] : [{ name, units: unitsOf(each.units) ?? unitsOf(each.unit), limits: [limits] }]
  })
}

/** Before there were phases: each step is one, with at most one measurement, of its own name. */
function stepsOf(sent: unknown): RunPhase[] {
  return listOf(sent).flatMap((step) => {
    const name = nameOf(step.name)
    if (name === null) return []
    const isMeasured = [step.measurement_value, step.limit_low, step.limit_high].some((each) => each != null)
    const limits = [limitsOf({ lower: step.limit_low, upper: step.limit_high })]
    const measurement = { name, units: unitsOf(step.measurement_unit), limits }
    return [{ name, measurements: isMeasured ? [measurement] : [] }]
  })
}

function boundsOf({ lower_limit, upper_limit, limit_low, limit_high }: Keyed) {
  return { lower: lower_limit ?? limit_low, upper: upper_limit ?? limit_high }
}

/** "V", or as OpenHTF writes it `{ name: "volt", code: "VLT", suffix: "V" }`. */
function unitsOf(sent: unknown): string | null {
  const one = keyed(sent)
  return one ? (nameOf(one.suffix) ?? nameOf(one.name) ?? nameOf(one.code)) : nameOf(sent)
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

function nameOf(sent: unknown): string | null {
  const text = typeof sent === 'number' ? String(sent) : sent
  return typeof text === 'string' ? cut(oneLine(text), longestName) : null
}

function listOf(sent: unknown): Keyed[] {
  const all: unknown[] = Array.isArray(sent) ? sent : []
  return all.map(keyed).filter((each) => each !== null)
}

function keyed(sent: unknown): Keyed | null {
  return isKeyed(sent) ? sent : null
}

function isKeyed(sent: unknown): sent is Keyed {
  return typeof sent === 'object' && sent !== null && !Array.isArray(sent)
}

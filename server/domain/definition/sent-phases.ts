// The phases and measurements of a run as its body carries them, in every shape that stations send. Read for each run that
// is stored: by hand, since a schema would cost more than all else of the run.
import { cut, oneLine } from '../run-text.ts'
import { type Limits, limitsOf } from './limits.ts'

/** `value`, `outcome`: as they were sent, whatever they are. */
export type SentMeasurement = {
  name: string
  units: string | null
  limits: Limits
  value: unknown
  outcome: unknown
}
export type SentPhase = { name: string; measurements: SentMeasurement[] }

const longestName = 200
/** What the OpenHTF framework puts before the phases of every test. */
const synthetic = 'trigger_phase'

/** @param detail what the run's body carries beyond the known fields. Never throws; what cannot be read is as if absent. */
export function sentPhases(detail: Record<string, unknown>): SentPhase[] {
  return [...phasesOf(detail.phases), ...stepsOf(detail.steps)]
}

type Keyed = Record<string, unknown>

function phasesOf(sent: unknown): SentPhase[] {
  return listOf(sent).flatMap((phase) => {
    const name = nameOf(phase.name)
    const measurements = measurementsOf(phase.measurements)
    return name === null || (name === synthetic && measurements.length === 0) ? [] : [{ name, measurements }]
  })
}

/** A list, or as OpenHTF writes them, a map by name. */
function measurementsOf(sent: unknown): SentMeasurement[] {
  const all: [unknown, Keyed][] = Array.isArray(sent)
    ? listOf(sent).map((each) => [each.name, each])
    : Object.entries(keyed(sent) ?? {}).flatMap(([name, each]): [unknown, Keyed][] => {
        const one = keyed(each)
        return one ? [[name, one]] : []
      })
  return all.flatMap(([said, each]) => {
    const name = nameOf(said)
    const limits = limitsOf({ ...boundsOf(each), validators: each.validators })
    const units = unitsOf(each.units) ?? unitsOf(each.unit)
    const value = each.measured_value ?? each.value
    return name === null ? [] : [{ name, units, limits, value, outcome: each.outcome }]
  })
}

/** Before there were phases: each step is one, with at most one measurement, of its own name. */
function stepsOf(sent: unknown): SentPhase[] {
  return listOf(sent).flatMap((step) => {
    const name = nameOf(step.name)
    if (name === null) return []
    const isMeasured = [step.measurement_value, step.limit_low, step.limit_high].some((each) => each != null)
    const measurement = {
      name,
      units: unitsOf(step.measurement_unit),
      limits: limitsOf({ lower: step.limit_low, upper: step.limit_high }),
      value: step.measurement_value,
      outcome: step.step_passed,
    }
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

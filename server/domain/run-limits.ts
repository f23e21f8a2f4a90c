// How large a run may be. Counted before anything is read: a million phases are refused in milliseconds.
import { isTooDeep, tooDeep } from './nesting.ts'

/** Reading 25,000 measurements takes half a second of the one thread that everybody else's requests wait for. */
export const runLimits = { phases: 10_000, measurements: 25_000, logs: 20_000 }

/** Where the body is larger than a run may be; null when it is not. Reads the shapes of all clients. */
export function tooMany(body: unknown): { field: string; message: string } | null {
  if (!isRecord(body)) return null
  for (const field of ['phases', 'steps']) {
    const phases = sizeOf(body[field])
    if (phases > runLimits.phases) return fault(field, runLimits.phases, 'phases', phases)
  }
  for (const field of ['logs', 'log_records']) {
    const lines = sizeOf(body[field])
    if (lines > runLimits.logs) return fault(field, runLimits.logs, 'log lines', lines)
  }
  const measurements = measured(body.phases)
  if (measurements > runLimits.measurements)
    return fault('phases', runLimits.measurements, 'measurements in all phases together', measurements)
  const deep = Object.keys(body).find((field) => isTooDeep(body[field]))
  return deep === undefined ? null : { field: deep, message: tooDeep }
}

function measured(phases: unknown): number {
  if (!Array.isArray(phases)) return 0
  let count = 0
  for (const phase of phases) if (isRecord(phase)) count += sizeOf(phase.measurements)
  return count
}

/** Of a list, or of a map by name, as OpenHTF writes measurements. */
function sizeOf(field: unknown): number {
  if (Array.isArray(field)) return field.length
  return isRecord(field) ? Object.keys(field).length : 0
}

function fault(field: string, most: number, what: string, came: number) {
  return {
    field,
    message: `expected at most ${most.toLocaleString('en')} ${what}, got ${came.toLocaleString('en')}: report it as several runs, or leave out what nobody reads`,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

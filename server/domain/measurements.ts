// The measurements of a stored run, whatever client it came from: what a replay with other limits reads.
import { runDetail } from './run-detail.ts'

export type Measurement = {
  phase: string | null
  name: string | null
  /** As it was sent: a number, a text, true or false, or a list of points. Null: nothing was measured. */
  value: unknown
  units: string | null
  lower: number | null
  upper: number | null
  /** PASS, FAIL, UNSET and what else a client says, in capitals. */
  outcome: string | null
}

/** @param detail what is stored beside a run's own fields. In the order in which they were taken; never throws. */
export function measurementsOf(detail: unknown): Measurement[] {
  return runDetail.parse(detail).phases.flatMap((phase) =>
    phase.measurements.map(({ name, value, units, lower, upper, outcome }) => ({
      phase: phase.name || null,
      name: name || null,
      value: value ?? null,
      units,
      lower,
      upper,
      outcome: outcome?.toUpperCase() || null,
    })),
  )
}

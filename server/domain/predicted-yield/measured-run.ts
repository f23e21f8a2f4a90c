// What a stored run measured, by place, with the limits it was held to.
import { placeOf } from '../definition/declared.ts'
import type { Limits } from '../definition/limits.ts'
import { sentPhases } from '../definition/sent-phases.ts'

export type Measured = {
  /** Null: no number was sent. */
  value: number | null
  /** As the run says; null where it says nothing. */
  passed: boolean | null
  limits: Limits
}

/** Of what was measured more than once, the last: it decided. */
export function measuredRun(detail: Record<string, unknown>): Map<string, Measured> {
  return new Map(
    sentPhases(detail).flatMap(({ name: phase, measurements }) =>
      measurements.map(({ name, value, outcome, limits }): [string, Measured] => [
        placeOf(phase, name),
        { value: numberOf(value), passed: passedOf(outcome), limits },
      ]),
    ),
  )
}

export function isInside(value: number, { lower, upper }: Limits): boolean {
  const above = lower === null || value > lower.value || (value === lower.value && !lower.strict)
  const below = upper === null || value < upper.value || (value === upper.value && !upper.strict)
  return above && below
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function passedOf(outcome: unknown): boolean | null {
  if (typeof outcome === 'boolean') return outcome
  const said = typeof outcome === 'string' ? outcome.trim().toUpperCase() : ''
  if (said === 'PASS' || said === 'PASSED') return true
  return said === 'FAIL' || said === 'FAILED' ? false : null
}

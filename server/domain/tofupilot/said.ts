// Fields that a foreign client may send or leave out, read loosely: of the wrong type is as if absent.
import { z } from 'zod'

export const text = z.string().nullish().catch(null)
export const milliseconds = z.number().finite().nullish().catch(null)
export const record = z.record(z.string(), z.unknown()).nullish().catch(null)

/** Without the fields that are null or absent, so that they do not stand in what is kept of a run. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  )
}

/** Outside the years that a time may be in, nothing: the run says which time is missing. */
export function isoTime(at: number | null | undefined): string | undefined {
  return typeof at === 'number' && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : undefined
}

// What a run's body may carry beyond what every run has, read loosely: a part that cannot be read is as if absent.
import { z } from 'zod'

/** Without control characters, outer blanks, and halves of pairs, which no database stores. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toWellFormed()
}

/** Codes are also sent as numbers. */
const line = z
  .union([z.string(), z.number().transform(String)])
  .transform(oneLine)
  .optional()
  .catch(undefined)

const keyed = z.record(z.string(), z.unknown()).optional().catch(undefined)

const measurement = z
  .object({
    name: line,
    outcome: line,
    measured_value: z.unknown().optional(),
    value: z.unknown().optional(),
  })
  .transform(({ name, outcome, measured_value, value }) => ({
    name,
    outcome,
    value: measured_value ?? value,
  }))
  .optional()
  .catch(undefined)

/** A list, or as OpenHTF writes them, a map by name. */
const measurements = z
  .union([
    z.array(measurement),
    z
      .record(z.string(), measurement)
      .transform((byName) =>
        Object.entries(byName).map(([name, each]) => each && { ...each, name: oneLine(name) }),
      ),
  ])
  .transform((all) => all.flatMap((each) => each ?? []))
  .catch([])

/** OpenHTF: an exception as `{ exc_type: "<class 'RuntimeError'>", … }`, else a word such as CONTINUE. */
const exception = z
  .object({ phase_result: z.object({ exc_type: line }) })
  .transform(({ phase_result }) => phase_result.exc_type?.match(/'(.+)'/)?.[1] ?? phase_result.exc_type)
  .optional()
  .catch(undefined)

const phase = z
  .object({ name: line, outcome: line, measurements, result: exception })
  .transform(({ result, ...rest }) => ({ ...rest, exception: result }))
  .optional()
  .catch(undefined)

const named = { part_number: line, sample: line, failure_mode: line, error_code: line }
const about = z.looseObject(named).optional().catch(undefined)

/** Reads any JSON value; of what is no object nothing is read. */
export const runDetail = z
  .object({
    ...named,
    metadata: about,
    unit_metadata: about,
    metrics: keyed,
    /** OpenHTF. */
    outcome_details: z
      .array(z.object({ code: line }).optional().catch(undefined))
      .optional()
      .catch(undefined),
    phases: z
      .array(phase)
      .transform((all) => all.flatMap((each) => each ?? []))
      .catch([]),
  })
  .catch({ phases: [] })
export type RunDetail = z.infer<typeof runDetail>

// What a run's body may carry beyond what every run has, read loosely: a part that cannot be read is as if absent.
import { z } from 'zod'
import { limit, measurements } from './run-measurement.ts'
import { line, someWords, words } from './run-text.ts'

const keyed = z.record(z.string(), z.unknown()).optional().catch(undefined)

/** An error in words, or as an object that has them. */
const said = z
  .union([someWords, z.object({ message: words }).transform(({ message }) => message)])
  .optional()
  .catch(undefined)
const sayings = { failure_text: words, failure_message: words, error_message: words, error: said }

/** OpenHTF: an exception as `{ exc_type: "<class 'RuntimeError'>", … }`, else a word such as CONTINUE. */
const result = z
  .object({ phase_result: z.object({ exc_type: line, exc_val: words }) })
  .transform(({ phase_result: { exc_type, exc_val } }) => ({
    exception: exc_type?.match(/'(.+)'/)?.[1] ?? exc_type,
    message: exc_val,
  }))
  .optional()
  .catch(undefined)

const phase = z
  .object({ name: line, outcome: line, measurements, result, ...sayings, message: words, longrepr: words })
  .transform(({ result: thrown, ...rest }) => ({
    name: rest.name,
    outcome: rest.outcome,
    measurements: rest.measurements,
    exception: thrown?.exception,
    said: [
      rest.failure_text,
      rest.failure_message,
      thrown?.message,
      rest.error_message,
      rest.error,
      rest.message,
      rest.longrepr,
    ].find(Boolean),
  }))
  .optional()
  .catch(undefined)
const phases = z.array(phase).transform((all) => all.flatMap((each) => each ?? []))

/** TofuPilot's first clients: a step is a phase with one measurement. */
const step = z
  .object({
    name: line,
    step_passed: z.boolean().optional().catch(undefined),
    measurement_value: z.unknown().optional(),
    measurement_unit: line,
    limit_low: limit,
    limit_high: limit,
  })
  .transform((read) => {
    const outcome = read.step_passed === undefined ? undefined : read.step_passed ? 'PASS' : 'FAIL'
    const value = read.measurement_value ?? null
    const measured = {
      name: read.name,
      outcome,
      value,
      units: read.measurement_unit || null,
      lower: read.limit_low ?? null,
      upper: read.limit_high ?? null,
    }
    const measures = value === null ? [] : [measured]
    return { name: read.name, outcome, measurements: measures, exception: undefined, said: undefined }
  })
  .optional()
  .catch(undefined)
const steps = z.array(step).transform((all) => all.flatMap((each) => each ?? []))

/** Metadata is often text; and a shadow run taken for one of production would count against a build that ships nothing. */
const flag = z
  .unknown()
  .transform(
    (value) =>
      value === true ||
      value === 1 ||
      (typeof value === 'string' && ['true', 'yes', '1'].includes(value.trim().toLowerCase())),
  )
  .optional()

const named = {
  part_number: line,
  sample: line,
  shadow: flag,
  failure_mode: line,
  error_code: line,
  ...sayings,
}
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
      .array(z.object({ code: line, description: words }).optional().catch(undefined))
      .optional()
      .catch(undefined),
    phases: phases.catch([]),
    steps: steps.optional().catch(undefined),
    /** What was logged, as TofuPilot's clients and as OpenHTF send it: looked at from its end, and only where it matters. */
    logs: z.array(z.unknown()).optional().catch(undefined),
    log_records: z.array(z.unknown()).optional().catch(undefined),
  })
  .transform(({ steps: taken, ...read }) => ({
    ...read,
    phases: read.phases.length > 0 ? read.phases : (taken ?? []),
  }))
  .catch({ phases: [] })
export type RunDetail = z.infer<typeof runDetail>

const logged = z
  .object({ level: z.union([z.number(), z.string()]), message: words })
  .optional()
  .catch(undefined)

/** The last line that was logged as an error. Python's levels are numbers: from 40 on an error. */
export function lastError({ logs, log_records }: RunDetail): string | undefined {
  const all = logs ?? log_records ?? []
  for (let place = all.length - 1; place >= 0; place -= 1) {
    const read = logged.parse(all[place])
    if (read?.message && isError(read.level)) return read.message
  }
  return undefined
}

function isError(level: number | string): boolean {
  return typeof level === 'number' ? level >= 40 : /^(?:error|critical|fatal)$/i.test(level.trim())
}

// A run as TofuPilot's clients sent it before version 2, and its pytest plugin: `unit_under_test` and `run_passed`.
import { z } from 'zod'
import { readDuration } from '../iso-duration.ts'
import { outcomes } from '../run.ts'
import { tooMany } from '../run-limits.ts'
import { readTime } from '../time-text.ts'
import { type Faults, issueText } from './read-native.ts'
import { given, isoTime, milliseconds, record, text } from './said.ts'

/** How a foreign run names its procedure: by id, by its short name, or by its name. */
export type NamedProcedure = { id: string | null; name: string | null }
/** `native`: the run's body under the native names, but for the procedure, which has to be looked up. */
export type Foreign = { procedure: NamedProcedure; native: Record<string, unknown> }

export function isOldRun(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'unit_under_test' in body
}

const step = z
  .looseObject({
    name: text,
    started_at: text,
    duration: text,
    step_passed: z.boolean().nullish().catch(null),
    measurement_unit: text,
    measurement_value: z.unknown().optional(),
    limit_low: z.unknown().optional(),
    limit_high: z.unknown().optional(),
  })
  .catch({})

const phase = z.looseObject({ start_time_millis: milliseconds, end_time_millis: milliseconds }).catch({})

const oldRun = z.looseObject({
  unit_under_test: z.looseObject({
    serial_number: z.string('expected a serial number as text'),
    part_number: text,
    part_name: text,
    revision: text,
    batch_number: text,
  }),
  run_passed: z.boolean('expected true or false').nullish(),
  outcome: z.enum(outcomes).nullish().catch(null),
  procedure_id: text,
  procedure_name: text,
  started_at: text,
  ended_at: text,
  duration: text,
  phases: z.array(phase, 'expected a list of phases').nullish(),
  steps: z.array(step, 'expected a list of steps').nullish(),
  metadata: record,
})

/** @param now when it arrived: the end of a run that says neither when it began nor when it ended. */
export function readOldRun(body: unknown, now: number): Foreign | Faults {
  const crowd = tooMany(body)
  if (crowd) return { status: 400, issues: [`${crowd.field}: ${crowd.message}`] }
  const read = oldRun.safeParse(body)
  if (!read.success) return { status: 400, issues: read.error.issues.map(issueText) }
  const { unit_under_test: unit, run_passed, procedure_id, procedure_name, steps, ...rest } = read.data
  const outcome = rest.outcome ?? (typeof run_passed === 'boolean' ? (run_passed ? 'PASS' : 'FAIL') : null)
  if (outcome === null) return { status: 400, issues: ['run_passed: expected true or false, got nothing'] }
  const duration = typeof rest.duration === 'string' ? readDuration(rest.duration) : null
  if (typeof rest.duration === 'string' && duration === null)
    return { status: 400, issues: [`duration: expected ISO 8601 such as PT1M2.5S, got "${rest.duration}"`] }
  const phases = [...(rest.phases ?? []).map(withTimes), ...(steps ?? []).map(asPhase)]
  const { started_at, ended_at } = timesOf(rest, duration, phases, now)
  const native = given({
    ...rest,
    ...given({
      part_number: unit.part_number || null,
      part_name: unit.part_name,
      revision_number: unit.revision,
      batch_number: unit.batch_number || null,
    }),
    serial_number: unit.serial_number,
    outcome,
    duration: null,
    started_at,
    ended_at,
    phases: phases.length > 0 ? phases : null,
  })
  return { procedure: { id: procedure_id || null, name: procedure_name || null }, native }
}

/** Start and end, each as it was said, else from the phases, the duration, or the moment of arrival. */
function timesOf(
  said: { started_at?: string | null | undefined; ended_at?: string | null | undefined },
  duration: number | null,
  phases: Record<string, unknown>[],
  now: number,
): { started_at: string; ended_at: string } {
  const starts = phases.flatMap(({ started_at }) => instants(started_at))
  const ends = phases.flatMap(({ ended_at }) => instants(ended_at))
  const firstStart = starts.length > 0 ? isoTime(smallest(starts)) : undefined
  const lastEnd = ends.length > 0 ? -smallest(ends.map((at) => -at)) : null
  const end = said.ended_at ? (readTime(said.ended_at)?.at ?? null) : null
  const started =
    said.started_at ?? firstStart ?? isoTime((end ?? now) - (duration ?? 0)) ?? new Date(now).toISOString()
  const start = readTime(started)?.at
  if (said.ended_at) return { started_at: started, ended_at: said.ended_at }
  if (start === undefined) return { started_at: started, ended_at: started }
  const ended = duration === null ? Math.max(start, lastEnd ?? start) : start + duration
  return { started_at: started, ended_at: isoTime(ended) ?? started }
}

/** Not by spreading: thousands of arguments end in an exception. */
function smallest(all: number[]): number {
  return all.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY)
}

function instants(time: unknown): number[] {
  const read = typeof time === 'string' ? readTime(time) : null
  return read ? [read.at] : []
}

function withTimes({
  start_time_millis,
  end_time_millis,
  ...rest
}: z.infer<typeof phase>): Record<string, unknown> {
  return { ...rest, ...given({ started_at: isoTime(start_time_millis), ended_at: isoTime(end_time_millis) }) }
}

/** A step is a phase with one measurement. */
function asPhase(taken: z.infer<typeof step>): Record<string, unknown> {
  const { name, started_at, duration, step_passed, measurement_unit, measurement_value } = taken
  const { limit_low, limit_high } = taken
  const outcome = typeof step_passed === 'boolean' ? (step_passed ? 'PASS' : 'FAIL') : null
  const start = typeof started_at === 'string' ? (readTime(started_at)?.at ?? null) : null
  const lasted = typeof duration === 'string' ? (readDuration(duration) ?? 0) : 0
  const measurement = given({
    name,
    outcome,
    measured_value: measurement_value,
    units: measurement_unit,
    lower_limit: limit_low,
    upper_limit: limit_high,
  })
  return given({
    name,
    outcome,
    started_at: started_at ?? null,
    ended_at: start === null ? null : isoTime(start + lasted),
    measurements: measurement_value === null || measurement_value === undefined ? [] : [measurement],
  })
}

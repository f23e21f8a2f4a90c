// A test record of OpenHTF, as its JSON output writes it, read into a run's body under the native names.
import { z } from 'zod'
import { outcomes } from '../run.ts'
import { tooMany } from '../run-limits.ts'
import type { Foreign } from './old-run.ts'
import { type Faults, issueText, type ReadRun, readNative } from './read-native.ts'
import { given, isoTime, milliseconds, record, text } from './said.ts'

const measurement = z.looseObject({
  outcome: text,
  measured_value: z.unknown().optional(),
  units: z
    .union([z.string(), z.looseObject({ suffix: text, name: text })])
    .nullish()
    .catch(null),
  validators: z.array(z.unknown()).nullish().catch(null),
  docstring: text,
})

const phase = z.looseObject({
  name: text,
  outcome: text,
  start_time_millis: milliseconds,
  end_time_millis: milliseconds,
  measurements: z.record(z.string(), measurement.catch({})).nullish().catch(null),
  result: z.unknown().optional(),
  codeinfo: z.looseObject({ docstring: text }).nullish().catch(null),
})

const logLine = z.looseObject({
  level: z.union([z.number(), z.string()]).nullish().catch(null),
  timestamp_millis: milliseconds,
  message: text,
  source: text,
  lineno: milliseconds,
})

const testRecord = z.looseObject({
  dut_id: z.string('expected the serial number as text, or null').nullish(),
  outcome: z.enum(outcomes, `expected one of ${outcomes.join(', ')}: is the test still running?`),
  start_time_millis: z.number('expected milliseconds since 1970'),
  end_time_millis: z.number('expected milliseconds since 1970'),
  station_id: text,
  metadata: record,
  phases: z.array(phase.catch({}), 'expected a list of phases').nullish(),
  log_records: z.array(logLine.catch({})).nullish().catch(null),
  outcome_details: z.array(z.unknown()).nullish().catch(null),
  code_info: z.looseObject({ docstring: text }).nullish().catch(null),
})

/** A test that ended before its unit was known: `serial_number` is then null. */
export type ReadRecord = Foreign & { native: { serial_number: string | null } }

export function readTestRecord(body: unknown): ReadRecord | Faults {
  const crowd = tooMany(body)
  if (crowd) return { status: 400, issues: [`${crowd.field}: ${crowd.message}`] }
  const read = testRecord.safeParse(body)
  if (!read.success) return { status: 400, issues: read.error.issues.map(issueText) }
  const said = read.data
  const metadata = said.metadata ?? {}
  const serial = said.dut_id?.trim() ? said.dut_id : null
  const named = (key: string) => {
    const value = metadata[key]
    return typeof value === 'string' && value.trim() !== '' ? value : null
  }
  const native = {
    ...given({
      part_number: named('part_number'),
      revision_number: named('revision') ?? named('revision_number'),
      batch_number: named('batch_number'),
      procedure_version: named('procedure_version'),
      operated_by: named('operated_by'),
      docstring: said.code_info?.docstring,
      sub_units: metadata.sub_units,
      openhtf_station: said.station_id,
      /** What a record without a unit had come to: it is kept as aborted. */
      openhtf_outcome: serial === null ? said.outcome : null,
      outcome_details: said.outcome_details,
      metadata,
      phases: said.phases?.map(phaseOf),
      logs: said.log_records?.map(logOf),
    }),
    serial_number: serial,
    outcome: serial === null ? 'ABORTED' : said.outcome,
    started_at: isoTime(said.start_time_millis),
    ended_at: isoTime(said.end_time_millis),
  }
  return { procedure: { id: named('procedure_id'), name: named('procedure_name') }, native }
}

/** A run without a unit has a blank serial number, which the native protocol refuses. */
export function readRecordOf(native: Record<string, unknown>): ReadRun {
  if (native.serial_number !== null) return readNative(native)
  const read = readNative({ ...native, serial_number: 'none' })
  return 'run' in read ? { run: { ...read.run, serial_number: '' } } : read
}

function phaseOf({ name, outcome, measurements, ...said }: z.infer<typeof phase>): Record<string, unknown> {
  return given({
    name,
    outcome,
    started_at: isoTime(said.start_time_millis),
    ended_at: isoTime(said.end_time_millis),
    docstring: said.codeinfo?.docstring,
    measurements: Object.entries(measurements ?? {}).map(([key, each]) =>
      given({
        name: key,
        outcome: each.outcome,
        measured_value: each.measured_value,
        units: typeof each.units === 'string' ? each.units : (each.units?.suffix ?? each.units?.name),
        validators: each.validators,
        docstring: each.docstring,
      }),
    ),
    result: said.result,
  })
}

function logOf({ level, timestamp_millis, message, source, lineno }: z.infer<typeof logLine>) {
  return given({
    level: typeof level === 'number' ? levelName(level) : level,
    timestamp: isoTime(timestamp_millis),
    message,
    source_file: source,
    line_number: lineno,
  })
}

/** Python's numbers of log levels. */
function levelName(level: number): string {
  if (level >= 50) return 'CRITICAL'
  if (level >= 40) return 'ERROR'
  if (level >= 30) return 'WARNING'
  return level >= 20 ? 'INFO' : 'DEBUG'
}

// A stored run as TofuPilot's clients read it. Every key that they require is there; what is unknown here is blank.
import { z } from 'zod'
import type { FoundRun } from '../../../db/found-runs.ts'
import { writeDuration } from '../../domain/iso-duration.ts'
import { readTime } from '../../domain/time-text.ts'

const text = z.string().nullish().catch(null)
const rest = z.unknown().optional()
const measurement = z
  .looseObject({ name: text, outcome: text, measured_value: rest, value: rest, units: rest, unit: rest })
  .catch({})
const phase = z
  .looseObject({
    name: text,
    outcome: text,
    started_at: text,
    ended_at: text,
    docstring: text,
    retry_count: z.number().int().min(0).nullish().catch(null),
    measurements: z
      .union([
        z.array(measurement),
        z
          .record(z.string(), measurement)
          .transform((byName) => Object.entries(byName).map(([name, each]) => ({ ...each, name }))),
      ])
      .nullish()
      .catch(null),
  })
  .catch({})
const logLine = z
  .looseObject({
    level: text,
    timestamp: text,
    message: text,
    source_file: text,
    line_number: z.number().nullish().catch(null),
  })
  .catch({})
const detail = z.looseObject({
  procedure_version: text,
  part_number: text,
  part_name: text,
  revision_number: text,
  batch_number: text,
  docstring: text,
  operated_by: text,
  phases: z.array(phase).nullish().catch(null),
  logs: z.array(logLine).nullish().catch(null),
  sub_units: z
    .array(z.union([z.string(), z.looseObject({ serial_number: text })]))
    .nullish()
    .catch(null),
  metadata: rest,
  unit_metadata: rest,
})
type Detail = z.infer<typeof detail>

export function listedRun(run: FoundRun) {
  const said = detail.parse(run.detail)
  return { ...timesOf(run), procedure: { ...run.procedure, version: version(said) }, ...about(run, said) }
}

export function wholeRun(run: FoundRun) {
  const said = detail.parse(run.detail)
  return {
    ...listedRun(run),
    phases: (said.phases ?? []).map((each, index) => phaseOf(each, `${run.id}/${index}`, run)),
    logs: (said.logs ?? []).map((each, index) => logOf(each, `${run.id}/log/${index}`, run)),
    attachments: [],
    sub_units: (said.sub_units ?? []).map((unit) => {
      const serial = typeof unit === 'string' ? unit : (unit.serial_number ?? '')
      return { id: serial.toLowerCase(), serial_number: serial, part_number: '', part_name: null }
    }),
    metadata: said.metadata ?? null,
    unit_metadata: said.unit_metadata ?? null,
  }
}

/** As version 1 had it. */
export function oldRunAnswer(run: FoundRun) {
  const said = detail.parse(run.detail)
  const { phases, logs } = wholeRun(run)
  const number = said.part_number ?? ''
  return {
    ...timesOf(run),
    created_by_user: null,
    created_by_station: run.station,
    procedure: run.procedure,
    procedure_version: said.procedure_version
      ? { id: said.procedure_version, value: said.procedure_version }
      : null,
    unit: {
      id: run.serial.trim().toLowerCase(),
      serial_number: run.serial,
      batch: batch(said),
      revision: {
        id: said.revision_number ?? '',
        identifier: said.revision_number ?? '',
        component: { id: number, part_number: number, name: said.part_name ?? number },
      },
    },
    phases,
    logs,
    attachments: [],
  }
}

function timesOf(run: FoundRun) {
  return {
    id: run.id,
    created_at: iso(run.receivedAt),
    started_at: iso(run.startedAt),
    ended_at: iso(run.endedAt),
    duration: writeDuration(run.endedAt - run.startedAt),
    outcome: run.outcome,
  }
}

function about(run: FoundRun, said: Detail) {
  const part = said.part_number ?? ''
  const revision = said.revision_number ?? ''
  return {
    unit: {
      id: run.serial.trim().toLowerCase(),
      serial_number: run.serial,
      part: {
        id: part,
        number: part,
        name: said.part_name ?? part,
        revision: { id: revision, number: revision },
      },
      batch: batch(said),
    },
    docstring: said.docstring ?? null,
    created_by_user: null,
    created_by_station: run.station,
    operated_by: said.operated_by ? { id: said.operated_by, name: null, email: said.operated_by } : null,
  }
}

function version({ procedure_version: tag }: Detail) {
  return tag ? { id: tag, tag } : null
}

function batch({ batch_number: number }: Detail) {
  return number ? { id: number, number } : null
}

function phaseOf(said: z.infer<typeof phase>, id: string, run: FoundRun) {
  const start = readTime(said.started_at ?? '')?.at ?? run.startedAt
  const end = Math.max(start, readTime(said.ended_at ?? '')?.at ?? start)
  return {
    id,
    name: said.name ?? '',
    outcome: phaseOutcome(said.outcome),
    started_at: iso(start),
    ended_at: iso(end),
    duration: writeDuration(end - start),
    retry_count: said.retry_count ?? 0,
    measurements: (said.measurements ?? []).map((each, index) => measurementOf(each, `${id}/${index}`)),
    docstring: said.docstring ?? null,
  }
}

/** The clients know four; a phase that took too long failed by the test system's clock. */
function phaseOutcome(said: string | null | undefined): string {
  const outcome = said?.toUpperCase() ?? ''
  if (['PASS', 'FAIL', 'SKIP', 'ERROR'].includes(outcome)) return outcome
  return outcome === 'TIMEOUT' ? 'ERROR' : 'SKIP'
}

function measurementOf(said: z.infer<typeof measurement>, id: string) {
  const outcome = said.outcome?.toUpperCase() ?? ''
  const value = said.measured_value ?? said.value
  const units = said.units ?? said.unit
  return {
    id,
    name: said.name ?? '',
    outcome: ['PASS', 'FAIL'].includes(outcome) ? outcome : 'UNSET',
    units: typeof units === 'string' ? units : null,
    validators: validatorsOf(said),
    ...(value === undefined || value === null ? {} : { measured_value: value }),
  }
}

const bound = z.number().nullish().catch(null)
const limits = z.looseObject({
  lower_limit: bound,
  upper_limit: bound,
  validators: z.array(rest).nullish().catch(null),
})
const structured = z.looseObject({
  outcome: z.enum(['PASS', 'FAIL', 'UNSET']).catch('UNSET'),
  operator: text,
  expected_value: rest,
  expression: text,
})

/** Limits and validators in the one shape that the clients read. */
function validatorsOf(said: z.infer<typeof measurement>) {
  const { lower_limit, upper_limit, validators } = limits.parse(said)
  const all = [
    ...(typeof lower_limit === 'number' ? [validator('UNSET', '>=', lower_limit, null)] : []),
    ...(typeof upper_limit === 'number' ? [validator('UNSET', '<=', upper_limit, null)] : []),
    ...(validators ?? []).flatMap((each) => {
      if (typeof each === 'string') return [validator('UNSET', null, null, each)]
      const read = structured.safeParse(each).data
      return read
        ? [
            validator(
              read.outcome,
              read.operator ?? null,
              read.expected_value ?? null,
              read.expression ?? null,
            ),
          ]
        : []
    }),
  ]
  return all.length > 0 ? all : null
}

function validator(outcome: string, operator: string | null, expected: unknown, expression: string | null) {
  const said = operator === null ? null : `x ${operator} ${JSON.stringify(expected)}`
  return {
    outcome,
    operator,
    expected_value: expected,
    expression: expression ?? said ?? '',
    is_decisive: null,
    is_expression_only: operator === null,
    analytics_expression: said,
    has_custom_expression: expression !== null,
  }
}

function logOf(said: z.infer<typeof logLine>, id: string, run: FoundRun) {
  const level = said.level?.toUpperCase() ?? ''
  return {
    id,
    level: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'].includes(level) ? level : 'INFO',
    timestamp: iso(readTime(said.timestamp ?? '')?.at ?? run.startedAt),
    message: said.message ?? '',
    source_file: said.source_file ?? '',
    line_number: said.line_number ?? 0,
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

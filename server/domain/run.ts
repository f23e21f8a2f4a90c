// A run: one execution of a procedure on one unit. What a station sends, and what is kept of it.
import { z } from 'zod'
import {
  type DeploymentId,
  deploymentId,
  type ProcedureId,
  procedureId,
  type RunId,
  type StationId,
} from './ids.ts'
import type { Instant } from './instant.ts'
import type { RunFindings } from './run-findings.ts'
import { tooMany } from './run-limits.ts'
import { readTime } from './time-text.ts'

export const outcomes = ['PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED'] as const
export type RunOutcome = (typeof outcomes)[number]

const time = z.string().transform((text, context) => {
  const read = readTime(text)
  if (read) return read
  context.addIssue({
    code: 'custom',
    message: `expected an ISO 8601 time such as 2026-05-22T06:00:00Z, got "${text.slice(0, 60)}"`,
  })
  return z.NEVER
})

/**
 * Postgres stores neither the character U+0000 nor half of a surrogate pair; inside JSON either would fail the whole
 * statement, and with it the other runs of the batch. JSON escapes just these; an even number of backslashes before
 * is text that only looks so.
 */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/
const storable = (field: unknown) => !unstorable.test(JSON.stringify(field ?? null))

/** What a run says that ends before it starts. */
export const endsTooSoon = 'expected ended_at at or after started_at'

const fields = z
  .looseObject({
    procedure_id: procedureId,
    serial_number: z
      .string()
      .max(1000, 'expected a serial number of at most 1000 characters')
      .refine((text) => text.trim() !== '', 'expected a serial number, got a blank one'),
    outcome: z.enum(outcomes),
    started_at: time,
    ended_at: time,
    deployment_id: z.string().nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish(),
  })
  .superRefine((run, context) => {
    if (run.ended_at.at < run.started_at.at)
      context.addIssue({
        code: 'custom',
        path: ['ended_at'],
        message: endsTooSoon,
      })
    // At one go, and each by itself only where something is wrong: that alone was a third of reading a run.
    if (storable(run)) return
    for (const [name, value] of Object.entries(run))
      if (!storable([name, value]))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'expected well-formed text without the character U+0000',
        })
  })

/** Too many phases are refused before anything else of the run is looked at. */
export const runInput = z
  .unknown()
  .superRefine((body, context) => {
    const fault = tooMany(body)
    if (fault) context.addIssue({ code: 'custom', path: [fault.field], message: fault.message })
  })
  .pipe(fields)
export type RunInput = z.infer<typeof runInput>

export type AttributedBy = 'body' | 'header' | 'metadata' | 'pickup' | 'none'

/** A run ready to be stored. `shift` is that of its start, by the procedure's clock. */
export type Run = RunFindings & {
  id: RunId
  procedureId: ProcedureId
  stationId: StationId
  deploymentId: DeploymentId | null
  attributedBy: AttributedBy
  serial: string
  unit: string
  outcome: RunOutcome
  startedAt: Instant
  endedAt: Instant
  zoneless: boolean
  shift: number
  detail: Record<string, unknown>
}

/** Serial numbers compare case-insensitively. */
export function unitOf(serial: string): string {
  return serial.trim().toLowerCase()
}

/**
 * Which deployment made the run: what the body says, else the header, the metadata, else what the station had
 * acknowledged when the run started. An id that is not the procedure's own is passed over, never believed.
 */
export function attribute(
  said: { body: unknown; header: unknown; metadata: unknown; pickup: DeploymentId | null },
  ofProcedure: ReadonlySet<string>,
): { deploymentId: DeploymentId | null; attributedBy: AttributedBy } {
  for (const source of sources) {
    const believed = ofThese(said[source], ofProcedure)
    if (believed) return { deploymentId: believed, attributedBy: source }
  }
  return { deploymentId: null, attributedBy: 'none' }
}

/** What a station said of the build and nobody could believe, with where it said it: kept, so that it can be mended. */
export type NotBelieved = { in: 'body' | 'header' | 'metadata'; said: string }
/** Its key in what is kept of the run. */
export const notBelievedKey = 'deployment_not_believed'

export function notBelieved(
  said: { body: unknown; header: unknown; metadata: unknown },
  ofProcedure: ReadonlySet<string>,
): NotBelieved[] {
  return (['body', 'header', 'metadata'] as const).flatMap((source): NotBelieved[] => {
    const value = said[source]
    if (value === undefined || value === null || value === '' || ofThese(value, ofProcedure)) return []
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [{ in: source, said: text.slice(0, 200).toWellFormed() }]
  })
}

const sources = ['body', 'header', 'metadata', 'pickup'] as const

/** The builds that a station may have meant, whichever they are: those to look up. */
export function saidIds(said: { body: unknown; header: unknown; metadata: unknown }): DeploymentId[] {
  return [said.body, said.header, said.metadata].flatMap((each) => idIn(each) ?? [])
}

function ofThese(said: unknown, ofProcedure: ReadonlySet<string>): DeploymentId | null {
  const id = idIn(said)
  return id !== null && ofProcedure.has(id) ? id : null
}

function idIn(said: unknown): DeploymentId | null {
  // A failed parse makes an error, its stack and its texts: for what nobody said, thrice a run.
  if (typeof said !== 'string') return null
  return deploymentId.safeParse(said.trim().toLowerCase()).data ?? null
}

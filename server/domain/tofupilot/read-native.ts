// The last step of every foreign shape: the run as the native protocol has it, or what is wrong in TofuPilot's terms.
import type { z } from 'zod'
import { endsTooSoon, type RunInput, runInput } from '../run.ts'

/** 400: not what a run looks like; 422: it is one, and contradicts itself. */
export type Faults = { status: 400 | 422; issues: string[] }
export type ReadRun = { run: RunInput } | Faults

/** @param native a run's body under the names of the native protocol. */
export function readNative(native: unknown): ReadRun {
  const read = runInput.safeParse(native)
  if (read.success) return { run: read.data }
  return { status: contradictsItself(read.error) ? 422 : 400, issues: read.error.issues.map(issueText) }
}

/** "serial_number: expected …": the clients show the text alone. */
export function issueText(issue: z.core.$ZodIssue): string {
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message
}

function contradictsItself(error: z.ZodError): boolean {
  return error.issues.every((issue) => issue.code === 'custom' && issue.message === endsTooSoon)
}

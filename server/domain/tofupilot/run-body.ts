// A run as TofuPilot's clients send it since version 2. Its names are the native ones; what it asks of them is stricter,
// in the words that the clients' own tests look for.
import { z } from 'zod'
import { tooMany } from '../run-limits.ts'
import { issueText, type ReadRun, readNative } from './read-native.ts'

const notBlank = (what: string) =>
  z
    .string(`expected a ${what} as text`)
    .refine((text) => text.trim() !== '', `expected a ${what}, got a blank one`)
    .nullish()

const asked = z.looseObject({
  procedure_id: z.uuid({ error: ({ input }) => `expected a uuid, got ${shown(input)}` }),
  part_number: notBlank('part number'),
  revision_number: notBlank('revision number'),
  batch_number: notBlank('batch number'),
  operated_by: z
    .string('expected the email address of the operator as text')
    .refine((text) => /^[^\s@]+@[^\s@]+$/.test(text.trim()), {
      error: ({ input }) => `expected the email address of the operator, got ${shown(input)}`,
    })
    .nullish(),
  procedure_version: z.string('expected a version as text').nullish(),
  docstring: z.string('expected text').nullish(),
  sub_units: z.array(z.unknown(), 'expected a list of serial numbers').nullish(),
  phases: z.array(z.looseObject({}), 'expected a list of phases').nullish(),
  logs: z.array(z.looseObject({}), 'expected a list of log lines').nullish(),
  unit_metadata: z.record(z.string(), z.unknown(), 'expected an object').nullish(),
})

export function readRunBody(body: unknown): ReadRun {
  const native = readNative(body)
  if (tooMany(body)) return native
  const own = asked.safeParse(body)
  if (own.success) return native
  const issues = own.error.issues.map(issueText)
  const named = new Set(own.error.issues.map((issue) => String(issue.path[0] ?? '')))
  const further =
    'status' in native ? native.issues.filter((text) => !named.has(text.split(/[.:]/)[0] ?? '')) : []
  return { status: 400, issues: [...issues, ...further] }
}

function shown(input: unknown): string {
  return input === undefined ? 'nothing' : JSON.stringify(input).slice(0, 80)
}

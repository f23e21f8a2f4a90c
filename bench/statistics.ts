// `npm run statistics -- FILE`: evaluates every case of a reference file and tells what deviates.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  compareWithReference,
  type ReferenceTolerance,
} from '../server/domain/statistics/compare-with-reference.ts'
import { evaluateReferenceCase } from '../server/domain/statistics/evaluate-reference-case.ts'

export const statisticsHelp = `npm run statistics -- FILE   evaluates every case of a reference file

FILE   JSON: { "cases": [{ "id", "kind", "input", "expected", "tol": { "abs" and/or "rel" }, "source" }] }
       as in test/fixtures/statistics/reference.json; either of the two tolerances suffices

Each deviation is a line; the last line counts. Exit code 0: all passed, 1: some failed, 2: no such file.
`

/** The lines to print, and the exit code: 0 all passed, 1 some failed, 2 the file cannot be read. */
export type StatisticsReport = { lines: string[]; exitCode: 0 | 1 | 2 }

function main(argv: readonly string[]): number {
  const [file] = argv
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(statisticsHelp)
    return 0
  }
  if (file === undefined || argv.length > 1) {
    process.stderr.write(
      `expected one FILE, got ${argv.length === 0 ? 'none' : argv.join(' ')}\n${statisticsHelp}`,
    )
    return 2
  }
  const { lines, exitCode } = checkReferenceFile(file)
  process.stdout.write(`${lines.join('\n')}\n`)
  return exitCode
}

export function checkReferenceFile(file: string): StatisticsReport {
  const cases = readCases(file)
  if (typeof cases === 'string') return { lines: [`${file}: ${cases}`, '0 passed, 1 failed'], exitCode: 2 }
  const faults = cases.map(faultsOf)
  const failed = faults.filter((lines) => lines.length > 0).length
  return {
    lines: [...faults.flat(), `${cases.length - failed} passed, ${failed} failed`],
    exitCode: failed === 0 ? 0 : 1,
  }
}

const referenceFile = z.object(
  {
    cases: z
      .array(z.unknown(), { error: 'expected a list in cases' })
      .min(1, 'expected at least one case in cases'),
  },
  { error: 'expected an object with a list of cases' },
)

/** The cases as they stand, or what was expected of the file. */
function readCases(file: string): unknown[] | string {
  try {
    const parsed = referenceFile.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data.cases : parsed.error.issues.map(({ message }) => message).join('; ')
  } catch (error) {
    return `expected a readable file of JSON: ${messageOf(error)}`
  }
}

const tolerated = z.number({ error: 'expected a number' }).min(0, 'expected 0 or more').optional()

const referenceCase = z.object(
  {
    id: z.string({ error: 'expected a text' }),
    kind: z.string({ error: 'expected a text' }),
    input: z.record(z.string(), z.unknown(), { error: 'expected an object' }),
    expected: z
      .record(z.string(), z.unknown(), { error: 'expected an object' })
      .refine((fields) => Object.keys(fields).length > 0, 'expected at least one field'),
    tol: z
      .object({ abs: tolerated, rel: tolerated }, { error: 'expected an object with abs or rel' })
      .refine(({ abs, rel }) => abs !== undefined || rel !== undefined, 'expected abs or rel'),
    source: z.string({ error: 'expected a text' }).default('no source given'),
  },
  { error: 'expected an object' },
)

/** One line for everything that is wrong with a case; none when it passes. */
function faultsOf(value: unknown, place: number): string[] {
  const parsed = referenceCase.safeParse(value)
  if (!parsed.success) {
    const name = nameOf(value, place)
    return parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(': ')}: ${message}`)
  }
  const { id, kind, input, expected, source } = parsed.data
  const tolerance = given(parsed.data.tol)
  try {
    return compareWithReference(expected, evaluateReferenceCase({ id, kind, input }), tolerance).map(
      (deviation) =>
        `${id}: ${deviation.field}: expected ${shown(deviation.expected)}, got ${shown(deviation.actual)}, ` +
        `tolerance ${toleranceText(tolerance)} (${source})`,
    )
  } catch (error) {
    const message = messageOf(error)
    return [message.startsWith(`${id}: `) ? message : `${id}: ${message}`]
  }
}

function nameOf(value: unknown, place: number): string {
  const named = z.object({ id: z.string() }).safeParse(value)
  return named.success ? named.data.id : `cases[${place}]`
}

function given({ abs, rel }: { abs?: number | undefined; rel?: number | undefined }): ReferenceTolerance {
  return { ...(abs === undefined ? {} : { abs }), ...(rel === undefined ? {} : { rel }) }
}

function toleranceText({ abs, rel }: ReferenceTolerance): string {
  return [abs === undefined ? [] : `abs ${abs}`, rel === undefined ? [] : `rel ${rel}`].flat().join(' or ')
}

/** JSON has no word for infinity, nor for a field that is not there. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

// Last: the schemas above have to be there first.
if (import.meta.main) process.exitCode = main(process.argv.slice(2))

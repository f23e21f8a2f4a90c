// Rules that sort failures into buckets with something to do about each. They compare words and wildcards, never a
// regular expression of the engine: one that takes for ever would hold up every station.
import { z } from 'zod'

export const failureCategories = ['fixture', 'instrument', 'network', 'script', 'limits', 'unknown'] as const
export const failureCategory = z.enum(failureCategories)
export type FailureCategory = z.infer<typeof failureCategory>

/** `text`: the words that were said, or the mode; the others are that part alone. */
export const failureField = z.enum(['text', 'mode', 'code', 'phase', 'outcome'])
export type FailureField = z.infer<typeof failureField>

const term = z.string().trim().min(1).max(200)
/** One, or several of which any will do. */
const terms = z
  .union([term.transform((one) => [one]), z.array(term).min(1).max(20)])
  .nullable()
  .default(null)
const comparisons = ['contains', 'startsWith', 'equals', 'pattern'] as const

export const failureRule = z
  .strictObject({
    category: failureCategory,
    /** What people call it. */
    name: z.string().trim().min(1).max(60).nullable().default(null),
    field: failureField.default('text'),
    contains: terms,
    startsWith: terms,
    equals: terms,
    /** `*` stands for any characters, or none; everything else for itself. */
    pattern: terms,
    /** What to do about such a failure: "clean the pogo pins". */
    action: z.string().trim().min(1).max(200).nullable().default(null),
  })
  .superRefine((rule, context) => {
    const given = comparisons.filter((name) => rule[name] !== null)
    if (given.length !== 1)
      context.addIssue({
        code: 'custom',
        message: `expected exactly one of contains, starts_with, equals and pattern, got ${given.length === 0 ? 'none' : given.join(' and ')}`,
      })
  })
export type FailureRule = z.infer<typeof failureRule>

/** First to last; the first that matches decides. */
export const failureRules = z.array(failureRule).max(100)

export type RuleSource = 'procedure' | 'organisation' | 'built in'
/** A rule in force, and whose it is. */
export type HeldRule = FailureRule & { from: RuleSource }

/** Whether it matches any of the values, which are folded. Case and blanks are of no matter. */
export function matcher(rule: FailureRule): (values: string[]) => boolean {
  const tests = [
    ...(rule.contains ?? []).map(folded).map((term) => (value: string) => value.includes(term)),
    ...(rule.startsWith ?? []).map(folded).map((term) => (value: string) => value.startsWith(term)),
    ...(rule.equals ?? []).map(folded).map((term) => (value: string) => value === term),
    ...(rule.pattern ?? []).map(folded).map((term) => (value: string) => fits(value, term)),
  ]
  return (values) => values.some((value) => tests.some((test) => test(value)))
}

export function folded(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim()
}

/** Each part between stars is taken where it first stands after the one before: linear, and never tried again. */
function fits(value: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return value === pattern
  if (!value.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = value.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return value.length - last.length >= at && value.endsWith(last)
}

// What the author of a build says of its phases, measurements and limits, and which changes are meant.
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { type Limits, limitsOf } from './limits.ts'
import { mostMeasurements, mostPhases } from './read-run.ts'

const text = (longest: number, what: string) =>
  z
    .string()
    .trim()
    .min(1, `expected ${what}, got a blank text`)
    .max(longest, `expected at most ${longest} characters`)
    .refine(
      (said) => !/\p{Cc}/u.test(said) && said.isWellFormed(),
      'expected text without control characters',
    )

const validator = z.union([
  text(200, 'a validator such as "3.2 <= x <= 3.4"'),
  z.strictObject({
    operator: text(20, 'an operator such as ">="'),
    expected_value: z.union([z.number(), z.string().max(200), z.boolean(), z.array(z.number()).max(20)]),
  }),
])

const measurement = z
  .strictObject({
    name: text(200, 'the name of a measurement'),
    units: text(100, 'units').nullish(),
    lower_limit: z.number().nullish(),
    upper_limit: z.number().nullish(),
    validators: z.array(validator).max(10, 'expected at most 10 validators').default([]),
    part_numbers: z
      .array(text(100, 'a part number'))
      .max(100, 'expected at most 100 part numbers')
      .default([])
      .describe('The products that these limits are for; empty: every one.'),
  })
  .refine(
    ({ lower_limit, upper_limit }) =>
      lower_limit == null || upper_limit == null || lower_limit <= upper_limit,
    { path: ['lower_limit'], message: 'expected a lower limit that is not above the upper one' },
  )

const phase = z
  .strictObject({ name: text(200, 'the name of a phase'), measurements: z.array(measurement).default([]) })
  .superRefine(({ measurements }, context) => {
    const seen = new Set<string>()
    for (const [index, { name, part_numbers }] of measurements.entries())
      for (const product of part_numbers.length === 0 ? [''] : part_numbers) {
        const key = `${name}\n${product}`
        if (seen.has(key))
          context.addIssue({
            code: 'custom',
            path: ['measurements', index, 'name'],
            message: `expected "${name}" once${product === '' ? '' : ` for ${product}`}, got it again`,
          })
        seen.add(key)
      }
  })

/** A definition as it is sent: whole, in the order of its phases. */
export const definitionInput = z
  .strictObject({ phases: z.array(phase).max(mostPhases, `expected at most ${mostPhases} phases`) })
  .superRefine(({ phases }, context) => {
    const count = phases.reduce((sum, { measurements }) => sum + measurements.length, 0)
    if (count > mostMeasurements)
      context.addIssue({
        code: 'custom',
        path: ['phases'],
        message: `expected at most ${mostMeasurements} measurements in all, got ${count}`,
      })
    const names = phases.map(({ name }) => name)
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        context.addIssue({
          code: 'custom',
          path: ['phases', index, 'name'],
          message: `expected the phase "${name}" once, got it again`,
        })
  })
export type DefinitionInput = z.infer<typeof definitionInput>

export const declaredChanges = z
  .array(text(500, 'a change such as "power_rails / rail_3v3" or "power_rails / *"'))
  .max(200, 'expected at most 200 declared changes')

type DeclaredMeasurement = { name: string; units: string | null; limits: Limits; products: string[] }
/** As it is stored. `changes`: places whose changes are meant, such as "power_rails / *". */
export type Declared = {
  phases: { name: string; measurements: DeclaredMeasurement[] }[] | null
  changes: string[]
  by: Actor
  at: number
}

export function declaredPhases({ phases }: DefinitionInput): NonNullable<Declared['phases']> {
  return phases.map(({ name, measurements }) => ({
    name,
    measurements: measurements.map((each) => ({
      name: each.name,
      units: each.units ?? null,
      limits: limitsOf({ lower: each.lower_limit, upper: each.upper_limit, validators: each.validators }),
      products: each.part_numbers,
    })),
  }))
}

const anything = '*'
const separator = ' / '

/** "power_rails / rail_3v3"; a phase by its name alone. Names compare as they are written. */
export function placeOf(phase: string, measurement: string | null): string {
  return measurement === null ? phase : `${phase}${separator}${measurement}`
}

export function isNamed(changes: string[], phase: string, measurement: string | null): boolean {
  const own = [placeOf(phase, measurement), placeOf(phase, anything), anything, placeOf(anything, anything)]
  const named = measurement === null ? own : [...own, placeOf(anything, measurement)]
  return changes.some((change) => named.includes(change.trim()))
}

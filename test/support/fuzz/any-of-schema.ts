// Values that a JSON schema of the interface's description allows, so that generated requests get behind the parsing.
import fc from 'fast-check'
import { z } from 'zod'
import { knownNamed } from './known.ts'

/** What the description uses of JSON Schema; `nullable` is OpenAPI 3.0's. */
export type Schema = {
  type?: string | string[] | undefined
  enum?: unknown[] | undefined
  const?: unknown
  format?: string | undefined
  pattern?: string | undefined
  nullable?: boolean | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  minimum?: number | undefined
  maximum?: number | undefined
  minItems?: number | undefined
  maxItems?: number | undefined
  items?: Schema | undefined
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
  anyOf?: Schema[] | undefined
  oneOf?: Schema[] | undefined
  allOf?: Schema[] | undefined
}

export const schemaRead: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    nullable: z.boolean().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    items: schemaRead.optional(),
    properties: z.record(z.string(), schemaRead).optional(),
    required: z.array(z.string()).optional(),
    anyOf: z.array(schemaRead).optional(),
    oneOf: z.array(schemaRead).optional(),
    allOf: z.array(schemaRead).optional(),
  }),
)

/** @param name of the field or parameter: ids and names that exist are put where they belong. */
export function anyOfSchema(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const { nullable, ...bare } = schema
  if (nullable) return fc.option(anyOfSchema(bare, name), { freq: 4 })
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const either = schema.anyOf ?? schema.oneOf
  if (either) return fc.oneof(...either.map((each) => anyOfSchema(each, name)))
  if (schema.allOf)
    return fc
      .tuple(...schema.allOf.map((each) => anyOfSchema(each, name)))
      .map((all) => Object.assign({}, ...all))
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => anyOfSchema({ ...schema, type }, name)))
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'object':
      return anyObject(schema)
    case 'array':
      return fc.array(anyOfSchema(schema.items ?? {}, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, Math.max(4, schema.minItems ?? 0)),
      })
    case 'integer':
      return anyWhole(schema)
    case 'number':
      return fc.double({ min: schema.minimum ?? -10, max: schema.maximum ?? 100, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'string':
      return anyText(schema, name)
    default:
      return fc.oneof(anyText({}, name), fc.jsonValue({ maxDepth: 2 }))
  }
}

/** Made once: it is slow to make. */
const anyWords = fc.oneof(fc.string({ maxLength: 30, unit: 'grapheme' }), fc.constant('because of the fuzz'))

function anyObject({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([key, each]) => [key, anyOfSchema(each, key)]),
  )
  return fc.record(fields, { requiredKeys: required })
}

function anyText(schema: Schema, name: string): fc.Arbitrary<string> {
  const known = knownNamed(name)
  const minLength = schema.minLength ?? 0
  const free =
    schema.format === 'uuid'
      ? fc.uuid({ version: 4 })
      : schema.pattern
        ? fc.stringMatching(new RegExp(schema.pattern))
        : schema.format === 'uri'
          ? fc.webUrl()
          : anyWords.map((text) => text.slice(0, schema.maxLength).toWellFormed().padEnd(minLength, 'x'))
  return known ? fc.oneof({ weight: 8, arbitrary: known }, { weight: 1, arbitrary: free }) : free
}

/** Small ones, and those at the ends of what is allowed. */
function anyWhole({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Schema): fc.Arbitrary<number> {
  const least = Math.max(minimum, -20)
  const small = fc.integer({ min: least, max: Math.max(least, Math.min(maximum, least + 40)) })
  return fc.oneof({ weight: 5, arbitrary: small }, fc.constantFrom(minimum, maximum))
}

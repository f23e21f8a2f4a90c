// The HTTP interface writes its keys in snake_case, as stations do; inside, names are camelCase.
import { z } from 'zod'

export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [snake(key), snakeCase(each)]))
}

/** What came in, under the names that it has inside. What lies deeper than any schema goes is left out. */
export function camelCase(value: unknown): unknown {
  return camelled(value, 0)
}

/** Nested without end it would run out of stack; the schemas refuse what is left of it. */
const deepest = 100

function camelled(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object') return value
  if (depth === deepest) return null
  if (Array.isArray(value)) return value.map((each) => camelled(each, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [camel(key), camelled(each, depth + 1)]),
  )
}

/** The names of a schema as `snakeCase` writes them, so that the description of the interface matches what it answers. */
export function snakeCaseSchema(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject)
    return z.object(
      Object.fromEntries(
        Object.entries(schema.shape).map(([key, each]) => [snake(key), snakeCaseSchema(zodType(each))]),
      ),
    )
  if (schema instanceof z.ZodArray) return z.array(snakeCaseSchema(zodType(schema.element)))
  if (schema instanceof z.ZodNullable) return snakeCaseSchema(zodType(schema.unwrap())).nullable()
  if (schema instanceof z.ZodOptional) return snakeCaseSchema(zodType(schema.unwrap())).optional()
  return schema
}

function zodType(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodType) return schema
  throw new Error('expected a zod schema')
}

export function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

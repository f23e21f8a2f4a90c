// Parameters of a query as TofuPilot's clients write them.
import { z } from 'zod'

/** A list repeats its key; a single value stands alone. */
export function many<Schema extends z.ZodType>(value: Schema) {
  const list = z.array(value).max(500)
  return z
    .preprocess((given) => (given === undefined || Array.isArray(given) ? given : [given]), list.optional())
    .optional()
}

export const pageLimit = z.coerce
  .number()
  .int()
  .min(1, 'expected at least 1')
  .max(100, 'expected at most 100: ask for the next page with cursor')
  .default(50)

/** A number: clients write it as a float, too. */
export const cursor = z.coerce.number('expected next_cursor of an earlier answer').optional()

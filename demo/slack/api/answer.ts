// What a Web API method answers, and what it reads its arguments with.
import { z } from 'zod'
import type { Installation } from '../state/installations.ts'
import type { World } from '../state/world.ts'

export type Refusal = { ok: false; error: string; [field: string]: unknown }
export type Answer = { ok: true; [field: string]: unknown } | Refusal
export type Args = Record<string, unknown>
/** Who calls: the token and what it may do. */
export type Caller = { installation: Installation }
export type Method = (args: Args, world: World, caller: Caller) => Answer | Promise<Answer>

export function refuse(error: string, faults: string[] = []): Refusal {
  if (faults.length === 0) return { ok: false, error }
  const messages = faults.map((fault) => `[ERROR] ${fault}`)
  return { ok: false, error, errors: faults, response_metadata: { messages } }
}

/** Forms carry everything as text, so booleans and numbers come as strings too. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform((value) => value === true || value === 'true' || value === '1')
  .optional()

export const text = z.string().optional()

/** How many items a page of a list has at most. */
export const limit = z.coerce.number().int().min(1).max(1000).default(100)

/** Reads the arguments, or refuses with a line for each that is missing or wrong. */
export function method<S extends z.ZodObject>(
  schema: S,
  run: (args: z.output<S>, world: World, caller: Caller) => Answer | Promise<Answer>,
): Method {
  return (args, world, caller) => {
    const parsed = schema.safeParse(args)
    if (parsed.success) return run(parsed.data, world, caller)
    const faults = parsed.error.issues.map((issue) =>
      args[String(issue.path[0])] === undefined
        ? `missing required field: ${issue.path.join('/')}`
        : `${issue.message}: ${issue.path.join('/')}`,
    )
    return refuse('invalid_arguments', faults)
  }
}

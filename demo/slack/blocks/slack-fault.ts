// Puts a schema's issues into the words and the JSON pointers that Slack answers with.
import type { z } from 'zod'

export function pointer(path: readonly PropertyKey[]): string {
  return `[json-pointer:/${path.map(String).join('/')}]`
}

/** One line a fault, like `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
export function slackFaults(error: z.ZodError, input: unknown, root: string[]): string[] {
  return error.issues.flatMap((issue) => inSlackWords(issue, input, root))
}

function inSlackWords(issue: z.core.$ZodIssue, input: unknown, root: string[]): string[] {
  const at = pointer([...root, ...issue.path])
  if (
    valueAt(input, issue.path) === undefined &&
    issue.path.length > 0 &&
    issue.code !== 'unrecognized_keys'
  ) {
    const field = String(issue.path.at(-1))
    return [`missing required field: ${field} ${pointer([...root, ...issue.path.slice(0, -1)])}`]
  }
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? [`must be less than ${Number(issue.maximum) + 1} characters ${at}`]
        : issue.origin === 'array'
          ? [`no more than ${issue.maximum} items allowed ${at}`]
          : [`must be at most ${issue.maximum} ${at}`]
    case 'too_small':
      return issue.origin === 'string'
        ? [`must be more than ${Number(issue.minimum) - 1} characters ${at}`]
        : issue.origin === 'array'
          ? [`no less than ${issue.minimum} items required ${at}`]
          : [`must be at least ${issue.minimum} ${at}`]
    case 'unrecognized_keys':
      return issue.keys.map((key) => `invalid additional property: ${key} ${at}`)
    case 'invalid_union':
      return [
        `unsupported type: ${String(valueAt(input, issue.path))} ${pointer([...root, ...issue.path.slice(0, -1)])}`,
      ]
    case 'invalid_value':
      return [`must be a valid enum value ${at}`]
    case 'invalid_type':
      return [`must provide ${issue.expected === 'array' ? 'an array' : `a ${issue.expected}`} ${at}`]
    default:
      return [`${issue.message} ${at}`]
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined),
    input,
  )
}

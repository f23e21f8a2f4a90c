// What a command is: its words, its options, and what it answers.
import type { Api } from './api.ts'

export type Option = {
  type: 'string' | 'boolean'
  multiple?: boolean
  short?: string
  /** What stands for the value in the help. */
  value?: string
  help: string
}
export type Options = Record<string, Option>
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>
/** The same answer for people and for programs. */
export type Answer = { text: string; json: unknown }

export type Environment = Record<string, string | undefined>
/** What a command works with beside its words. */
export type Session = Api & { env: Environment; stdin: NodeJS.ReadableStream }

export type Command = {
  /** "deploy register" */
  name: string
  summary: string
  /** What follows the name: "BUILD [STATUS]" */
  operands: string
  options: Options
  example: string
  run(values: Values, operands: string[], session: Session): Promise<Answer>
}

/** The command was not understood: what was expected, what came. */
export class Misuse extends Error {}

export const commonOptions: Options = {
  url: {
    type: 'string',
    value: 'URL',
    help: 'address of Firstpass; FIRSTPASS_URL, or http://127.0.0.1:3000',
  },
  token: { type: 'string', value: 'TOKEN', help: 'an API token, or its ADMIN_TOKEN; FIRSTPASS_TOKEN' },
  as: { type: 'string', value: 'NAME', help: 'who does it, for the record; FIRSTPASS_ACTOR, or the user' },
  json: { type: 'boolean', help: 'print the answer of the service as JSON' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
}

/** The text of an option; undefined when it was not given. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name]
  if (typeof value === 'string' && value.trim() === '')
    throw new Misuse(`--${name}: expected a value, got nothing`)
  return typeof value === 'string' ? value : undefined
}

export function textsOf(values: Values, name: string): string[] | undefined {
  const value = values[name]
  return Array.isArray(value) ? value.map(String) : undefined
}

export function oneOf(values: Values, name: string, allowed: string[]): string | undefined {
  const text = textOf(values, name)
  if (text === undefined || allowed.includes(text)) return text
  throw new Misuse(`--${name}: expected ${allowed.join(', ')}, got "${text}"`)
}

/** Without the fields that nobody gave. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

// What a command is: its words, its options, and what it answers.
import type { ApiClient } from '../clients/api/client.ts'
import { Misuse } from './misuse.ts'

export type Option = {
  type: 'string' | 'boolean'
  multiple?: boolean
  short?: string
  /** What stands for the value in the help. */
  value?: string
  /** The words that it takes, where they are few: for the help and for completion. */
  words?: readonly string[]
  help: string
}
export type Options = Record<string, Option>
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>
/** The same answer for people and for programs. `code`: with which the process ends; 0 when absent. */
export type Answer = { text: string; json: unknown; code?: number }

export type Environment = Record<string, string | undefined>
export type Output = { write(text: string): unknown; isTTY?: boolean; columns?: number }

/** What a command works with beside its words. */
export type Session = {
  /** @throws Misuse when asked for without a token, or with an address that is none. */
  readonly api: ApiClient
  env: Environment
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  /** For what is said on the way. */
  stderr: Output
  /** Where the answer goes. */
  stdout: Pick<Output, 'isTTY'>
  /** Whoever started the command wants it to end. */
  signal: AbortSignal
}

export type Command = {
  /** "deploy register", or one word */
  name: string
  summary: string
  /** What follows the name: "BUILD [STATUS]" */
  operands: string
  options: Options
  example: string
  run(values: Values, operands: string[], session: Session): Promise<Answer>
}

export const commonOptions: Options = {
  url: {
    type: 'string',
    value: 'URL',
    help: 'address of Firstpass; FIRSTPASS_URL, that of the profile, or http://127.0.0.1:3000',
  },
  token: {
    type: 'string',
    value: 'TOKEN',
    help: 'an API token, or its ADMIN_TOKEN; FIRSTPASS_TOKEN, or that of the profile',
  },
  profile: {
    type: 'string',
    value: 'NAME',
    help: 'which address and token of firstpass login; FIRSTPASS_PROFILE, or the one in use',
  },
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

export function oneOf<Word extends string>(
  values: Values,
  name: string,
  allowed: readonly Word[],
): Word | undefined {
  const text = textOf(values, name)
  if (text === undefined) return undefined
  const found = allowed.find((word) => word === text)
  if (found !== undefined) return found
  throw new Misuse(`--${name}: expected ${allowed.join(', ')}, got "${text}"`)
}

/** A whole number of at least `least`. */
export function wholeOf(values: Values, name: string, least = 0): number | undefined {
  const text = textOf(values, name)
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  throw new Misuse(`--${name}: expected a whole number of at least ${least}, got "${text}"`)
}

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

/** Without the fields that nobody gave. */
export function given<Fields extends Record<string, unknown>>(fields: Fields): Given<Fields> {
  const present: Given<Fields> = {}
  for (const name in fields) {
    const value = fields[name]
    if (value !== undefined) Object.assign(present, { [name]: value })
  }
  return present
}

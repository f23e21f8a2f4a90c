// Finds the command, reads its options, prints what it answers. Exit codes: 0 done, 1 refused, 2 not understood.
import { parseArgs } from 'node:util'
import { api, Refused } from './api.ts'
import {
  type Command,
  commonOptions,
  type Environment,
  Misuse,
  type Options,
  type Values,
} from './command.ts'
import { commands } from './commands.ts'
import { commandHelp, generalHelp } from './help.ts'

/** What a process has; tests have their own. */
export type Process = {
  env: Environment
  stdin: NodeJS.ReadableStream
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

export async function run(words: string[], { env, stdin, stdout, stderr }: Process): Promise<number> {
  const print = (text: string) => {
    stdout.write(`${text}\n`)
    return 0
  }
  const found = commands.find(({ name }) => words.slice(0, 2).join(' ') === name)
  if (!found) {
    const help = helpFor(words)
    if (help !== null) return print(help)
    stderr.write(
      `firstpass: there is no command "${words.slice(0, 2).join(' ')}". firstpass --help lists them.\n`,
    )
    return 2
  }
  const rest = words.slice(2)
  try {
    const { values, positionals } = read(rest, { ...found.options, ...commonOptions })
    if (values.help === true) return print(commandHelp(found))
    const answer = await found.run(values, positionals, { ...session(values, env), env, stdin })
    return print(values.json === true ? JSON.stringify(answer.json, null, 2) : answer.text)
  } catch (error) {
    const said = saidOf(found, rest.includes('--json'), error)
    stderr.write(`${said.text}\n`)
    return said.code
  }
}

function helpFor(words: string[]): string | null {
  const [first = '--help', second = '--help'] = words
  const asksHelp = (word: string) => ['--help', '-h', 'help'].includes(word)
  if (asksHelp(first)) return generalHelp(commands)
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${first} `))
  return ofNoun.length > 0 && asksHelp(second) ? generalHelp(ofNoun) : null
}

function read(words: string[], options: Options): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: words, options, allowPositionals: true })
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error))
  }
}

function session(values: Values, env: Environment) {
  const url = String(values.url ?? env.FIRSTPASS_URL ?? 'http://127.0.0.1:3000')
  const token = String(values.token ?? env.FIRSTPASS_TOKEN ?? '')
  const who = values.as ?? env.FIRSTPASS_ACTOR ?? env.GITHUB_ACTOR ?? env.GITLAB_USER_NAME ?? env.USER
  return api({ url, token, as: String(who ?? '') })
}

/** @throws what is neither of the two: a fault of this program. */
function saidOf({ name }: Command, asJson: boolean, error: unknown): { code: number; text: string } {
  if (error instanceof Misuse)
    return { code: 2, text: `firstpass ${name}: ${error.message}\nfirstpass ${name} --help says more.` }
  if (!(error instanceof Refused)) throw error
  const text = asJson ? JSON.stringify(error.body, null, 2) : `firstpass ${name}: ${error.message}`
  return { code: 1, text }
}

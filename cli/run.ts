// Finds the command, reads its options, prints what it answers. Exit codes: 0 done, 1 refused, 2 not understood, 130 ended
// by whoever ran it; of what waits for a rollout, see rollout/outcome.ts.
import { parseArgs } from 'node:util'
import { Refused } from '../clients/api/client.ts'
import {
  type Command,
  commonOptions,
  type Environment,
  type Options,
  type Output,
  type Session,
  type Values,
} from './command.ts'
import { commands } from './commands.ts'
import { connected } from './config/connected.ts'
import { commandHelp, generalHelp } from './help.ts'
import { Misuse } from './misuse.ts'

/** What a process has; tests have their own. */
export type Process = {
  env: Environment
  stdin: Session['stdin']
  stdout: Output
  stderr: Output
  /** Aborted: whoever ran it pressed Ctrl-C. */
  signal?: AbortSignal
}

export async function run(words: string[], { env, stdin, stdout, stderr, signal }: Process): Promise<number> {
  const print = (text: string) => {
    if (text !== '') stdout.write(`${text}\n`)
    return 0
  }
  const found = commandOf(words)
  if (!found) {
    const help = helpFor(words)
    if (help !== null) return print(help)
    stderr.write(
      `firstpass: there is no command "${words.slice(0, 2).join(' ')}". firstpass --help lists them.\n`,
    )
    return 2
  }
  const rest = words.slice(found.name.split(' ').length)
  const ends = signal ?? new AbortController().signal
  try {
    const { values, positionals } = read(rest, { ...found.options, ...commonOptions })
    if (values.help === true) return print(commandHelp(found))
    const session = sessionOf(values, { env, stdin, stdout, stderr, signal: ends })
    const answer = await found.run(values, positionals, session)
    print(values.json === true ? JSON.stringify(answer.json, null, 2) : answer.text)
    return answer.code ?? 0
  } catch (error) {
    if (ends.aborted) return 130
    const said = saidOf(found, rest.includes('--json'), error)
    stderr.write(`${said.text}\n`)
    return said.code
  }
}

/** The longest name that the words begin with. */
function commandOf(words: string[]): Command | undefined {
  const two = words.slice(0, 2).join(' ')
  return commands.find(({ name }) => name === two) ?? commands.find(({ name }) => name === words[0])
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

function sessionOf(values: Values, more: Omit<Session, 'api'>): Session {
  let api: Session['api'] | null = null
  return {
    ...more,
    get api() {
      api ??= connected(values, more)
      return api
    },
  }
}

/** @throws what is neither of the two: a fault of this program. */
function saidOf({ name }: Command, asJson: boolean, error: unknown): { code: number; text: string } {
  if (error instanceof Misuse)
    return { code: 2, text: `firstpass ${name}: ${error.message}\nfirstpass ${name} --help says more.` }
  if (!(error instanceof Refused)) throw error
  const text = asJson ? JSON.stringify(error.body, null, 2) : `firstpass ${name}: ${error.message}`
  return { code: 1, text }
}

// firstpass completion: a script for the shell that completes commands, options and the few words that options take.
import type { Command, Options } from './command.ts'
import { commonOptions } from './command.ts'
import { bash } from './completion/bash.ts'
import { fish } from './completion/fish.ts'
import { zsh } from './completion/zsh.ts'
import { Misuse } from './misuse.ts'

const shells = { bash, zsh, fish }

/** @param commands asked for when it runs: it is one of them itself */
export function completion(commands: () => Command[]): Command {
  return {
    name: 'completion',
    summary: 'print what completes commands in a shell: bash, zsh or fish',
    operands: Object.keys(shells).join('|'),
    options: {},
    example: 'bash > ~/.local/share/bash-completion/completions/firstpass',
    async run(_values, [shell = '', ...rest]) {
      const write = Object.hasOwn(shells, shell) ? shells[shell as keyof typeof shells] : null
      if (write === null || rest.length > 0)
        throw new Misuse(`expected ${Object.keys(shells).join(', ')}, got "${[shell, ...rest].join(' ')}"`)
      const text = write(
        commands().map(({ name, summary, options }) => ({
          name,
          summary,
          options: flags({ ...options, ...commonOptions }),
        })),
      )
      return { json: { shell, script: text }, text: text.trimEnd() }
    },
  }
}

function flags(options: Options) {
  return Object.entries(options).map(([name, { words = [], help, type, value = '' }]) => ({
    name,
    help,
    words,
    takesValue: type === 'string',
    /** What the shell completes by itself. */
    isFile: value === 'FILE',
  }))
}

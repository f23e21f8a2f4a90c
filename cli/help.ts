// The help of the command line.
import { type Command, commonOptions, type Option, type Options } from './command.ts'
import { table } from './table.ts'

export function generalHelp(commands: Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return [
    'firstpass COMMAND … speaks to a running Firstpass over HTTP.',
    '',
    ...columns(rows),
    '',
    'firstpass COMMAND --help says more. Exit codes: 0 done, 1 refused or not reached, 2 not understood;',
    'with --wait: 0 completed, 3 paused, 4 aborted, 5 --timeout is over, 130 Ctrl-C. The rollout goes on.',
  ].join('\n')
}

export function commandHelp({ name, operands, summary, options, example }: Command): string {
  return [
    `firstpass ${[name, operands].filter((part) => part !== '').join(' ')} [options]`,
    `  ${summary}`,
    '',
    ...columns(rowsOf(options)),
    '',
    ...columns(rowsOf(commonOptions)),
    '',
    `for example: firstpass ${name} ${example}`,
  ].join('\n')
}

function rowsOf(options: Options): (readonly [string, string])[] {
  return Object.entries(options).map(([name, option]) => [flag(name, option), helpOf(option)])
}

function helpOf({ words = [], help }: Option): string {
  return words.length === 0 ? help : `${words.join(', ')}: ${help}`
}

function flag(name: string, { short, value, multiple }: Option): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return `${short === undefined ? '' : `-${short}, `}${long}${multiple ? ' …' : ''}`
}

function columns(rows: (readonly [string, string])[]): string[] {
  return table(rows)
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
}

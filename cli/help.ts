// The help of the command line.
import { type Command, commonOptions, type Option, type Options } from './command.ts'

export function generalHelp(commands: Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return [
    'firstpass COMMAND … speaks to a running Firstpass over HTTP.',
    '',
    ...columns(rows),
    '',
    'firstpass COMMAND --help says more. Exit codes: 0 done, 1 refused or not reached, 2 not understood.',
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
  return Object.entries(options).map(([name, option]) => [flag(name, option), option.help])
}

function flag(name: string, { short, value, multiple }: Option): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return `${short === undefined ? '' : `-${short}, `}${long}${multiple ? ' …' : ''}`
}

function columns(rows: (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

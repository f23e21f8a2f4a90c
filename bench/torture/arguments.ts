// The words after `npm run torture --`; all faults are told at once.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { shortNames, tortureNames } from './all-tortures.ts'

const flags = {
  seed: { type: 'string' },
  minutes: { type: 'string' },
  kills: { type: 'string' },
  short: { type: 'boolean', default: false },
  only: { type: 'string' },
  beside: { type: 'string' },
  out: { type: 'string', default: '.tmp/torture.json' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const usual = { full: { minutes: 5, kills: 5_000 }, short: { minutes: 0.25, kills: 200 } }

export type TortureArguments = {
  seed: number
  minutes: number
  kills: number
  short: boolean
  only: string[]
  beside: string | null
  out: string
}

export type ParsedArguments =
  | { kind: 'run'; arguments: TortureArguments }
  | { kind: 'help' }
  | { kind: 'wrong'; faults: string[] }

/** @param chance a seed where none is given. */
export function parseArguments(argv: readonly string[], chance: number): ParsedArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags })
    if (values.help) return { kind: 'help' }
    const { short, out, beside = null } = values
    const given = usual[short ? 'short' : 'full']
    const seed = number(values.seed, chance)
    const minutes = number(values.minutes, given.minutes)
    const kills = number(values.kills, given.kills)
    const only = values.only?.split(',').map((name) => name.trim()) ?? (short ? shortNames : tortureNames)
    const unknown = only.filter((name) => !tortureNames.includes(name))
    const faults = [
      Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32
        ? null
        : `expected a whole number from 0 to 4294967295 after --seed, got ${values.seed}`,
      minutes > 0 && minutes <= 600
        ? null
        : `expected minutes above 0, up to 600, after --minutes, got ${values.minutes}`,
      Number.isInteger(kills) && kills >= 1
        ? null
        : `expected a whole number from 1 on after --kills, got ${values.kills}`,
      beside === null || existsSync(resolve(beside, 'server/main.ts'))
        ? null
        : `expected a checkout of Firstpass after --beside, got ${beside}: it has no server/main.ts`,
      unknown.length === 0
        ? null
        : `expected tortures after --only (${tortureNames.join(', ')}), got ${unknown.join(', ')}`,
    ].filter((fault) => fault !== null)
    if (faults.length > 0) return { kind: 'wrong', faults }
    return { kind: 'run', arguments: { seed, minutes, kills, short, only, beside, out } }
  } catch (error) {
    return { kind: 'wrong', faults: [error instanceof Error ? error.message : String(error)] }
  }
}

function number(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  return text.trim() === '' ? Number.NaN : Number(text)
}

export const helpText = `npm run torture -- [flags]   faults caused on purpose, then what must hold all the same

  --seed N     of all that is left to chance; printed, so that a run can be repeated (default: another one each time)
  --minutes M  how long each torture causes faults, at most (default ${usual.full.minutes}, with --short ${usual.short.minutes})
  --kills N    how often it strikes, at most (default ${usual.full.kills}, with --short ${usual.short.kills})
  --short      within a minute, without those that take long all the same
  --only A,B   these tortures alone: ${tortureNames.join(', ')}
  --beside DIR an installed checkout of the version before: the processes of replicas are of both, in turn
  --out FILE   where all is written as JSON (default ${flags.out.default})
  --help       this text

It starts what it needs: a PostgreSQL of its own, the service as processes, a Slack on this machine, and their load.
A seed fixes where is struck and how; what is under way there depends on the machine. Exit code 1 when a promise was
broken or a torture failed, 2 for wrong arguments.
`

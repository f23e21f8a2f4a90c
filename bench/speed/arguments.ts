// The words after `npm run bench --`; all faults are told at once.
import { parseArgs } from 'node:util'
import { measureNames, quickNames } from './all-measures.ts'

const flags = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string' },
  out: { type: 'string', default: '.tmp/speed.json' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const usualRounds = { full: 5, quick: 1 }

export type SpeedArguments = { quick: boolean; json: boolean; rounds: number; only: string[]; out: string }

export type ParsedArguments =
  | { kind: 'run'; arguments: SpeedArguments }
  | { kind: 'help' }
  | { kind: 'wrong'; faults: string[] }

export function parseArguments(argv: readonly string[]): ParsedArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags })
    if (values.help) return { kind: 'help' }
    const { quick, json, out } = values
    const rounds = values.rounds ?? String(quick ? usualRounds.quick : usualRounds.full)
    const only =
      values.only === undefined
        ? quick
          ? quickNames
          : measureNames
        : values.only.split(',').map((name) => name.trim())
    const unknown = only.filter((name) => !measureNames.includes(name))
    const faults = [
      ...(/^\d{1,3}$/.test(rounds) && Number(rounds) >= 1
        ? []
        : [`expected a whole number from 1 to 999 after --rounds, got ${rounds}`]),
      ...(unknown.length === 0
        ? []
        : [`expected measures after --only (${measureNames.join(', ')}), got ${unknown.join(', ')}`]),
    ]
    if (faults.length > 0) return { kind: 'wrong', faults }
    return { kind: 'run', arguments: { quick, json, out, rounds: Number(rounds), only } }
  } catch (error) {
    return { kind: 'wrong', faults: [error instanceof Error ? error.message : String(error)] }
  }
}

export const helpText = `npm run bench -- [flags]   how fast it is, against others in the same run

  --quick      small and short, without peers that must be installed first, and without what takes long all the same
  --rounds N   rounds of each comparison; medians are told (default ${usualRounds.full}, with --quick ${usualRounds.quick})
  --only A,B   these measures alone: ${measureNames.join(', ')}
  --json       one object of the ratios instead of tables
  --out FILE   where every row is written as JSON (default ${flags.out.default})
  --help       this text

It starts what it needs: a PostgreSQL of its own that waits for the disk, services, peers and their loads. Absolute
figures drift with the machine; only ratios within one run can be compared. Exit code 1 when a measure failed.
`

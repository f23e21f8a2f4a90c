// The words after `npm run calibrate --`; all faults are told at once.
import { parseArgs } from 'node:util'
import { z } from 'zod'

const flags = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  rollouts: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** A full run takes five minutes of one core, a quick one fifteen seconds. */
const usualRollouts = { full: 1000, quick: 60 }

export type CalibrateArguments = {
  quick: boolean
  json: boolean
  write: boolean
  seed: number
  rollouts: number
}

export type ParsedArguments =
  | { kind: 'run'; arguments: CalibrateArguments }
  | { kind: 'help' }
  | { kind: 'wrong'; faults: string[] }

export function parseArguments(argv: readonly string[]): ParsedArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags })
    if (values.help) return { kind: 'help' }
    const { quick, json, write } = values
    const fallback = String(quick ? usualRollouts.quick : usualRollouts.full)
    const parsed = numbers.safeParse({ seed: values.seed, rollouts: values.rollouts ?? fallback })
    if (!parsed.success) return { kind: 'wrong', faults: parsed.error.issues.map(({ message }) => message) }
    if (write && quick) return { kind: 'wrong', faults: ['expected --write or --quick, got both'] }
    return { kind: 'run', arguments: { quick, json, write, ...parsed.data } }
  } catch (error) {
    return { kind: 'wrong', faults: [error instanceof Error ? error.message : String(error)] }
  }
}

const numbers = z.object({
  seed: whole('--seed', 0, 4_294_967_295),
  rollouts: whole('--rollouts', 2, 1_000_000),
})

function whole(flag: string, least: number, most: number) {
  return z
    .string()
    .refine((text) => /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: (issue) => `expected a whole number from ${least} to ${most} after ${flag}, got ${issue.input}`,
    })
    .transform(Number)
}

export const helpText = `npm run calibrate -- [flags]   how often the gates stop healthy rollouts, and how soon bad ones

  --quick        a part of it, in seconds
  --json         one object with every figure instead of tables
  --seed N       another seed is other rollouts (default 1)
  --rollouts N   rollouts for each column (default ${usualRollouts.full}, with --quick ${usualRollouts.quick}); slow ones get a share of it
  --write        put tables and plots into docs/verdicts.md and docs/verdicts/
  --help         this text

Exit code 1 when our gates stop more healthy rollouts than they promise, beyond three standard errors.
`

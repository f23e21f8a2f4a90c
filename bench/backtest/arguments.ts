// The words after `npm run backtest --`; all faults are told at once.
import { parseArgs } from 'node:util'
import { z } from 'zod'

const flags = {
  procedure: { type: 'string' },
  rollouts: { type: 'string' },
  days: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** On 20 stations with 100 runs a day: fifty seconds of one core, a quick one ten. */
const usualRollouts = { full: '200', quick: '20' }

export type BacktestArguments = {
  /** Null: every procedure. */
  procedure: string | null
  rollouts: number
  days: number
  seed: number
  json: boolean
}

export function parseArguments(
  argv: readonly string[],
): { kind: 'run'; arguments: BacktestArguments } | { kind: 'help' } | { kind: 'wrong'; faults: string[] } {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags })
    if (values.help) return { kind: 'help' }
    const rollouts = values.rollouts ?? usualRollouts[values.quick ? 'quick' : 'full']
    const parsed = backtestArguments.safeParse({ procedure: null, ...values, rollouts })
    return parsed.success
      ? { kind: 'run', arguments: parsed.data }
      : { kind: 'wrong', faults: parsed.error.issues.map(({ message }) => message) }
  } catch (error) {
    return { kind: 'wrong', faults: [error instanceof Error ? error.message : String(error)] }
  }
}

const backtestArguments = z.object({
  procedure: z.string().trim().min(1, 'expected the name of a procedure after --procedure').nullable(),
  rollouts: whole('--rollouts', 2, 10_000),
  days: whole('--days', 15, 3_650),
  seed: whole('--seed', 0, 4_294_967_295),
  json: z.boolean(),
})

function whole(flag: string, least: number, most: number) {
  const error = ({ input }: { input?: unknown }) =>
    `expected a whole number from ${least} to ${most} after ${flag}, got ${input}`
  return z
    .string()
    .regex(/^\d{1,10}$/, { error })
    .transform(Number)
    .pipe(z.number().min(least, { error }).max(most, { error }))
}

export const helpText = `npm run backtest -- [flags]   how often the gates would have stopped rollouts of nothing, on your own history

  --procedure NAME   one procedure; without it every one with enough history
  --rollouts N       starts that are drawn, each played with every canary (default ${usualRollouts.full}, with --quick ${usualRollouts.quick})
  --days N           how far back from the newest run (default 60); at least 15
  --seed N           another seed is other starts and canaries (default 1)
  --quick            fewer rollouts, in seconds
  --json             one object with every figure instead of text
  --help             this text

The database is that of the service: DATABASE_URL, or the embedded one in DATA_DIR, which the service must not be using.
Exit code 1: not enough history, or the database cannot be opened. 2: wrong arguments or settings.
`

// `npm run backtest`: the history of a factory's own stations, replayed as rollouts in which no build changed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, type Db, openDatabase } from '../db/client.ts'
import { allProcedures } from '../db/registry.ts'
import { backtest } from '../server/backtest.ts'
import { settingsSchema } from '../server/config.ts'
import { engine } from '../server/domain/gates/evaluate-gates.ts'
import { isRefusal } from '../server/domain/rollout/commands.ts'
import { type BacktestArguments, helpText, parseArguments } from './backtest/arguments.ts'
import { backtestText } from './backtest/text.ts'

type Environment = Record<string, string | undefined>
type ExitCode = 0 | 1 | 2
type Where = { url: string; patienceMs: number } | { directory: string }

/** Points of yield that are taken from the canary, to see how soon that is found. */
const drops = [0.02, 0.04, 0.08]

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env)

/** The exit code: 0 at least one procedure was replayed, 1 none or no database, 2 wrong arguments or settings. */
async function main(argv: string[], environment: Environment): Promise<ExitCode> {
  const parsed = parseArguments(argv)
  if (parsed.kind === 'help') {
    process.stdout.write(helpText)
    return 0
  }
  if (parsed.kind === 'wrong') return failed(2, `${parsed.faults.join('\n')}\n${helpText}`)
  const where = databaseOf(environment)
  if ('exitCode' in where) return failed(where.exitCode, where.why)
  const database = await opened(where)
  if (typeof database === 'string') return failed(1, database)
  try {
    return await replayAll(database.db, parsed.arguments)
  } finally {
    await database.close()
  }
}

/** Or why it cannot be. */
async function opened(where: Where): Promise<Database | string> {
  try {
    return await openDatabase(where)
  } catch (error) {
    const came = error instanceof Error ? error.message : String(error)
    return 'url' in where
      ? `expected a PostgreSQL at ${new URL(where.url).host}, got: ${came}. Start it, or mend DATABASE_URL.`
      : came
  }
}

/** That of the service. An embedded one is never made here: it would be an empty one. */
function databaseOf(environment: Environment): Where | { exitCode: 1 | 2; why: string } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text?.trim()))
  const parsed = settingsSchema.pick({ DATABASE_URL: true, DATA_DIR: true }).safeParse(given)
  if (!parsed.success)
    return {
      exitCode: 2,
      why: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    }
  const { DATABASE_URL: url, DATA_DIR: directory } = parsed.data
  if (url !== undefined) return { url, patienceMs: 5_000 }
  return existsSync(join(directory, 'database'))
    ? { directory }
    : {
        exitCode: 1,
        why: `expected the embedded database of the service in ${directory}, got none: set DATA_DIR to the service's folder, or DATABASE_URL to its PostgreSQL`,
      }
}

async function replayAll(db: Db, { procedure: name, json, ...asked }: BacktestArguments): Promise<ExitCode> {
  const known = await allProcedures(db)
  const chosen =
    name === null ? known : known.filter((procedure) => procedure.name.toLowerCase() === name.toLowerCase())
  if (chosen.length === 0)
    return failed(
      1,
      nothingChosen(
        name,
        known.map((procedure) => procedure.name),
      ),
    )
  const procedures = []
  for (const procedure of chosen) {
    const played = await backtest(db, procedure, { ...asked, drops })
    procedures.push({ id: procedure.id, name: procedure.name, ...played })
    if (isRefusal(played)) process.stderr.write(`${procedure.name}: ${played.why}. ${played.next}\n`)
    else if (!json) process.stdout.write(`${backtestText(procedure.name, played)}\n\n`)
  }
  if (json) process.stdout.write(`${JSON.stringify({ engine, ...asked, procedures })}\n`)
  return procedures.some((played) => 'report' in played) ? 0 : 1
}

function nothingChosen(name: string | null, known: string[]): string {
  if (name === null) return 'expected a procedure with history, got a database without procedures'
  return `expected the name of a procedure after --procedure, got ${name}: there is ${known.length === 0 ? 'none' : known.join(', ')}`
}

function failed<Code extends ExitCode>(exitCode: Code, why: string): Code {
  process.stderr.write(`${why.trimEnd()}\n`)
  return exitCode
}

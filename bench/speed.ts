// `npm run bench`: how fast it is against others in the same run. Each measure survives the failure of another.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { inspect } from 'node:util'
import { allMeasures } from './speed/all-measures.ts'
import { helpText, parseArguments, type SpeedArguments } from './speed/arguments.ts'
import { isReached, judged, type Row, summaryOf } from './speed/measure.ts'
import { ground } from './speed/place.ts'
import { table } from './speed/table.ts'

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))

/** The exit code: 0 measured, whatever the figures are; 1 a measure failed; 2 wrong arguments. */
async function main(argv: string[]): Promise<number> {
  const parsed = parseArguments(argv)
  if (parsed.kind === 'help') {
    process.stdout.write(helpText)
    return 0
  }
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.faults.join('\n')}\n${helpText}`)
    return 2
  }
  const { json, out } = parsed.arguments
  const say = (text: string) => {
    if (!json) process.stdout.write(`${text}\n`)
  }
  say(`${machine()}\n`)
  const { rows, failed } = await measured(parsed.arguments, say)
  const summary = summaryOf(rows)
  say(`\n${table(rows)}\n`)
  mkdirSync(dirname(out), { recursive: true })
  const kept = rows.map((row) => ({ ...row, judged: judged(row), reached: isReached(row) }))
  const { quick, rounds, only } = parsed.arguments
  const told = { machine: machine(), quick, rounds, only, failed, summary, rows: kept }
  writeFileSync(out, `${JSON.stringify(told, null, 2)}\n`)
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  return failed.length === 0 ? 0 : 1
}

async function measured(
  { only, quick, rounds }: SpeedArguments,
  say: (text: string) => void,
): Promise<{ rows: Row[]; failed: string[] }> {
  const under = ground()
  const rows: Row[] = []
  const failed: string[] = []
  try {
    for (const measure of allMeasures.filter(({ name }) => only.includes(name))) {
      const from = performance.now()
      const { place, leave } = under.place({ quick, rounds, say })
      say(`${measure.name}: ${measure.about}`)
      try {
        const made = await measure.run(place)
        rows.push(...made)
        say(`${table(made)}\n`)
      } catch (error) {
        failed.push(measure.name)
        process.stderr.write(`${measure.name} failed: ${inspect(error)}\n`)
        rows.push({ measure: measure.name, ours: null, unit: '', note: `failed: ${reason(error)}` })
      } finally {
        await leave()
      }
      say(`(${((performance.now() - from) / 1000).toFixed(0)} s)\n`)
    }
  } finally {
    await under.close()
  }
  return { rows, failed }
}

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GB, Node ${process.versions.node}; one client, the servers and PostgreSQL share them`
}

/** In one line, with what it came from: of a query its text alone says little. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.message.replace(/\s+/g, ' ').slice(0, 300)
  return error.cause === undefined ? own : `${own}: ${reason(error.cause)}`
}

// `npm run torture`: faults caused on real PostgreSQL and real processes, then what must hold all the same.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { inspect } from 'node:util'
import { ground } from './speed/place.ts'
import { allTortures } from './torture/all-tortures.ts'
import { helpText, parseArguments, type TortureArguments } from './torture/arguments.ts'
import { report } from './torture/report.ts'
import type { Told } from './torture/torture.ts'

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))

/** The exit code: 0 all promises held; 1 one was broken or a torture failed; 2 wrong arguments. */
async function main(argv: string[]): Promise<number> {
  const parsed = parseArguments(argv, Math.floor(Math.random() * 2 ** 32))
  if (parsed.kind === 'help') {
    process.stdout.write(helpText)
    return 0
  }
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.faults.join('\n')}\n${helpText}`)
    return 2
  }
  const { seed, out } = parsed.arguments
  say(`seed ${seed}\n`)
  const told = await tortured(parsed.arguments)
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify({ ...parsed.arguments, tortures: told }, null, 2)}\n`)
  const broken = told.flatMap(({ faults }) => faults)
  say(broken.length === 0 ? 'all promises held' : `${broken.length} promises broken; seed ${seed}`)
  return broken.length === 0 ? 0 : 1
}

/** Each survives the failure of another, on a database of its own. */
async function tortured({ seed, minutes, kills, short, only, beside }: TortureArguments) {
  const under = ground()
  const all: (Told & { name: string; seconds: number })[] = []
  try {
    for (const { name, about, run } of allTortures.filter((each) => only.includes(each.name))) {
      const from = performance.now()
      const { place, leave } = under.place({ quick: short, rounds: 1, say })
      say(`${name}: ${about}`)
      const told = await run({ ...place, seed, ms: minutes * 60_000, kills, short, beside }).catch(failed)
      await leave()
      const seconds = (performance.now() - from) / 1000
      say(`${report(told)}\n(${seconds.toFixed(0)} s)\n`)
      all.push({ name, seconds, ...told })
    }
  } finally {
    await under.close()
  }
  return all
}

/** A torture that cannot be carried out proves nothing. */
function failed(error: unknown): Told {
  return {
    figures: [],
    kept: [],
    faults: [{ promise: 'it is carried out to its end', seen: inspect(error) }],
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

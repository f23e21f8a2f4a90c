// npm run audit:verify: follows the chains of the record in the database, prints how far each goes, and names the first
// entry that does not match. It changes nothing. Exit codes: 0 whole, 1 not, 2 not understood.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { z } from 'zod'
import { type CheckedChain, type KeptHead, verifyAudit } from './audit-verification.ts'
import { type Db, openDatabase } from './client.ts'

const help = `npm run audit:verify -- [--head CHAIN:NUMBER:HASH …] [--heads FILE] [--json]
  Follows the chains of the record of DATABASE_URL, or of the embedded database in DATA_DIR, whose service must be stopped.
  --head   how a chain stood once, from a former print or a line of an exported ledger: it must stand so still
  --heads  the same of many: what --json printed once
  --json   print what was found as JSON, to be kept elsewhere`

const keptHead = z.object({
  chain: z.uuid(),
  number: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})
const print = z.object({ chains: z.array(z.object({ chain: z.uuid(), entries: z.int(), head: z.string() })) })

if (import.meta.main) process.exitCode = await main()

async function main(): Promise<number> {
  const asked = read(process.argv.slice(2))
  if (typeof asked === 'string') {
    process.stderr.write(`${asked}\n${help}\n`)
    return 2
  }
  if (asked.help) {
    process.stdout.write(`${help}\n`)
    return 0
  }
  try {
    const { db, close } = await toRead(process.env)
    const chains = await verifyAudit(db, asked.heads).finally(close)
    process.stdout.write(asked.json ? `${JSON.stringify({ chains }, null, 2)}\n` : textOf(chains))
    return chains.every(({ fault }) => fault === null) ? 0 : 1
  } catch (error) {
    process.stderr.write(
      `The record could not be read: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return 1
  }
}

type Asked = { heads: KeptHead[]; json: boolean; help: boolean }

function read(words: string[]): Asked | string {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        head: { type: 'string', multiple: true, default: [] },
        heads: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const given = values.head.map((text) => {
      const [chain, number, hash] = text.split(':')
      return keptHead.parse({ chain, number: Number(number), hash })
    })
    const before = values.heads === undefined ? [] : headsOf(readFileSync(values.heads, 'utf8'))
    return { heads: [...given, ...before], json: values.json, help: values.help }
  } catch (error) {
    if (error instanceof z.ZodError)
      return '--head: expected CHAIN:NUMBER:HASH, the id of a chain, a number from 1 and 64 hexadecimal digits; --heads: what --json printed'
    return error instanceof Error ? error.message : String(error)
  }
}

function headsOf(text: string): KeptHead[] {
  return print
    .parse(JSON.parse(text))
    .chains.filter(({ entries }) => entries > 0)
    .map(({ chain, entries, head }) => ({ chain, number: entries, hash: head }))
}

/** PostgreSQL as somebody who may only read; nothing is migrated. */
async function toRead(
  env: Record<string, string | undefined>,
): Promise<{ db: Db; close: () => Promise<void> }> {
  if (!env.DATABASE_URL) {
    const database = await openDatabase({ directory: env.DATA_DIR || '.data' })
    return { db: database.db, close: database.close }
  }
  const client = postgres(env.DATABASE_URL, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: 'firstpass audit', default_transaction_read_only: true },
  })
  return { db: drizzle(client), close: () => client.end({ timeout: 5 }) }
}

function textOf(chains: CheckedChain[]): string {
  const lines = chains.map(
    ({ chain, name, entries, head, fault }) =>
      `${fault === null ? 'whole ' : 'BROKEN'}  ${name}  ${entries} ${entries === 1 ? 'entry' : 'entries'}${entries === 0 ? '' : `  --head ${chain}:${entries}:${head}`}${fault === null ? '' : `\n        ${fault}`}`,
  )
  const broken = chains.filter(({ fault }) => fault !== null).length
  const sum =
    broken === 0
      ? 'Every entry is as it was written. Keep these heads elsewhere: with them a chain that is cut off or made anew is found.'
      : `${broken} of ${chains.length} chains ${broken === 1 ? 'is' : 'are'} not as written.`
  return `${[...lines, '', sum].join('\n')}\n`
}

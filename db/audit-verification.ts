// Walks the chains of the record and says where the first entry is that does not match: changed, missing, or cut off.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { auditSources, contentOfEntry, organisationChain } from './audit-sources.ts'
import { type Db, rows } from './client.ts'

/** How a chain stood once, as a former print or an export of the ledger says. */
export type KeptHead = { chain: string; number: number; hash: string }
/** `fault` null: whole. `entries` and `head`: how far it was followed. */
export type CheckedChain = {
  chain: string
  name: string
  entries: number
  head: string
  fault: string | null
}

type Entry = {
  number: number
  source: string
  owner: string
  item: string
  digest: string
  hash: string | null
  content: string | null
}
const pageSize = 1_000

/** All of one moment: what is added meanwhile is seen by the next verification. */
export async function verifyAudit(db: Db, heads: KeptHead[]): Promise<CheckedChain[]> {
  return db.transaction(
    async (tx) => {
      const checked: CheckedChain[] = []
      for (const { chain, name } of await chainsOf(tx, heads))
        checked.push({ chain, name, ...(await follow(tx, chain, heads)) })
      return checked
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

/** Those that rows belong to, too: a chain may be gone altogether. */
async function chainsOf(tx: Db, heads: KeptHead[]): Promise<{ chain: string; name: string }[]> {
  const ofRows = auditSources.map(({ table, chain }) => `select ${chain} from ${table} r`).join(' union ')
  return rows(
    tx,
    sql`with chains as (select procedure_id as id from audit_entries union select procedure_id from audit_chains
          union ${sql.raw(ofRows)}
          union select value::uuid from jsonb_array_elements_text(${JSON.stringify(heads.map(({ chain }) => chain))}::text::jsonb))
        select c.id::text as chain, coalesce(p.name, case when c.id = ${organisationChain}::uuid then 'organisation' else 'no procedure' end) as name
        from chains c left join procedures p on p.id = c.id order by c.id`,
  )
}

async function follow(
  tx: Db,
  chain: string,
  heads: KeptHead[],
): Promise<Pick<CheckedChain, 'entries' | 'head' | 'fault'>> {
  const kept = new Map(
    heads.filter((each) => each.chain === chain).map(({ number, hash }) => [number, hash] as const),
  )
  let entries = 0
  let head = chain
  const ends = (fault: string | null) => ({ entries, head, fault })
  for (;;) {
    const page = await entriesAfter(tx, chain, entries)
    for (const entry of page) {
      const fault = faultOf(entry, entries, head)
      if (fault !== null) return ends(fault)
      const was = kept.get(entry.number)
      if (was !== undefined && was !== entry.hash)
        return ends(
          `${nameOf(entry)}: its hash was ${was} when it was kept, and is ${entry.hash}: the chain was made anew`,
        )
      entries = entry.number
      head = entry.hash ?? ''
    }
    if (page.length < pageSize) break
  }
  return ends((await cutAt(tx, chain, entries, head, kept)) ?? (await outside(tx, chain)))
}

async function entriesAfter(tx: Db, chain: string, number: number): Promise<Entry[]> {
  return rows<Entry>(
    tx,
    sql`select a.number::float8 as number, a.source, a.owner, a.item::text as item, a.digest, a.hash, ${contentOfEntry()} as content
        from audit_entries a where a.procedure_id = ${chain}::uuid and a.number > ${number}::bigint
        order by a.number limit ${pageSize}`,
  )
}

function faultOf(entry: Entry, before: number, head: string): string | null {
  if (entry.number !== before + 1)
    return `entry ${before + 1} is missing: entry ${entry.number} follows ${before}`
  if (entry.hash !== hashAfter(head, entry))
    return `${nameOf(entry)} does not follow entry ${before}: it was put there, moved or changed, or one before it was`
  if (entry.content === null) return `${nameOf(entry)}: the row that it is of is gone`
  if (sha256(entry.content) !== entry.digest)
    return `${nameOf(entry)}: the row was changed after it was written`
  return null
}

export function hashAfter(
  head: string,
  { number, source, owner, item, digest }: Omit<Entry, 'hash' | 'content'>,
): string {
  return sha256([head, number, source, owner, item, digest].join(' '))
}

async function cutAt(
  tx: Db,
  chain: string,
  entries: number,
  head: string,
  kept: Map<number, string>,
): Promise<string | null> {
  const beyond = Math.max(0, ...[...kept.keys()].filter((number) => number > entries))
  if (beyond > 0)
    return `cut at its end: it had ${beyond} entries when that head was kept, and has ${entries}`
  const [own] = await rows<{ length: number; hash: string }>(
    tx,
    sql`select length::float8 as length, hash from audit_chains where procedure_id = ${chain}::uuid`,
  )
  if (own ? own.length === entries && own.hash === head : entries === 0) return null
  return `cut at its end: it has ${entries} entries, and its own note says ${own ? `${own.length}, up to ${own.hash}` : 'nothing'}`
}

/** Rows on record that no entry is of, and entries that never got their place. */
async function outside(tx: Db, chain: string): Promise<string | null> {
  for (const { table, chain: ofRow, owner, item } of auditSources) {
    const [found] = await rows<{ owner: string; item: string }>(
      tx,
      sql`select o.owner, o.item::text as item from (select ${sql.raw(`${owner} as owner, ${item} as item, ${ofRow} as chain from ${table} r`)}) o
          where o.chain = ${chain}::uuid and not exists (select 1 from audit_entries a where a.procedure_id = o.chain
            and a.source = ${table} and a.owner = o.owner and a.item = o.item and a.number is not null)
          order by o.owner, o.item limit 1`,
    )
    if (found)
      return `a row without an entry: ${table} ${[found.owner, found.item].filter(Boolean).join('/')} was put there past the chain, or its entry is gone`
  }
  return null
}

function nameOf({ number, source, owner, item }: Omit<Entry, 'hash' | 'content' | 'digest'>): string {
  return `entry ${number} (${source} ${[owner, item].filter(Boolean).join('/')})`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

// The decision ledger as a table, a line an entry, written as it is read: newest first.
import { Readable } from 'node:stream'
import type { RolloutId } from '../domain/ids.ts'
import type { LedgerEntry } from '../domain/ledger.ts'
import type { LedgerService } from '../service/ledger.ts'
import { csv, csvLines } from './csv.ts'

const columns = [
  ...['at', 'sequence', 'what', 'by', 'kind_of_actor', 'door', 'why', 'override', 'version'],
  ...['verdict', 'verdict_id', 'engine', 'can_be_recomputed', 'gates'],
  ...['chain_entry', 'chain_hash'],
]
const pageSize = 500

export function ledgerCsv(service: Pick<LedgerService, 'ledger'>, id: RolloutId): Readable {
  return Readable.from(lines(service, id))
}

async function* lines({ ledger }: Pick<LedgerService, 'ledger'>, id: RolloutId): AsyncGenerator<string> {
  yield csv([columns])
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof ledger>> = await ledger(id, { after, limit: pageSize })
    if (page && page.entries.length > 0) yield csvLines(page.entries.map(lineOf))
    after = page?.next ?? null
  } while (after !== null)
}

function lineOf({ at, sequence, type, by, why, override, version, verdict, chained }: LedgerEntry) {
  return [
    ...[new Date(at).toISOString(), sequence ?? '', type, by.name, by.kind, by.door, why ?? ''],
    ...[override.join('; '), version ?? ''],
    ...(verdict
      ? [verdict.overall, verdict.id, verdict.engine, verdict.canRecompute ? 'yes' : 'no', gatesOf(verdict)]
      : ['', '', '', '', '']),
    ...[chained.entry, chained.hash],
  ]
}

/** "first-pass yield: breach, 12 bad of 60 on canary, evidence 81 of 50" */
function gatesOf({ gates }: NonNullable<LedgerEntry['verdict']>): string {
  return gates
    .map(({ name, verdict, canary, logEvidence, logThreshold }) => {
      const evidence = `${Math.exp(logEvidence).toPrecision(3)} of ${Math.exp(logThreshold).toPrecision(3)}`
      return `${name}: ${verdict}, ${canary.bad} bad of ${canary.n} on canary, evidence ${evidence}`
    })
    .join('; ')
}

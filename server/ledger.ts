// The decision ledger for every door: who decided what on which evidence, and whether it comes out the same again.
import type { Database } from '../db/client.ts'
import { type LedgerPlace, type LedgerRow, ledgerRows } from '../db/ledger.ts'
import { recordedVerdict } from '../db/recorded-verdicts.ts'
import { eventsOf, loadRollout } from '../db/rollout-storage.ts'
import { firstpass } from './domain/actor.ts'
import { engine } from './domain/gates/evaluate-gates.ts'
import { questionOf } from './domain/gates/kept-question.ts'
import type { RolloutId } from './domain/ids.ts'
import { briefVerdict, facts, isItsEvidence, type LedgerEntry, versionsOf, whyOf } from './domain/ledger.ts'
import { recomputed } from './domain/recomputed.ts'
import { recountOf } from './recount-of.ts'
import type { Service } from './service.ts'

export function ledgers({ database }: { database: Database }) {
  const { db } = database
  return {
    async ledger(id, { after, limit, only }) {
      const loaded = await loadRollout(db, id)
      if (!loaded) return null
      const events = await eventsOf(db, id)
      const versions = versionsOf(events)
      const versionAt = new Map(events.map(({ sequence }, place) => [sequence, versions[place] ?? 0]))
      const found = await ledgerRows(db, loaded.state, {
        before: readPlace(after),
        limit: limit + 1,
        without: only === 'decisions' ? [...facts] : null,
      })
      const shown = found.slice(0, limit)
      const last = shown.at(-1)
      return {
        entries: shown.map((row) => entryOf(row, versionAt.get(row.number) ?? null)),
        next: found.length > limit && last ? writePlace(last) : null,
      }
    },
    async recomputed(id: RolloutId, verdictId: number) {
      const found = await recordedVerdict(db, id, verdictId)
      const loaded = found && (await loadRollout(db, id))
      if (!found || !loaded) return null
      const { verdict: recorded, inputs } = found
      const of = { id: found.id, at: recorded.at, recorded }
      if (inputs === null)
        return {
          ...of,
          outcome: 'no inputs',
          isWhole: null,
          engine: { recorded: recorded.engine, now: engine },
          differences: [],
          recomputed: null,
          recount: null,
        }
      const question = questionOf(inputs)
      const { verdict, ...came } = recomputed(recorded, question)
      const recount = await db.transaction((tx) => recountOf(tx, loaded.state, question, recorded.at))
      return { ...of, ...came, isWhole: inputs.isWhole, recomputed: verdict, recount }
    },
  } satisfies Partial<Service>
}

function entryOf(
  { at, event, verdict: found, number, chained }: LedgerRow,
  version: number | null,
): LedgerEntry {
  const verdict = found && briefVerdict(found.id, found.verdict, found.canRecompute)
  if (event === null)
    return {
      ...{ at, sequence: null, type: 'Verdict', by: firstpass, why: null, override: [], version: null },
      evidence: null,
      verdict,
      chained,
    }
  const evidence = 'evidence' in event ? (event.evidence ?? null) : null
  return {
    at,
    sequence: number,
    type: event.type,
    by: event.by,
    why: whyOf(event),
    override: 'override' in event ? event.override : [],
    version,
    evidence,
    verdict: verdict && (evidence === null || isItsEvidence(evidence, verdict)) ? verdict : null,
    chained,
  }
}

function writePlace({ at, isEvent, number }: LedgerPlace): string {
  return `${at}-${isEvent ? 'e' : 'v'}-${number}`
}

/** Null for the newest, and for what is none. */
function readPlace(text: string | null): LedgerPlace | null {
  const [, at, kind, number] = text?.match(/^(\d{1,15})-([ev])-(\d{1,15})$/) ?? []
  return at && kind && number ? { at: Number(at), isEvent: kind === 'e', number: Number(number) } : null
}

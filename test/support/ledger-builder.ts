// Entries of a decision ledger, and a verdict computed again; a test states only what matters to it.
import type { Verdict } from '../../server/domain/gates/verdict.ts'
import { briefVerdict, type LedgerEntry, type RecomputedVerdict } from '../../server/domain/ledger.ts'
import { firstpass, ines, noon } from './fixed-values.ts'
import { everyKind } from './gates-of-every-kind.ts'
import { aVerdict } from './verdict-builder.ts'

export function anEntry(part: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at: noon,
    sequence: 1,
    type: 'StageAdvanced',
    by: ines,
    why: 'looks good',
    override: [],
    version: 3,
    evidence: null,
    verdict: briefVerdict(7, aVerdict('breach', everyKind), true),
    chained: { entry: 12, hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
    ...part,
  }
}

export function aVerdictEntry(id: number, part: Partial<LedgerEntry> = {}): LedgerEntry {
  const verdict = briefVerdict(id, aVerdict('wait', everyKind.slice(0, 5)), true)
  return anEntry({
    sequence: null,
    type: 'Verdict',
    by: firstpass,
    why: null,
    version: null,
    verdict,
    ...part,
  })
}

export function aRecomputed(part: Partial<RecomputedVerdict> = {}): RecomputedVerdict {
  const recorded: Verdict = aVerdict('breach', everyKind)
  return {
    id: 7,
    at: noon,
    outcome: 'the same',
    isWhole: true,
    engine: { recorded: recorded.engine, now: recorded.engine },
    differences: [],
    recorded,
    recomputed: recorded,
    recount: { outcome: 'the same', lateRuns: 0, differences: [], differing: 0 },
    ...part,
  }
}

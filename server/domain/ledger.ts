// The decision ledger: every event and every recorded verdict in order, each decision with what was seen at its moment.
import { z } from 'zod'
import { actor } from './actor.ts'
import { type GateVerdict, gateVerdict, type Verdict, verdict, verdictWord } from './gates/verdict.ts'
import type { RolloutEvent } from './rollout/events.ts'
import { evolve } from './rollout/evolve.ts'
import type { RolloutState } from './rollout/state.ts'

const seenGate = gateVerdict.pick({
  name: true,
  metric: true,
  mode: true,
  acts: true,
  verdict: true,
  unit: true,
  canary: true,
  base: true,
  expectedRate: true,
  difference: true,
  differenceLow: true,
  differenceHigh: true,
  mixDifference: true,
  toleratedRate: true,
  logEvidence: true,
  logThreshold: true,
})

/** A verdict as it stands in the ledger. `canRecompute`: what it was computed from is kept with it. */
export const ledgerVerdict = z.object({
  id: z.int(),
  at: z.number(),
  engine: z.string(),
  overall: verdictWord,
  gates: z.array(seenGate),
  canRecompute: z.boolean(),
})
export type LedgerVerdict = z.infer<typeof ledgerVerdict>

const evidence = gateVerdict.pick({
  name: true,
  verdict: true,
  canary: true,
  base: true,
  logEvidence: true,
  logThreshold: true,
})

/** `sequence` null: a verdict between events. */
export const ledgerEntry = z.object({
  at: z.number(),
  sequence: z.int().nullable(),
  /** What happened, as "StageAdvanced"; of a verdict "Verdict". */
  type: z.string(),
  by: actor,
  why: z.string().nullable(),
  /** What was not met and passed over. */
  override: z.array(z.string()),
  /** Of the rollout after it: counts decisions. Null of a verdict. */
  version: z.int().nullable(),
  /** What the gates showed whoever decided, as the decision itself keeps it. */
  evidence: z.array(evidence).nullable(),
  /** The verdict of that very moment. */
  verdict: ledgerVerdict.nullable(),
  /** Its place in the chain of its procedure's record, and the hash up to it. */
  chained: z.object({ entry: z.int(), hash: z.string() }),
})
export type LedgerEntry = z.infer<typeof ledgerEntry>

export function briefVerdict(id: number, of: Verdict, canRecompute: boolean): LedgerVerdict {
  const { at, engine, overall } = of
  return { id, at, engine, overall, gates: of.gates.map((gate) => seenGate.parse(gate)), canRecompute }
}

/** The reason that an event carries: a person's, or the headline of the gate that spoke. */
export function whyOf(event: RolloutEvent): string | null {
  if ('why' in event) return event.why
  return 'headline' in event ? event.headline : null
}

/** Of facts of stations the version does not move, and a fleet has thousands of them: they are left out of the fold. */
export const facts: ReadonlySet<string> = new Set<RolloutEvent['type']>([
  'StationServed',
  'StationPulled',
  'StationConfirmed',
  'StationTroubled',
  'StationCleared',
  'StationReverted',
  'StationExposedAgain',
])

export function isFact({ type }: { type: string }): boolean {
  return facts.has(type)
}

/** The version of the rollout after each event, by its place. */
export function versionsOf(events: RolloutEvent[]): number[] {
  let state: RolloutState | null = null
  return events.map((event) => {
    if (!isFact(event)) state = evolve(state, event)
    return state?.version ?? 0
  })
}

/** Whether what a decision says that it saw is what the verdict of that moment says. */
export function isItsEvidence(seen: Pick<GateVerdict, 'name' | 'logEvidence'>[], of: LedgerVerdict): boolean {
  return seen.every(({ name, logEvidence }) =>
    of.gates.some((gate) => gate.name === name && Math.abs(gate.logEvidence - logEvidence) < 1e-9),
  )
}

const counted = z.object({ n: z.number(), bad: z.number() })
/** The stored runs counted again, against what the verdict was computed from. */
export const recount = z.object({
  /**
   * `late runs`: it differs, and so many runs of before its watermark arrived after it. `runs deleted`: it cannot be
   * counted again.
   */
  outcome: z.enum(['the same', 'late runs', 'differs', 'runs deleted']),
  lateRuns: z.int(),
  /** Stations and countings that came out otherwise; at most fifty, `differing` of all. */
  differences: z.array(
    z.object({ station: z.string(), counting: z.string(), judged: counted, stored: counted }),
  ),
  differing: z.int(),
})
export type Recount = z.infer<typeof recount>

export const recomputedVerdict = z.object({
  id: z.int(),
  at: z.number(),
  outcome: z.enum(['the same', 'differs', 'another engine', 'no inputs']),
  /** Whether verdict and inputs are as they were written, by their digest; null without inputs. */
  isWhole: z.boolean().nullable(),
  engine: z.object({ recorded: z.string(), now: z.string() }),
  differences: z.array(z.object({ path: z.string(), recorded: z.unknown(), recomputed: z.unknown() })),
  recorded: verdict,
  /** What today's engine says of the same inputs; null without inputs. */
  recomputed: verdict.nullable(),
  /** Null where the inputs are not kept. */
  recount: recount.nullable(),
})
export type RecomputedVerdict = z.infer<typeof recomputedVerdict>

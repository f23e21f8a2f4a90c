// Failures by category and mode, what is beyond base first.
import { z } from 'zod'
import type { Instant } from '../instant.ts'
import type { CountedFailures, FailureCount, SortedKind } from './failure-count.ts'
import { type FailureCategory, failureCategory } from './failure-rule.ts'

const armShare = z.object({
  runs: z.int(),
  units: z.int(),
  stations: z.int(),
  /** Of all runs of the arm, aborted ones apart. Null: it has none. */
  rate: z.number().nullable(),
})
const bucket = z.object({
  canary: armShare,
  base: armShare,
  /** Failed runs of the canary beyond what base's rate makes of as many; below zero: fewer. Null: base has run nothing. */
  excess: z.number().nullable(),
  firstSeenAt: z.number().nullable(),
  /** Where most of the canary's were, the worst first, at most three. */
  stations: z.array(z.object({ name: z.string(), runs: z.int() })),
  /** What to do about it. */
  action: z.string().nullable(),
})
export const modeOfFailure = bucket.extend({
  /** Null: failures of which nothing was said, or too rare a kind to be sorted. */
  mode: z.string().nullable(),
  /** No other build has ever failed so. */
  isNew: z.boolean(),
  /** What was said of one of them. */
  example: z.string().nullable(),
})
export const categoryOfFailure = bucket.extend({ category: failureCategory, modes: z.array(modeOfFailure) })
export type CategoryOfFailure = z.infer<typeof categoryOfFailure>
export type ModeOfFailure = z.infer<typeof modeOfFailure>

export const failurePareto = z.object({
  canary: z.object({ runs: z.int(), failed: z.int() }),
  base: z.object({ runs: z.int(), failed: z.int() }),
  excess: z.number().nullable(),
  categories: z.array(categoryOfFailure),
})
export type FailurePareto = z.infer<typeof failurePareto>

/** Runs of an arm, aborted ones apart, and those of them that did not pass. */
export type ArmRuns = { runs: number; failed: number }
const nothing = { runs: 0, units: 0, stations: 0 }

/** @param totals failures of which nothing was said are in these alone: they become the unknown ones. */
export function pareto(
  { counts, stations }: CountedFailures,
  totals: { canary: ArmRuns; base: ArmRuns },
  kinds: SortedKind[],
  isNew: ReadonlySet<string>,
): FailurePareto {
  const silent = { canary: silentRuns('canary'), base: silentRuns('base') }
  const named = new Set(counts.flatMap(({ category }) => category ?? []))
  if (silent.canary > 0 || silent.base > 0) named.add('unknown')
  return {
    canary: totals.canary,
    base: totals.base,
    excess: beyond(totals.canary.failed, totals.base.failed),
    categories: [...named].map(categoryOf).sort(worstFirst),
  }

  function categoryOf(category: FailureCategory): CategoryOfFailure {
    const own = counts.filter((count) => count.category === category)
    const modes = new Set(own.flatMap((count) => (count.of === 'mode' ? [count.mode] : [])))
    const isUnknown = category === 'unknown'
    if (isUnknown && (silent.canary > 0 || silent.base > 0)) modes.add(null)
    const sorted = [...modes].map((mode) => modeOf(category, mode, own)).sort(worstFirst)
    const extra = isUnknown ? silent : { canary: 0, base: 0 }
    return {
      ...bucketOf(
        own.filter((count) => count.of === 'category'),
        extra,
      ),
      stations: benches(category, 'category', null),
      action: kinds.find((kind) => kind.category === category && kind.inCanary)?.action ?? actionOf(category),
      category,
      modes: sorted,
    }
  }

  function modeOf(category: FailureCategory, mode: string | null, own: FailureCount[]): ModeOfFailure {
    const kind = kinds.find((each) => each.category === category && each.mode === mode)
    const counted = own.filter((count) => count.of === 'mode' && count.mode === mode)
    return {
      ...bucketOf(counted, mode === null && category === 'unknown' ? silent : { canary: 0, base: 0 }),
      stations: benches(category, 'mode', mode),
      action: kind?.action ?? null,
      mode,
      isNew: mode !== null && isNew.has(mode) && counted.some((count) => count.arm === 'canary'),
      example: kind?.text ?? null,
    }
  }

  function bucketOf(own: FailureCount[], extra: { canary: number; base: number }) {
    const canary = share('canary', own, extra.canary)
    const base = share('base', own, extra.base)
    const seen = own.map(({ firstAt }) => firstAt)
    return {
      canary,
      base,
      excess: beyond(canary.runs, base.runs),
      firstSeenAt: seen.length === 0 ? null : Math.min(...seen),
    }
  }

  function share(arm: 'canary' | 'base', own: FailureCount[], extra: number) {
    const found = own.find((count) => count.arm === arm) ?? nothing
    const runs = found.runs + extra
    const of = totals[arm].runs
    return { runs, units: found.units, stations: found.stations, rate: of === 0 ? null : runs / of }
  }

  function beyond(canaryRuns: number, baseRuns: number): number | null {
    if (totals.base.runs === 0) return null
    return canaryRuns - (baseRuns / totals.base.runs) * totals.canary.runs
  }

  function silentRuns(arm: 'canary' | 'base'): number {
    const said = counts.find((count) => count.of === 'arm' && count.arm === arm)?.runs ?? 0
    return Math.max(0, totals[arm].failed - said)
  }

  function benches(category: FailureCategory, of: 'category' | 'mode', mode: string | null) {
    return stations
      .filter(
        (each) => each.arm === 'canary' && each.category === category && each.of === of && each.mode === mode,
      )
      .map(({ station, runs }) => ({ name: station, runs }))
  }

  function actionOf(category: FailureCategory): string | null {
    return kinds.find((kind) => kind.category === category)?.action ?? null
  }
}

function worstFirst(
  a: { excess: number | null; canary: { runs: number }; base: { runs: number } },
  b: { excess: number | null; canary: { runs: number }; base: { runs: number } },
): number {
  return (
    (b.excess ?? b.canary.runs) - (a.excess ?? a.canary.runs) ||
    b.canary.runs - a.canary.runs ||
    b.base.runs - a.base.runs
  )
}

const alone = armShare
  .extend(bucket.pick({ firstSeenAt: true, action: true }).shape)
  .extend({ where: bucket.shape.stations })
/** Failures of all that a procedure ran in a time: [from, to). */
export const procedureFailures = z.object({
  from: z.number(),
  to: z.number(),
  runs: z.int(),
  failed: z.int(),
  categories: z.array(
    alone.extend({
      category: failureCategory,
      modes: z.array(alone.extend(modeOfFailure.pick({ mode: true, isNew: true, example: true }).shape)),
    }),
  ),
})
export type ProcedureFailures = z.infer<typeof procedureFailures>

/** Of one arm alone, which is counted as the canary. */
export function procedureFailuresOf(
  from: Instant,
  to: Instant,
  { canary, categories }: FailurePareto,
): ProcedureFailures {
  return {
    from,
    to,
    ...canary,
    categories: categories.map((each) => ({
      ...aloneOf(each),
      category: each.category,
      modes: each.modes.map((one) => ({
        ...aloneOf(one),
        mode: one.mode,
        isNew: one.isNew,
        example: one.example,
      })),
    })),
  }
}

function aloneOf({ canary, firstSeenAt, action, stations }: z.infer<typeof bucket>) {
  return { ...canary, firstSeenAt, action, where: stations }
}

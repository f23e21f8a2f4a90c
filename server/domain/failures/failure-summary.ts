// The failures of a rollout in brief: what is beyond base, what it is, and what to do about it.
import { z } from 'zod'
import { failureCategory } from './failure-rule.ts'
import type { CategoryOfFailure, FailurePareto } from './pareto.ts'

const mostModes = 3

export const failureSummary = z.object({
  /** Of the canary arm, against what base's rate makes of as many runs; null: base has run nothing. */
  failed: z.int(),
  runs: z.int(),
  excess: z.number().nullable(),
  /** The worst first; a category that the canary has not shown is left out. */
  categories: z.array(
    z.object({
      category: failureCategory,
      runs: z.int(),
      excess: z.number().nullable(),
      /** The mode that adds most to it. */
      mode: z.string().nullable(),
      /** Where more than half of it happened, if it is one station of several. */
      mostly: z.string().nullable(),
      action: z.string().nullable(),
    }),
  ),
  /** Modes that no other build has ever shown, the most frequent first. */
  newModes: z.array(z.string()),
  newModeCount: z.int(),
})
export type FailureSummary = z.infer<typeof failureSummary>

export function failureSummaryOf({ canary, excess, categories }: FailurePareto): FailureSummary {
  const shown = categories.filter((each) => each.canary.runs > 0)
  const fresh = shown
    .flatMap(({ modes }) => modes)
    .filter(({ isNew }) => isNew)
    .sort((a, b) => b.canary.runs - a.canary.runs)
    .flatMap(({ mode }) => mode ?? [])
  return {
    failed: canary.failed,
    runs: canary.runs,
    excess,
    categories: shown.map((each) => ({
      category: each.category,
      runs: each.canary.runs,
      excess: each.excess,
      mode: each.modes.find(({ canary: of }) => of.runs > 0)?.mode ?? null,
      mostly: mostly(each),
      action: each.action,
    })),
    newModes: fresh.slice(0, mostModes),
    newModeCount: fresh.length,
  }
}

const fewRuns = 3

function mostly({ canary, stations }: CategoryOfFailure): string | null {
  const [worst] = stations
  if (!worst || canary.runs < fewRuns || worst.runs <= canary.runs / 2) return null
  return worst.name
}

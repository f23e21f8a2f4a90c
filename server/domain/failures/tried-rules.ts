// What rules would do, before anybody sets them: which one takes a failure, and how the last failures would be sorted.
import { z } from 'zod'
import type { FailureKind } from './failure-count.ts'
import { type FailureRule, failureCategories, failureCategory, type HeldRule } from './failure-rule.ts'
import { failureSorter, type Sorted, type ToSort } from './sort-failures.ts'

/** `scope`: whose rules these are to be; those of the others stay as they are. */
export type TriedRules = {
  scope: 'procedure' | 'organisation'
  rules: FailureRule[]
  /** A failure to be sorted by itself. */
  failure: ToSort | null
}

const ruleFound = z
  .object({
    name: z.string().nullable(),
    from: z.enum(['procedure', 'organisation', 'built in']),
    /** Its place among the rules of whose it is, the first 1. */
    place: z.int(),
  })
  .nullable()
const sortedModes = z.object({
  mode: z.string(),
  failures: z.int(),
  /** Null: no rule matched. */
  rule: ruleFound,
  action: z.string().nullable(),
  /** Where the rules in force put it. */
  was: failureCategory,
  example: z.string().nullable(),
})
export const triedRulesResult = z.object({
  match: z.object({ category: failureCategory, action: z.string().nullable(), rule: ruleFound }).nullable(),
  failures: z.int(),
  /** How many of them would stand elsewhere than now. */
  moved: z.int(),
  categories: z.array(
    z.object({ category: failureCategory, failures: z.int(), was: z.int(), modes: z.array(sortedModes) }),
  ),
})
export type TriedRulesResult = z.infer<typeof triedRulesResult>

const mostModes = 50

/** @param inForce the rules as they are now; @param last the last failures, each by itself. */
export function triedRules(
  inForce: HeldRule[],
  { scope, rules, failure }: TriedRules,
  last: Pick<FailureKind, 'mode' | 'outcome' | 'text'>[],
): TriedRulesResult {
  const own = rules.map((rule) => ({ ...rule, from: scope }))
  const before = inForce.filter(({ from }) => from === 'procedure' && scope === 'organisation')
  const after = inForce.filter(
    ({ from }) => from === 'built in' || (from === 'organisation' && scope === 'procedure'),
  )
  const tried = [...before, ...own, ...after]
  const sort = failureSorter(tried)
  const sortNow = failureSorter(inForce)
  const sorted = last.map((each) => ({ ...each, ...sort(each), was: sortNow(each).category }))
  return {
    match: failure && shown(sort(failure)),
    failures: sorted.length,
    moved: sorted.filter(({ category, was }) => category !== was).length,
    categories: failureCategories.map((category) => {
      const members = sorted.filter((each) => each.category === category)
      const groups = Map.groupBy(members, ({ mode, rule, was }) =>
        JSON.stringify([mode, rule ? tried.indexOf(rule) : null, was]),
      )
      return {
        category,
        failures: members.length,
        was: sorted.filter((each) => each.was === category).length,
        modes: [...groups.values()]
          .flatMap((group) => {
            const [one] = group
            if (!one) return []
            const { rule, action } = shown(one)
            return { mode: one.mode, failures: group.length, rule, action, was: one.was, example: one.text }
          })
          .sort((a, b) => b.failures - a.failures || (a.mode < b.mode ? -1 : 1))
          .slice(0, mostModes),
      }
    }),
  }

  function shown({ category, action, rule }: Sorted) {
    const place = rule ? tried.filter(({ from }) => from === rule.from).indexOf(rule) + 1 : 0
    return { category, action, rule: rule && { name: rule.name, from: rule.from, place } }
  }
}

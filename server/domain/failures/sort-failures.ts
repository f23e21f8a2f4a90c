// Which bucket a failure belongs in. Worked out when it is read, so that another rule re-reads all that ever failed.
import type { RunOutcome } from '../run.ts'
import { type FailureCategory, type FailureField, folded, type HeldRule, matcher } from './failure-rule.ts'

/** What is known of a failure. A trouble that a station reports of itself has a code of its own and no outcome. */
export type ToSort = {
  mode: string | null
  text: string | null
  outcome: RunOutcome | null
  code?: string | null
}

/** `rule`: the first that matched; null where none did. */
export type Sorted = { category: FailureCategory; action: string | null; rule: HeldRule | null }

/** Never throws, and takes time by the length of rules and text alone. */
export function failureSorter(rules: HeldRule[]): (failure: ToSort) => Sorted {
  const matchers = rules.map((rule) => ({ rule, matches: matcher(rule) }))
  return (failure) => {
    const values = fieldValues(failure)
    const rule = matchers.find((each) => each.matches(values[each.rule.field]))?.rule ?? null
    return { category: rule?.category ?? 'unknown', action: rule?.action ?? null, rule }
  }
}

const longestRead = 1000

/** The parts of a failure that rules look at. */
export function fieldValues({ mode, text, outcome, code }: ToSort): Record<FailureField, string[]> {
  const said = text?.slice(0, longestRead) ?? ''
  const phase = /^phase ([^:]+)(?:: |$)/.exec(said)
  const words = phase ? said.slice(phase[0].length) : said
  const [ofMode, ofMeasurement] = mode?.split(' / ') ?? []
  const named = /^[\w.-]+(?=: |$)/.exec(words)?.[0]
  const isCode = mode !== null && ofMeasurement === undefined && !/\s/.test(mode)
  return {
    text: [words, mode].flatMap(value),
    mode: [mode].flatMap(value),
    code: [code, named, isCode && mode !== phase?.[1] ? mode : null].flatMap(value),
    phase: [phase?.[1] ?? (ofMeasurement === undefined ? null : ofMode)].flatMap(value),
    outcome: [outcome].flatMap(value),
  }
}

function value(text: string | null | undefined): string[] {
  return text ? [folded(text)] : []
}

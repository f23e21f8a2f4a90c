// Limits and their changes in words, short enough for a card.
import type { LimitSet } from './known.ts'
import { type Bound, isLimited, type Limits, limitsKey } from './limits.ts'

/** "3.2 … 3.4 V", "≤ 12 uA", "= 5", "no limit"; several of them: "3.2 … 3.4 V or 3.1 … 3.4 V". */
export function setText({ some, varies }: LimitSet, units: string | null): string {
  if (varies) return 'limits that vary from run to run'
  const shown = some.slice(0, 3).map((each) => limitsText(each, units))
  const more = some.length > 3 ? [`${some.length - 3} more`] : []
  return [...shown, ...more].join(' or ')
}

/** "lower 3.2 → 3.1 V" where only that bound moved, else both sides in full. */
export function changeText(before: LimitSet, after: LimitSet, units: string | null): string {
  const [old, now] = [single(before), single(after)]
  if (old && now && isLimited(old) && isLimited(now) && sameRules(old, now)) {
    if (same(old.upper, now.upper)) return `lower ${boundChange(old.lower, now.lower, units)}`
    if (same(old.lower, now.lower)) return `upper ${boundChange(old.upper, now.upper, units)}`
  }
  return `${setText(before, units)} → ${setText(after, units)}`
}

function single({ some, varies }: LimitSet): Limits | null {
  const [first, ...others] = some
  return first && others.length === 0 && varies === null ? first : null
}

function boundChange(old: Bound | null, now: Bound | null, units: string | null): string {
  if (now === null) return `${boundText(old)}${unitText(units)} → none`
  return `${boundText(old)} → ${boundText(now)}${unitText(units)}`
}

function boundText(bound: Bound | null): string {
  if (bound === null) return 'none'
  return bound.strict ? `${bound.value} (excluded)` : `${bound.value}`
}

function limitsText(limits: Limits, units: string | null): string {
  const { lower, upper, rules } = limits
  if (!isLimited(limits)) return 'no limit'
  const range = rangeText(lower, upper)
  return [...(range === null ? [] : [`${range}${unitText(units)}`]), ...rules].join(', ')
}

function rangeText(lower: Bound | null, upper: Bound | null): string | null {
  if (lower && upper) {
    if (lower.strict || upper.strict) return `${above(lower)} and ${below(upper)}`
    return lower.value === upper.value ? `= ${lower.value}` : `${lower.value} … ${upper.value}`
  }
  if (lower) return above(lower)
  return upper ? below(upper) : null
}

function above({ value, strict }: Bound): string {
  return `${strict ? '>' : '≥'} ${value}`
}

function below({ value, strict }: Bound): string {
  return `${strict ? '<' : '≤'} ${value}`
}

function unitText(units: string | null): string {
  return units === null ? '' : ` ${units}`
}

function same(one: Bound | null, other: Bound | null): boolean {
  return one?.value === other?.value && one?.strict === other?.strict
}

function sameRules(one: Limits, other: Limits): boolean {
  return limitsKey({ ...one, lower: null, upper: null }) === limitsKey({ ...other, lower: null, upper: null })
}

// The limits of one measurement: bounds where they can be read as a range, and all else as the words it was sent in.
import { oneLine } from '../run-text.ts'

/** `strict`: the bound itself lies outside. */
export type Bound = { value: number; strict: boolean }
export type Limits = { lower: Bound | null; upper: Bound | null; rules: string[] }

export const noLimits: Limits = { lower: null, upper: null, rules: [] }

const mostRules = 10
const longestRule = 200

/** A validator as stations send them: `"3.2 <= x <= 3.4"`, or `{ operator: ">=", expected_value: 3.2 }`. */
export function limitsOf(said: { lower?: unknown; upper?: unknown; validators?: unknown }): Limits {
  const bounds = { lower: inclusive(said.lower), upper: inclusive(said.upper), rules: [] }
  const validators: unknown[] = Array.isArray(said.validators) ? said.validators : []
  // Most stations send none, and this is read for every measurement of every run.
  if (validators.length === 0) return bounds
  const all = validators.map(limitsOfValidator).reduce(both, bounds)
  return { ...all, rules: [...new Set(all.rules)].sort().slice(0, mostRules) }
}

export function isLimited({ lower, upper, rules }: Limits): boolean {
  return lower !== null || upper !== null || rules.length > 0
}

/** The same text for the same limits, whatever shape they were sent in. */
export function limitsKey({ lower, upper, rules }: Limits): string {
  const bounds = `${boundKey(lower)} ${boundKey(upper)}`
  return rules.length === 0 ? bounds : JSON.stringify([bounds, ...rules])
}

/** Whether all that the narrow limits let pass is let pass by the wide ones. */
export function isWithin(narrow: Limits, wide: Limits): boolean {
  const below = wide.lower === null || (narrow.lower !== null && isInside(narrow.lower, wide.lower, 1))
  const above = wide.upper === null || (narrow.upper !== null && isInside(narrow.upper, wide.upper, -1))
  return below && above && wide.rules.every((rule) => narrow.rules.includes(rule))
}

function isInside(narrow: Bound, wide: Bound, sign: 1 | -1): boolean {
  const ahead = sign * (narrow.value - wide.value)
  return ahead > 0 || (ahead === 0 && (narrow.strict || !wide.strict))
}

/** Both hold. */
function both(one: Limits, other: Limits): Limits {
  return {
    lower: tighter(one.lower, other.lower, 1),
    upper: tighter(one.upper, other.upper, -1),
    rules: [...one.rules, ...other.rules],
  }
}

function tighter(one: Bound | null, other: Bound | null, sign: 1 | -1): Bound | null {
  if (one === null || other === null) return one ?? other
  return isInside(one, other, sign) ? one : other
}

function inclusive(value: unknown): Bound | null {
  const number = numberOf(value)
  return number === null ? null : { value: number, strict: false }
}

/** Instruments' drivers send numbers as text too; infinite is no bound. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return null
  // 3.3 × 0.95 is the same limit whatever order it was reckoned in, and −0 the same as 0.
  return Number(number.toPrecision(12)) + 0
}

function boundKey(bound: Bound | null): string {
  return bound === null ? '–' : `${bound.strict ? 'not ' : ''}${bound.value}`
}

function limitsOfValidator(validator: unknown): Limits {
  if (typeof validator === 'string') return limitsOfWords(oneLine(validator))
  if (typeof validator !== 'object' || validator === null) return noLimits
  const said = new Map<string, unknown>(Object.entries(validator))
  const expected = said.get('expected_value')
  const operator = said.get('operator')
  // What only informs fails no unit: it is kept apart from the limits that do.
  const informs = said.get('is_decisive') === false
  const parsed = informs || typeof operator !== 'string' ? null : ofOperator(operator.trim(), expected)
  if (parsed) return parsed
  const expression = said.get('expression')
  const words =
    typeof expression === 'string' && expression.trim() !== ''
      ? expression
      : `x ${String(operator ?? 'is')} ${JSON.stringify(expected ?? null)}`
  return informs ? rule(oneLine(`informs only: ${words}`)) : limitsOfWords(oneLine(words))
}

function ofOperator(operator: string, expected: unknown): Limits | null {
  const pair: unknown[] = Array.isArray(expected) ? expected : []
  if (['range', 'in_range', 'between'].includes(operator.toLowerCase()) && pair.length === 2)
    return { ...noLimits, lower: inclusive(pair[0]), upper: inclusive(pair[1]) }
  const value = typeof expected === 'number' ? numberOf(expected) : null
  return value === null ? null : compared(operator, value)
}

function compared(operator: string, value: number): Limits | null {
  const bound = { value, strict: operator === '<' || operator === '>' }
  switch (operator) {
    case '>=':
    case '>':
      return { ...noLimits, lower: bound }
    case '<=':
    case '<':
      return { ...noLimits, upper: bound }
    case '=':
    case '==':
      return { ...noLimits, lower: bound, upper: bound }
    default:
      return null
  }
}

const number = String.raw`([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?inf(?:inity)?)`
const x = `'?x'?`
const between = new RegExp(`^${number} *(<=?) *${x} *(<=?) *${number}$`, 'i')
const numberFirst = new RegExp(`^${number} *(<=?|>=?|==?) *${x}$`, 'i')
const numberLast = new RegExp(`^${x} *(<=?|>=?|==?) *${number}$`, 'i')
const equalTo = new RegExp(`^${x} is equal to '?${number}'?$`, 'i')
const inRange = new RegExp(
  `^in_range\\( *(?:min\\w* *= *)?${number} *, *(?:max\\w* *= *)?${number} *\\)$`,
  'i',
)
const percent = new RegExp(`^${x} is within ${number} ?% of ${number}$`, 'i')
const turned: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** What OpenHTF says of marginal results fails no unit. */
function limitsOfWords(all: string): Limits {
  const words = (all.split('. Marginal')[0] ?? '').replace(/\.$/, '').trim()
  if (words === '') return noLimits
  const [, low, isAbove = '', isBelow = '', high] = between.exec(words) ?? []
  if (low !== undefined) return both(ofWord(turned[isAbove] ?? '', low), ofWord(isBelow, high))
  const [, first, before = ''] = numberFirst.exec(words) ?? []
  if (first !== undefined) return ofWord(turned[before] ?? before, first)
  const [, after = '', last] = numberLast.exec(words) ?? []
  if (last !== undefined) return ofWord(after, last)
  const [, same] = equalTo.exec(words) ?? []
  if (same !== undefined) return ofWord('==', same)
  const [, from, to] = inRange.exec(words) ?? []
  if (from !== undefined) return both(ofWord('>=', from), ofWord('<=', to))
  const [, share, middle] = percent.exec(words) ?? []
  if (share !== undefined) {
    const half = Math.abs((Number(middle) * Number(share)) / 100)
    return { ...noLimits, lower: inclusive(Number(middle) - half), upper: inclusive(Number(middle) + half) }
  }
  return rule(words)
}

/** "inf" is no number that bounds anything. */
function ofWord(operator: string, word: string | undefined): Limits {
  const value = numberOf(word)
  return (value === null ? null : compared(operator, value)) ?? noLimits
}

function rule(words: string): Limits {
  const short = words.slice(0, longestRule)
  return { ...noLimits, rules: [short.isWellFormed() ? short : short.slice(0, -1)] }
}

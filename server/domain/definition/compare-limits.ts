// Whether one build's limits of a measurement, for one product, are other ones than another build's.
import { distinct, type LimitSet } from './known.ts'
import { isLimited, isWithin, type Limits, limitsKey } from './limits.ts'

export type Direction = 'tightened' | 'loosened' | 'moved' | 'added' | 'removed'
/** `after`: only what the former did not have. `key`: the same for the same change. */
export type LimitChange = { before: LimitSet; after: LimitSet; direction: Direction; key: string }

/**
 * Null when the later build shows nothing that the former did not. Limits that vary from run to run are compared by
 * whether there always is one: their numbers would be another change in every run.
 */
export function compareLimits(before: LimitSet, after: LimitSet): LimitChange | null {
  if (before.varies) return compareVarying(before, after)
  if (after.varies) return changed(before, after, 'moved')
  const known = new Set(before.some.map(limitsKey))
  const fresh = after.some.filter((each) => !known.has(limitsKey(each)))
  if (fresh.length === 0 || before.some.length === 0) return null
  const news = { some: distinct(fresh), varies: null }
  return changed(before, news, directionOf(before.some, news.some))
}

function compareVarying(before: LimitSet, after: LimitSet): LimitChange | null {
  const { varies } = before
  const parts = ['lower', 'upper', 'rules'] as const
  const lacks = (limits: Limits) =>
    parts.some(
      (part) => varies?.[part] && (part === 'rules' ? limits.rules.length === 0 : limits[part] === null),
    )
  if (after.varies) {
    const gone = parts.some((part) => varies?.[part] && !after.varies?.[part])
    return gone ? changed(before, after, 'loosened') : null
  }
  const short = after.some.filter(lacks)
  const news = { some: distinct(short), varies: null }
  if (short.length === 0) return null
  return changed(before, news, short.every((each) => !isLimited(each)) ? 'removed' : 'loosened')
}

function directionOf(before: Limits[], fresh: Limits[]): Direction {
  if (before.every((each) => !isLimited(each))) return 'added'
  if (fresh.every((each) => !isLimited(each))) return 'removed'
  if (fresh.every((each) => before.some((wide) => isWithin(each, wide)))) return 'tightened'
  const loosens = (each: Limits) => before.every((narrow) => isWithin(narrow, each))
  return fresh.every(loosens) ? 'loosened' : 'moved'
}

function changed(before: LimitSet, after: LimitSet, direction: Direction): LimitChange {
  return { before, after, direction, key: `${keyOf(before)} ${keyOf(after)}` }
}

function keyOf({ some, varies }: LimitSet): string {
  return varies ? 'varies' : some.map(limitsKey).sort().join(',')
}

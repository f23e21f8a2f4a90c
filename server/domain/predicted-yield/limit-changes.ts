// Which limits a build changes, as they can be reckoned with: the numbers old and new, by product; and what cannot be.
import { compareLimits, type Direction } from '../definition/compare-limits.ts'
import { placeOf } from '../definition/declared.ts'
import {
  isSeen,
  type Known,
  type KnownMeasurement,
  type KnownPhase,
  type LimitSet,
  limitsFor,
} from '../definition/known.ts'
import { isLimited, type Limits, noLimits } from '../definition/limits.ts'
import { setText } from '../definition/limits-text.ts'

export type ChangedLimits = {
  phase: string
  measurement: string
  /** "power_rails / rail_3v3" */
  place: string
  /** "3.2 … 3.4 V → 3.25 … 3.4 V" */
  words: string
  direction: Direction
  /** Of products; the empty one stands for runs that name none, and for all that are not listed. */
  byProduct: Map<string, { before: Limits[]; after: Limits }>
}
export type LimitChanges = { judged: ChangedLimits[]; unjudged: { place: string; why: string }[] }

/** @param isWhole what `next` does not list is not tested by it: so it is of a declaration, and not of runs. */
export function limitChanges(base: Known, next: Known, isWhole: boolean): LimitChanges {
  const found: LimitChanges = { judged: [], unjudged: [] }
  for (const phase of next.phases)
    for (const measurement of phase.measurements) {
      const old = measurementOf(base, phase.name, measurement.name)
      add(found, phase.name, old, measurement)
    }
  if (isWhole) for (const phase of base.phases) addRemoved(found, phase, next)
  return found
}

function measurementOf({ phases }: Known, phase: string, name: string): KnownMeasurement | undefined {
  return phases
    .find((each) => each.name === phase)
    ?.measurements.find((measurement) => measurement.name === name)
}

function add(
  found: LimitChanges,
  phase: string,
  old: KnownMeasurement | undefined,
  now: KnownMeasurement,
): void {
  const place = placeOf(phase, now.name)
  const holds = [...now.limits.values()].some(({ some }) => some.some(isLimited))
  if (!old) {
    if (holds) found.unjudged.push({ place, why: 'the build it is compared with has not measured it' })
    return
  }
  const changed = [...now.limits].flatMap(([product, after]) => {
    const before = limitsFor(old, product)
    const change = before && compareLimits(before, after)
    return before && change ? [{ product, before, after, direction: change.direction }] : []
  })
  const [first] = changed
  if (!first) return
  const why = changed.map(({ before, after }) => whyNot(before, after)).find((each) => each !== null)
  if (why !== undefined && why !== null) {
    found.unjudged.push({ place, why })
    return
  }
  if (now.units.length > 0 && old.units.length > 0 && now.units.every((unit) => !old.units.includes(unit))) {
    found.unjudged.push({
      place,
      why: `its units are other ones: ${old.units.join(', ')} → ${now.units.join(', ')}`,
    })
    return
  }
  const units = now.units[0] ?? old.units[0] ?? null
  found.judged.push({
    phase,
    measurement: now.name,
    place,
    words: `${setText(first.before, units)} → ${setText(first.after, units)}`,
    direction: first.direction,
    byProduct: new Map(
      changed.map(({ product, before, after }) => [
        product,
        { before: before.some, after: after.some[0] ?? noLimits },
      ]),
    ),
  })
}

function whyNot(before: LimitSet, after: LimitSet): string | null {
  if (before.varies || after.varies) return 'its limits are other ones from run to run'
  if (after.some.length > 1) return 'it has several limits at once'
  const [rule] = after.some.flatMap(({ rules }) => rules)
  return rule === undefined ? null : `its limits are said in words that are no range: ${rule}`
}

/** What is no longer measured fails no unit. */
function addRemoved(found: LimitChanges, { name: phase, measurements }: KnownPhase, next: Known): void {
  for (const measurement of measurements) {
    const limits = limitsFor(measurement, '')
    const isHeld = limits !== null && (limits.varies !== null || limits.some.some(isLimited))
    if (!isHeld || measurementOf(next, phase, measurement.name)) continue
    found.judged.push({
      phase,
      measurement: measurement.name,
      place: placeOf(phase, measurement.name),
      words: `${setText(limits, measurement.units[0] ?? null)} → no longer measured`,
      direction: 'removed',
      byProduct: new Map([['', { before: limits.some, after: noLimits }]]),
    })
  }
}

/** The limits of a measurement that change for that product. */
export function changeFor({ byProduct }: ChangedLimits, product: string | null) {
  return byProduct.get(product ?? '') ?? byProduct.get('') ?? null
}

/** The places that nearly every unit that passes shows, of that product: a failed unit that lacks one was not tested to its end. */
export function usualPlaces(base: Known, product: string | null): string[] {
  const own = product ?? ''
  return base.phases.flatMap((phase) =>
    phase.measurements.flatMap((measurement) => {
      if (!isSeen(measurement.seen, own)) return []
      const [passes, all] = [timesOf(measurement.seen, own), timesOf(base.seen, own)]
      return passes >= nearly * all && passes > 0 ? [placeOf(phase.name, measurement.name)] : []
    }),
  )
}

const nearly = 0.9

function timesOf(seen: KnownMeasurement['seen'], product: string): number {
  const own = seen.get(product)
  return own ? own.passes : [...seen.values()].reduce((sum, { passes }) => sum + passes, 0)
}

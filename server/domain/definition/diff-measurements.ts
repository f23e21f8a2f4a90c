// What has become of the measurements of one phase: gone, new, renamed, and held to other limits or units.
import { compareLimits } from './compare-limits.ts'
import { type Difference, said } from './difference.ts'
import { type Known, type KnownMeasurement, type KnownPhase, type LimitSet, limitsFor } from './known.ts'
import { isLimited, limitsKey } from './limits.ts'
import { changeText, setText } from './limits-text.ts'
import { missingFor } from './missing.ts'

export type Pair = { old: KnownPhase; now: KnownPhase }

export function measurementsOf(before: Known, after: Known, { old, now }: Pair): Difference[] {
  const renamed = renamedMeasurements(before, after, { old, now })
  const found = old.measurements.flatMap((measurement) => {
    const same = now.measurements.find(({ name }) => name === measurement.name)
    const other = same ?? renamed.get(measurement)
    const absent = missingFor(before, after, measurement.seen, other?.seen ?? null)
    return [
      ...(absent.length === 0 || (other && !same) ? [] : [removed(now.name, measurement, absent)]),
      ...(other && !same ? [renamedMeasurement(now.name, measurement, other)] : []),
      ...(other ? unitsChanged(now.name, measurement, other) : []),
      ...(other ? limitsChanged(now.name, measurement, other) : []),
    ]
  })
  const taken = new Set([...renamed.values()].map(({ name }) => name))
  return [
    ...found,
    ...now.measurements.flatMap((measurement) => {
      if (taken.has(measurement.name)) return []
      const known = old.measurements.find(({ name }) => name === measurement.name)
      const fresh = missingFor(after, before, measurement.seen, known?.seen ?? null, 1)
      return fresh.length === 0 ? [] : [added(now.name, measurement, fresh)]
    }),
  ]
}

/** In the place of one that is gone: the same units and limits, and no other could be meant. */
function renamedMeasurements(
  before: Known,
  after: Known,
  { old, now }: Pair,
): Map<KnownMeasurement, KnownMeasurement> {
  const gone = old.measurements.filter(
    (each) =>
      !now.measurements.some(({ name }) => name === each.name) &&
      missingFor(before, after, each.seen, null).length > 0,
  )
  const fresh = now.measurements.filter((each) => !old.measurements.some(({ name }) => name === each.name))
  const pairs = gone.flatMap((each): [KnownMeasurement, KnownMeasurement][] => {
    const key = limitsOfAll(each)
    const alike = (others: KnownMeasurement[]) => others.filter((other) => limitsOfAll(other) === key)
    const [only, ...more] = alike(fresh)
    return only && more.length === 0 && isHeld(each) && alike(gone).length === 1 ? [[each, only]] : []
  })
  return new Map(pairs)
}

function limitsOfAll({ units, limits }: KnownMeasurement): string {
  const all = [...limits.values()].flatMap(({ some, varies }) => (varies ? ['varies'] : some.map(limitsKey)))
  return JSON.stringify([units, [...new Set(all)].sort()])
}

function limitsChanged(phase: string, old: KnownMeasurement, now: KnownMeasurement): Difference[] {
  const compared = [...now.limits].flatMap(([product, after]) => {
    const known = limitsFor(old, product)
    return known ? [{ product, change: compareLimits(known, after) }] : []
  })
  const groups = Map.groupBy(
    compared.flatMap(({ product, change }) => (change ? [{ product, change }] : [])),
    ({ change }) => change.key,
  )
  return [...groups].flatMap(([key, same]) => {
    const [first] = same
    if (!first) return []
    const { before, after, direction } = first.change
    const units = now.units[0] ?? old.units[0] ?? null
    return said({
      kind: 'limits',
      phase,
      measurement: now.name,
      direction,
      old: setText(before, units),
      now: setText(after, units),
      what: changeText(before, after, units),
      products: same.map(({ product }) => product),
      isPartial: same.length < compared.length,
      isLimit: true,
      key,
    })
  })
}

/** With other units the same numbers are other limits. */
function unitsChanged(phase: string, old: KnownMeasurement, now: KnownMeasurement): Difference[] {
  const fresh = now.units.filter((unit) => !old.units.includes(unit))
  if (fresh.length === 0 || old.units.length === 0) return []
  const [before, after] = [old.units.join(' or '), fresh.join(' or ')]
  return [
    said({
      kind: 'units',
      phase,
      measurement: now.name,
      old: before,
      now: after,
      what: `units ${before} → ${after}`,
      isLimit: isHeld(old) || isHeld(now),
    }),
  ]
}

function renamedMeasurement(phase: string, old: KnownMeasurement, now: KnownMeasurement): Difference {
  const names = { formerly: old.name, old: old.name, now: now.name }
  const what = `was ${old.name} before, with the same limits`
  return said({ kind: 'measurement renamed', phase, measurement: now.name, ...names, what })
}

export function removed(phase: string, old: KnownMeasurement, products: string[]): Difference {
  const isLimit = isHeld(old)
  const limits = setText(everyLimit(old), old.units[0] ?? null)
  return said({
    kind: 'measurement removed',
    phase,
    measurement: old.name,
    old: isLimit ? limits : null,
    what: isLimit ? `is no longer measured (${limits})` : 'is no longer measured',
    products,
    isPartial: products.length < old.seen.size,
    isLimit,
  })
}

function added(phase: string, now: KnownMeasurement, products: string[]): Difference {
  const limits = isHeld(now) ? setText(everyLimit(now), now.units[0] ?? null) : null
  const what = limits === null ? 'is new' : `is new (${limits})`
  const isPartial = products.length < now.seen.size
  return said({
    kind: 'measurement added',
    phase,
    measurement: now.name,
    now: limits,
    what,
    products,
    isPartial,
  })
}

function everyLimit(measurement: KnownMeasurement): LimitSet {
  return limitsFor(measurement, '') ?? { some: [], varies: null }
}

export function isHeld({ limits }: KnownMeasurement): boolean {
  return [...limits.values()].some(({ some, varies }) => varies !== null || some.some(isLimited))
}

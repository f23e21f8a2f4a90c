// What is known of one build, in one shape whether its author declared it or its runs showed it.
import type { Declared } from './declared.ts'
import type { Learned, LearnedMeasurement, Seen, Varying } from './learned.ts'
import { type Limits, limitsKey } from './limits.ts'

export type Times = { runs: number; passes: number }
/** Of one product. `varies`: they are other ones in nearly every run. */
export type LimitSet = { some: Limits[]; varies: Omit<Varying, 'product'> | null }
/** Keyed by product; the empty one stands for runs that named none, and for what holds whatever the product. */
export type OfProduct<Value> = Map<string, Value>
export type KnownMeasurement = {
  name: string
  units: string[]
  seen: OfProduct<Times>
  limits: OfProduct<LimitSet>
}
export type KnownPhase = { name: string; seen: OfProduct<Times>; measurements: KnownMeasurement[] }
/** Phases in their order. `isCut`: nothing follows from what is absent. */
export type Known = { seen: OfProduct<Times>; phases: KnownPhase[]; isCut: boolean }

export function knownFromRuns(learned: Learned): Known {
  const phases = learned.phases.map((phase) => ({
    name: phase.name,
    place:
      phase.places /
      Math.max(
        1,
        phase.seen.reduce((sum, { runs }) => sum + runs, 0),
      ),
    seen: timesOf(phase.seen),
    measurements: phase.measurements.map((measurement) => ({
      name: measurement.name,
      units: measurement.units,
      seen: timesOf(measurement.seen),
      limits: limitsSeen(measurement),
    })),
  }))
  return {
    seen: timesOf(learned.seen),
    phases: phases
      .toSorted((a, b) => a.place - b.place || (a.name < b.name ? -1 : 1))
      .map(({ name, seen, measurements }) => ({ name, seen, measurements })),
    isCut: learned.isCut,
  }
}

/** Null when nothing but names of changes was declared. A declaration is whole: what it does not list is not there. */
export function knownFromDeclaration(declared: Declared): Known | null {
  if (declared.phases === null) return null
  return {
    seen: always(['']),
    phases: declared.phases.map(({ name, measurements }) => ({
      name,
      seen: always(['']),
      measurements: [...Map.groupBy(measurements, (each) => each.name)].map(([own, entries]) => {
        const products = entries.flatMap((each) => (each.products.length === 0 ? [''] : each.products))
        return {
          name: own,
          units: [...new Set(entries.flatMap(({ units }) => units ?? []))].sort(),
          seen: always(products),
          limits: new Map(
            entries.flatMap((each) =>
              (each.products.length === 0 ? [''] : each.products).map((product): [string, LimitSet] => [
                product,
                { some: [each.limits], varies: null },
              ]),
            ),
          ),
        }
      }),
    })),
    isCut: false,
  }
}

/** Null when this product cannot be compared with anything that is known. */
export function limitsFor({ limits }: Pick<KnownMeasurement, 'limits'>, product: string): LimitSet | null {
  const own = limits.get(product) ?? limits.get('')
  if (own || product !== '') return own ?? null
  const all = [...limits.values()]
  const varies = all.flatMap((each) => each.varies ?? [])
  const always = (what: 'lower' | 'upper' | 'rules') => varies.every((each) => each[what])
  return all.length === 0
    ? null
    : {
        some: distinct(all.flatMap(({ some }) => some)),
        varies:
          varies.length === 0
            ? null
            : { lower: always('lower'), upper: always('upper'), rules: always('rules') },
      }
}

export function isSeen(seen: OfProduct<Times>, product: string): boolean {
  return seen.has(product) || seen.has('') || (product === '' && seen.size > 0)
}

export function distinct(limits: Limits[]): Limits[] {
  const byKey = new Map(limits.map((each) => [limitsKey(each), each]))
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
}

function timesOf(seen: Seen[]): OfProduct<Times> {
  return new Map(seen.map(({ product, runs, passes }) => [product, { runs, passes }]))
}

function always(products: string[]): OfProduct<Times> {
  const times = { runs: Number.POSITIVE_INFINITY, passes: Number.POSITIVE_INFINITY }
  return new Map(products.map((product) => [product, times]))
}

function limitsSeen({ limits, varies }: LearnedMeasurement): OfProduct<LimitSet> {
  const sets: OfProduct<LimitSet> = new Map()
  for (const { limits: own, products } of limits)
    for (const product of products)
      sets.set(product, { some: [...(sets.get(product)?.some ?? []), own], varies: null })
  for (const { product, ...parts } of varies) sets.set(product, { some: [], varies: parts })
  return sets
}

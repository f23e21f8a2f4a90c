// What the runs of a build have shown of its phases, measurements and limits. Merging is the same in every order, so that
// late runs, replays of a backlog and several processes come to the same.
import { type Limits, limitsKey } from './limits.ts'
import type { RunDefinition, RunMeasurement, RunPhase } from './read-run.ts'

/** How often something was seen with a product; empty: the run named none. Runs that passed show every phase. */
export type Seen = { product: string; runs: number; passes: number }
export type LimitsSeen = { limits: Limits; products: string[] }
/** Limits that are another ones in nearly every run: only whether there always are some is kept. */
export type Varying = { product: string; lower: boolean; upper: boolean; rules: boolean }
export type LearnedMeasurement = {
  name: string
  units: string[]
  seen: Seen[]
  limits: LimitsSeen[]
  varies: Varying[]
}
/** `places`: the sum of its places in the runs it was seen in. */
export type LearnedPhase = { name: string; places: number; seen: Seen[]; measurements: LearnedMeasurement[] }
/** `isCut`: there was more than is kept, so that nothing follows from what is absent. */
export type Learned = { seen: Seen[]; phases: LearnedPhase[]; isCut: boolean }

export const nothingLearned: Learned = { seen: [], phases: [], isCut: false }

/** Of one product. More are limits that are reckoned anew for each unit. */
const mostLimits = 6

export function learnedFrom(run: RunDefinition, product: string | null, hasPassed: boolean): Learned {
  const seen = [{ product: product ?? '', runs: 1, passes: hasPassed ? 1 : 0 }]
  const phases = run.phases.map((phase, place) => ofPhase(phase, place, seen))
  return { seen, phases: phases.sort(byName), isCut: run.isCut }
}

export function mergeLearned(one: Learned, other: Learned): Learned {
  return {
    seen: mergeSeen(one.seen, other.seen),
    phases: mergeNamed(one.phases, other.phases, (a, b) => ({
      name: a.name,
      places: a.places + b.places,
      seen: mergeSeen(a.seen, b.seen),
      measurements: mergeNamed(a.measurements, b.measurements, mergeMeasurements),
    })),
    isCut: one.isCut || other.isCut,
  }
}

export function totalOf(seen: Seen[]): { runs: number; passes: number } {
  return seen.reduce((sum, each) => ({ runs: sum.runs + each.runs, passes: sum.passes + each.passes }), {
    runs: 0,
    passes: 0,
  })
}

function ofPhase({ name, measurements }: RunPhase, place: number, seen: Seen[]): LearnedPhase {
  const ofOne = ({ name: own, units, limits }: RunMeasurement): LearnedMeasurement => ({
    name: own,
    units: units === null ? [] : [units],
    seen,
    ...gathered(
      limits.map((each) => ({ limits: each, products: seen.map(({ product }) => product) })),
      [],
    ),
  })
  return { name, places: place, seen, measurements: measurements.map(ofOne).sort(byName) }
}

function mergeMeasurements(one: LearnedMeasurement, other: LearnedMeasurement): LearnedMeasurement {
  return {
    name: one.name,
    units: [...new Set([...one.units, ...other.units])].sort(),
    seen: mergeSeen(one.seen, other.seen),
    ...gathered([...one.limits, ...other.limits], [...one.varies, ...other.varies]),
  }
}

/** Each limits once, with its products; those of a product with too many give way to what they have in common. */
function gathered(all: LimitsSeen[], varying: Varying[]): Pick<LearnedMeasurement, 'limits' | 'varies'> {
  const byKey = new Map<string, { limits: Limits; products: Set<string> }>()
  for (const { limits, products } of all) {
    const known = byKey.get(limitsKey(limits)) ?? { limits, products: new Set() }
    for (const product of products) known.products.add(product)
    byKey.set(limitsKey(limits), known)
  }
  const times = new Map<string, number>()
  for (const { products } of byKey.values())
    for (const product of products) times.set(product, (times.get(product) ?? 0) + 1)
  const tooMany = [...times].flatMap(([product, count]) => (count > mostLimits ? [product] : []))
  const varies = new Set([...varying.map(({ product }) => product), ...tooMany])
  const kept = [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    limits: kept.flatMap(([, { limits, products }]) => {
      const own = [...products].filter((product) => !varies.has(product)).sort()
      return own.length === 0 ? [] : [{ limits, products: own }]
    }),
    varies: [...varies].sort().map((product) => {
      const shown = kept.flatMap(([, { limits, products }]) =>
        products.has(product) ? [inShort(limits)] : [],
      )
      const parts = [...varying.filter((each) => each.product === product), ...shown]
      const always = (what: 'lower' | 'upper' | 'rules') => parts.every((part) => part[what])
      return { product, lower: always('lower'), upper: always('upper'), rules: always('rules') }
    }),
  }
}

function inShort({ lower, upper, rules }: Limits): Omit<Varying, 'product'> {
  return { lower: lower !== null, upper: upper !== null, rules: rules.length > 0 }
}

function mergeSeen(one: Seen[], other: Seen[]): Seen[] {
  const sums = new Map<string, Seen>()
  for (const { product, runs, passes } of [...one, ...other]) {
    const sum = sums.get(product)
    sums.set(product, { product, runs: (sum?.runs ?? 0) + runs, passes: (sum?.passes ?? 0) + passes })
  }
  return [...sums.values()].sort((a, b) => (a.product < b.product ? -1 : 1))
}

function mergeNamed<Named extends { name: string }>(
  one: Named[],
  other: Named[],
  merge: (a: Named, b: Named) => Named,
): Named[] {
  const byOwnName = new Map(one.map((each) => [each.name, each]))
  for (const each of other) {
    const known = byOwnName.get(each.name)
    byOwnName.set(each.name, known ? merge(known, each) : each)
  }
  return [...byOwnName.values()].sort(byName)
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}

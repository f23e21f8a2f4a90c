// When something that one build has is known to be absent from another: runs that stop early, rare branches and products
// that were not tested yet prove nothing.
import { isSeen, type Known, type OfProduct, type Times } from './known.ts'

/** Complete runs, each side, before anything follows from what is not there. */
const fewestPasses = 5
/** What is there in some runs only is missed once chance would leave it out so rarely. */
const chanceOfLeavingOut = 0.001

/**
 * The products of what `before` has (a phase, a measurement) for which `after` is known to lack it; empty when that
 * cannot be said.
 * @param there where `after` has it, with other products or none.
 * @param fewestOwn passed runs of `before` that it takes: one is enough to show what is new.
 */
export function missingFor(
  before: Known,
  after: Known,
  seen: OfProduct<Times>,
  there: OfProduct<Times> | null,
  fewestOwn = fewestPasses,
): string[] {
  if (after.isCut) return []
  const isEverywhere = [...before.seen.keys()].every((product) => seen.has(product))
  return [...seen].flatMap(([product, { passes }]) => {
    const runs = completeRuns(before, product, true)
    if (runs < fewestOwn || (there && isSeen(there, product))) return []
    const rate = runs === Number.POSITIVE_INFINITY ? 1 : passes / runs
    return completeRuns(after, product, isEverywhere) >= passesNeeded(rate) ? [product] : []
  })
}

/** Passed runs that would have shown it. Runs that name no product show only what every product has. */
function completeRuns({ seen }: Known, product: string, isEverywhere: boolean): number {
  const own = seen.get(product)?.passes
  if (own !== undefined) return own
  if (product === '') return [...seen.values()].reduce((sum, { passes }) => sum + passes, 0)
  const unnamed = seen.get('')?.passes ?? 0
  return isEverywhere || unnamed === Number.POSITIVE_INFINITY ? unnamed : 0
}

function passesNeeded(rate: number): number {
  if (rate >= 1) return fewestPasses
  if (rate <= 0) return Number.POSITIVE_INFINITY
  return Math.max(fewestPasses, Math.ceil(Math.log(chanceOfLeavingOut) / Math.log(1 - rate)))
}

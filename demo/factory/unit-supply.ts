// The units a station meets: a reference sample that is due first, then those on its retest shelf, else a new one
// with the next serial number.
import type { ProductName } from './product.ts'
import type { ReferenceSamples } from './reference-samples.ts'
import type { RetestShelf } from './retest-shelf.ts'
import type { Job } from './test-result.ts'

export type UnitSupply = ReturnType<typeof unitSupply>

/** `generation` keeps the serial numbers of a factory that is started again apart from the earlier ones. */
export function unitSupply(deps: {
  station: string
  shelf: RetestShelf
  samples: ReferenceSamples
  /** What the station's new unit with this number is. */
  productOf: (index: number) => ProductName
  generation: number
  firstIndex: number
}) {
  let index = deps.firstIndex

  function next(now: number): Job {
    return deps.samples.take(now) ?? deps.shelf.take(deps.station, now) ?? newUnit()
  }

  function newUnit(): Job {
    const serial = `${deps.station}-${deps.generation}${String(index).padStart(6, '0')}`
    const product = deps.productOf(index)
    index += 1
    return { serial, attempt: 1, product, sample: null }
  }

  return { next, made: () => index - deps.firstIndex }
}

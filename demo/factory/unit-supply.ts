// The units a station meets: those on its retest shelf first, else a new one with the next serial number.
import type { RetestShelf } from './retest-shelf.ts'
import type { Job } from './test-result.ts'

export type UnitSupply = ReturnType<typeof unitSupply>

/** `generation` keeps the serial numbers of a factory that is started again apart from the earlier ones. */
export function unitSupply(deps: {
  station: string
  shelf: RetestShelf
  generation: number
  firstIndex: number
}) {
  let index = deps.firstIndex

  function next(now: number): Job {
    const again = deps.shelf.take(deps.station, now)
    if (again) return again
    const serial = `${deps.station}-${deps.generation}${String(index).padStart(6, '0')}`
    index += 1
    return { serial, attempt: 1 }
  }

  return { next, made: () => index - deps.firstIndex }
}

// The products: how each differs under test, and in which order the lines make them.
import type { StationProfile } from './fleet.ts'

export type ProductName = keyof typeof products

export const products = {
  'TX-200': { passBias: 0.318, durationFactor: 1 },
  'TX-210': { passBias: 0, durationFactor: 1.03 },
  'TX-300': { passBias: -0.889, durationFactor: 0.97 },
} as const satisfies Record<
  string,
  {
    /** Added to the log-odds of passing, on any build: 97.8, 97.0 and 93.0 % with a good one. */
    passBias: number
    /** Of a test, against a station's usual one. */
    durationFactor: number
  }
>

/**
 * A station's part of a line's batches, over and over: 97.0 % in all with a good build. Small enough for every product
 * to be made within an hour: else each hour of the past has a yield of its own, and gates take that for wandering.
 */
const batches: readonly { product: ProductName; units: number }[] = [
  { product: 'TX-200', units: 20 },
  { product: 'TX-210', units: 8 },
  { product: 'TX-300', units: 4 },
]
const rotation = batches.flatMap(({ product, units }) => Array.from({ length: units }, () => product))

/**
 * What a station's `index`th new unit is. A line makes its batches in one order; they are counted in units of each
 * station and not in time, so that a unit is the same product however fast the clock runs.
 */
export function productOf(station: Pick<StationProfile, 'rotationOffset'>, index: number): ProductName {
  return rotation[(station.rotationOffset + index - 1) % rotation.length] ?? 'TX-200'
}

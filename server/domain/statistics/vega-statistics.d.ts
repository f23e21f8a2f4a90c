/** vega-statistics ships no types; these are the two functions in use. */
declare module 'vega-statistics' {
  export function cumulativeNormal(value: number, mean: number, deviation: number): number
  export function quantileNormal(probability: number, mean: number, deviation: number): number
}

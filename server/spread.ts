// Moments that are spread evenly, so that those who are told to come again do not come together.

/** The share that leaves the widest gap filled next, whatever the count: the golden ratio's. */
const step = (Math.sqrt(5) - 1) / 2

/** @returns a function that gives whole milliseconds from 0 up to `ms`, each far from the ones before. */
export function spread(): (ms: number) => number {
  let place = 0
  return (ms) => {
    place = (place + step) % 1
    return Math.floor(place * ms)
  }
}

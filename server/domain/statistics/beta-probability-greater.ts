/** A Beta distribution: prior plus counted failures, prior plus counted passes. Both above 0. */
export type Beta = { readonly failures: number; readonly passes: number }

/**
 * Probability that the first of two rates is the greater one, each known as a Beta distribution.
 *
 * A picture of two arms without stations, drift or repeated looks: shown, never a gate. On the
 * log-odds scale both densities are smooth and die out; they are integrated together by Simpson's
 * rule over the points of both, error below 1e-9.
 *
 * Source: the definition; integration after Davis and Rabinowitz (1984), 2.2.
 *
 * @example betaProbabilityGreater({ failures: 7, passes: 55 }, { failures: 13, passes: 529 }) // 0.99852
 */
export function betaProbabilityGreater(first: Beta, second: Beta): number {
  const points = [...support(first), ...support(second)].sort((one, other) => one - other)
  const one = density(first)
  const two = density(second)
  let oneBelow = 0
  let twoBelow = 0
  let firstGreater = 0
  let from: { at: number; one: number; two: number } | undefined
  for (const at of points) {
    const to = { at, one: one(at), two: two(at) }
    if (from && at > from.at) {
      const width = at - from.at
      const middle = { one: one(from.at + width / 2), two: two(from.at + width / 2) }
      const oneHere = (width / 6) * (from.one + 4 * middle.one + to.one)
      const twoHere = (width / 6) * (from.two + 4 * middle.two + to.two)
      const twoToMiddle = (width / 24) * (5 * from.two + 8 * middle.two - to.two)
      firstGreater += twoBelow * oneHere + (width / 6) * (4 * middle.one * twoToMiddle + to.one * twoHere)
      oneBelow += oneHere
      twoBelow += twoHere
    }
    from = to
  }
  return Math.min(1, Math.max(0, firstGreater / (oneBelow * twoBelow)))
}

/** Density of the log-odds, 1 at its highest point. */
function density({ failures, passes }: Beta): (logOdds: number) => number {
  const logHeight = (at: number) =>
    failures * at - (failures + passes) * (Math.max(at, 0) + Math.log1p(Math.exp(-Math.abs(at))))
  const highest = logHeight(Math.log(failures / passes))
  return (at) => Math.exp(logHeight(at) - highest)
}

/** Points a fine step apart, from one vanishing end of the density to the other. */
function support(beta: Beta): number[] {
  const height = density(beta)
  const top = Math.log(beta.failures / beta.passes)
  const step = Math.sqrt(1 / beta.failures + 1 / beta.passes)
  const end = (direction: 1 | -1) => {
    let at = top
    while (height(at) > 1e-16) at += direction * step
    return at
  }
  const from = end(-1)
  const to = end(1)
  return Array.from({ length: POINTS + 1 }, (_, place) => from + ((to - from) * place) / POINTS)
}

const POINTS = 1000

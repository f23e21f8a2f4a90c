/**
 * A function that is dear to compute and smooth but for kinks at known places, read from a table that
 * fills itself where asked.
 *
 * Between two kinks runs a polynomial through Chebyshev points: 31 of them on a piece of 2, the widest,
 * and fewer on a narrower one. A piece gets its points once it has been asked for an eighth as often.
 * Outside the first and the last kink, between two that nearly meet, and where kinks are so many that
 * their points would outnumber what is asked, it computes directly.
 *
 * Holds for functions without a singularity within 0.4 of a piece along the real line and 1.2 across it:
 * sums of station kernels keep that distance for any variance. Error against direct computation: that
 * of rounding.
 *
 * Source: Trefethen, Approximation Theory and Approximation Practice (2013), theorem 8.2; barycentric
 * formula, Berrut and Trefethen, SIAM Review 46 (2004), 501.
 *
 * @param kinks in rising order
 *
 * @example piecewiseTable(Math.abs, [-1, 0, 1])(0.3) // 0.3
 */
export function piecewiseTable(
  exact: (at: number) => number,
  kinks: readonly number[],
): (at: number) => number {
  if (kinks.length > MOST_KINKS) return exact
  const pieces = kinks.slice(1).flatMap((to, place) => piecesBetween(kinks[place] ?? to, to))
  const ends = pieces.map(({ to }) => to)
  const tables = pieces.map((piece) => pieceTable(exact, piece))
  const first = pieces.at(0)?.from ?? Number.POSITIVE_INFINITY
  return (at) => (at >= first ? tables[placeOf(at, ends)] : undefined)?.(at) ?? exact(at)
}

type Piece = { readonly from: number; readonly to: number }

/** Two of each prior that stations start from: stations without a past share one. */
const MOST_KINKS = 128
const WIDEST = 2
/** Closer than this its points could not be told apart. */
const NARROWEST = 1e-6

function piecesBetween(from: number, to: number): Piece[] {
  const count = Math.ceil((to - from) / WIDEST)
  const end = (place: number) => (place === count ? to : from + ((to - from) * place) / count)
  return Array.from({ length: count }, (_, place) => ({ from: end(place), to: end(place + 1) }))
}

/** The first piece that ends there or later, by halving. */
function placeOf(at: number, ends: readonly number[]): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? at) < at) low = middle + 1
    else high = middle
  }
  return low
}

function pieceTable(exact: (at: number) => number, { from, to }: Piece): (at: number) => number {
  const degree = degreeFor(to - from)
  let asked = 0
  let read: ((at: number) => number) | undefined
  return (at) => {
    asked += 1
    if (read) return read(at)
    if (asked > degree / 8 && to - from > NARROWEST) read = polynomial(exact, from, to, degree)
    return exact(at)
  }
}

/** The error falls with the degree as a power of the ellipse about the piece that is free of singularities. */
function degreeFor(width: number): number {
  const reach = 1 + (2 * NEAREST_SINGULARITY) / width
  return Math.ceil(LOG_PRECISION / Math.log(reach + Math.sqrt(reach ** 2 - 1)))
}

const NEAREST_SINGULARITY = 0.4
/** e^-26 is 5e-12; for every variance from 8/3 to 1,000 what is left was that of rounding, a digit more or less. */
const LOG_PRECISION = 26

/** Nearer to a point the division would overflow, and infinity over infinity is no number. */
const CLOSEST = 1e-100

function polynomial(
  exact: (at: number) => number,
  from: number,
  to: number,
  degree: number,
): (at: number) => number {
  const places = Array.from({ length: degree + 1 }, (_, place) => place)
  const points = places.map((place) => (from + to - (to - from) * Math.cos((Math.PI * place) / degree)) / 2)
  const values = points.map(exact)
  return (at) => {
    let weighted = 0
    let total = 0
    for (let place = 0; place <= degree; place++) {
      const value = values[place] ?? Number.NaN
      const away = at - (points[place] ?? Number.NaN)
      if (Math.abs(away) < CLOSEST) return value
      // weights of Chebyshev points: alternating, and those of the ends are halves
      const weight = (place % 2 === 0 ? 1 : -1) * (place % degree === 0 ? 0.5 : 1)
      total += weight / away
      weighted += (weight / away) * value
    }
    return weighted / total
  }
}

/**
 * A function that is dear to compute and smooth, read from a table that fills itself where asked.
 *
 * Values lie a quarter apart; between them runs the polynomial through the 17 nearest. Holds for
 * functions without kinks whose nearest singularity in the complex plane is about 2.5 or further
 * away, as the station kernels are. Error against direct computation: 1e-10 for one station,
 * 1e-8 around no change for the sum of a thousand.
 *
 * Source: barycentric Lagrange interpolation, Berrut and Trefethen, SIAM Review 46 (2004), 501.
 *
 * @example smoothTable(Math.cos)(0.3) // 0.955336, from 17 cosines that the next call finds ready
 */
export function smoothTable(exact: (at: number) => number): (at: number) => number {
  const known = new Map<number, number>()
  const nodeValue = (node: number) => {
    const before = known.get(node)
    if (before !== undefined) return before
    const value = exact(node * SPACING)
    known.set(node, value)
    return value
  }
  return (at) => {
    const nearest = Math.round(at / SPACING)
    const offset = at / SPACING - nearest
    if (offset === 0) return nodeValue(nearest)
    let weighted = 0
    let total = 0
    for (const { distance, weight } of STENCIL) {
      const share = weight / (offset - distance)
      total += share
      weighted += share * nodeValue(nearest + distance)
    }
    return weighted / total
  }
}

const SPACING = 0.25
const HALF = 8

/** Weights of equally spaced nodes: binomial coefficients with alternating sign. */
const STENCIL = stencil()

function stencil(): { distance: number; weight: number }[] {
  const nodes: { distance: number; weight: number }[] = []
  let weight = 1
  for (let place = 0; place <= 2 * HALF; place++) {
    nodes.push({ distance: place - HALF, weight })
    weight *= -(2 * HALF - place) / (place + 1)
  }
  return nodes
}

/** Logarithms of neighbouring terms of a sum, that of the item at place `first` being the first. */
export type Terms = { readonly first: number; readonly logs: readonly number[] }

/**
 * The terms of a sum, one for each item, that are not negligible beside the largest.
 *
 * In a concave row the logarithms fall ever faster on both sides of the largest. They are followed from
 * place `from` both ways until a term is e^45 times smaller than the largest seen: all terms beyond it
 * do not add up to the last digit. Starting elsewhere than at the largest only costs the way there. Of
 * a row that is not known to be concave every term counts.
 *
 * @example places −10 to 10, logarithm −place², concave: the 13 terms from −6 to 6
 */
export function termsThatCount<Item>(
  items: readonly Item[],
  logTerm: (item: Item) => number,
  { from, isConcave }: { from: number; isConcave: boolean },
): Terms {
  let largest = Number.NEGATIVE_INFINITY
  const follow = (start: number, step: 1 | -1) => {
    const logs: number[] = []
    for (let place = start; place >= 0; place += step) {
      const item = items[place]
      if (item === undefined) break
      const log = logTerm(item)
      if (isConcave && log < largest - NEGLIGIBLE) break
      largest = Math.max(largest, log)
      logs.push(log)
    }
    return logs
  }
  const above = follow(from, 1)
  const below = follow(from - 1, -1)
  return { first: from - below.length, logs: [...below.reverse(), ...above] }
}

/** e^-45 is 3e-20: two thousand such terms do not reach the last digit of a sum. */
const NEGLIGIBLE = 45

// The names closest to what was typed, so that a typing error costs one look and not a search.

/** At most three names, closest first; none that is only remotely alike. */
export function nearest(typed: string, names: string[]): string[] {
  const wanted = typed.toLowerCase()
  return names
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, distance: far }) => far <= Math.max(2, Math.floor(Math.max(wanted.length, name.length) / 2)),
    )
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name)
}

/** One or two slips in a word of at least four letters: it was meant as this name. */
export function isSlipOf(typed: string, name: string): boolean {
  const far = distance(typed.toLowerCase(), name.toLowerCase())
  return far > 0 && far <= 2 && Math.min(typed.length, name.length) >= 4
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function distance(from: string, to: string): number {
  const before: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          cell(before, row - 1, column) + 1,
          (current[column - 1] ?? 0) + 1,
          cell(before, row - 1, column - 1) + (same ? 0 : 1),
          row > 1 && column > 1 && swapped ? cell(before, row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    before.push(current)
  }
  return cell(before, from.length, to.length)
}

function cell(rows: number[][], row: number, column: number): number {
  return rows[row]?.[column] ?? 0
}

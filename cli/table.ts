// Columns that stand under each other, as plain text.

/** @param heads none: without a first line. The last column is as long as it is. */
export function table(rows: readonly (readonly string[])[], heads: readonly string[] = []): string {
  const all = heads.length === 0 ? rows : [heads, ...rows]
  const widths: number[] = []
  for (const row of all)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length)
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names with what they stand for; those without are left out. */
export function facts(rows: readonly (readonly [string, string | null | undefined])[]): string {
  return table(rows.flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

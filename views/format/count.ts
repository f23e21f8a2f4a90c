// Counts, with the noun that fits them.

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB')
}

/** `counted(1, 'unit')` → "1 unit", `counted(2, 'unit')` → "2 units". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

// Durations in an expression, as people write them: 10s, 250ms, 1.5min. The expression language has none of its own, so
// they are given to it as seconds; each place in what it reads is known in what was written.

/** Seconds in one. An "m" alone might be a minute or a metre. */
const units: Record<string, (amount: number) => number> = {
  ms: (amount) => amount / 1000,
  s: (amount) => amount,
  min: (amount) => amount * 60,
  h: (amount) => amount * 3600,
  d: (amount) => amount * 86_400,
}

/** A field that is absent is looked for under these endings too, its number being so many seconds. */
export const fieldUnits = ['s', 'ms', 'min', 'h'].map((unit) => ({
  ending: `_${unit}`,
  seconds: (amount: number) => units[unit]?.(amount) ?? amount,
}))

export type Readable = {
  text: string
  /** From 0, where that character stands in what was written; a duration stands where it begins. */
  placeOf: (place: number) => number
}

/** Texts in quotes and comments first: what looks like a duration in them is none. An open quote takes all the rest. */
const parts = new RegExp(
  [
    String.raw`[bB]?[rR](?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"[^"\n]*"?|'[^'\n]*'?)`,
    String.raw`[bB]?(?:"""(?:\\[^]|[^\\])*?(?:"""|$)|'''(?:\\[^]|[^\\])*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`,
    String.raw`\/\/[^\n]*`,
    '0[xX][0-9a-fA-F]+[uU]?',
    String.raw`[A-Za-z_]\w*`,
    String.raw`(?<amount>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)(?<unit>[A-Za-z_]\w*)?`,
  ].join('|'),
  'g',
)

/** What is none of the units is a fault; `u` marks a whole number of the language. */
export function withoutDurations(written: string): Readable | { fault: string } {
  const changed: { from: number; to: number; at: number; after: number }[] = []
  let text = ''
  let taken = 0
  for (const match of written.matchAll(parts)) {
    const { amount, unit } = match.groups ?? {}
    if (amount === undefined || unit === undefined || /^[uU]$/.test(unit)) continue
    const seconds = Object.hasOwn(units, unit) ? units[unit]?.(Number(amount)) : undefined
    if (seconds === undefined || !Number.isFinite(seconds))
      return { fault: noDuration(match[0], unit, match.index) }
    text += written.slice(taken, match.index)
    const from = text.length
    text += Number.isInteger(seconds) && seconds < 1e15 ? `${seconds}.0` : String(seconds)
    taken = match.index + match[0].length
    changed.push({ from, to: text.length, at: match.index, after: taken })
  }
  return { text: text + written.slice(taken), placeOf }

  function placeOf(place: number): number {
    const last = changed.findLast(({ from }) => from <= place)
    if (!last) return place
    return place < last.to ? last.at : last.after + place - last.to
  }
}

function noDuration(said: string, unit: string, at: number): string {
  const hint =
    unit === 'm' ? ': for minutes, write min' : unit.startsWith('sec') ? ': for seconds, write s' : ''
  return `expected a duration in ${Object.keys(units).join(', ')}, as in 10s or 250ms, got "${said.slice(0, 20)}" (at column ${at + 1})${hint}`
}

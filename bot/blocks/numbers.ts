// Numbers as people read them. A rate is in percent, a difference of two rates in points: never mixed up.

const space = '\u00a0'
const minus = '\u2212'

/** "88.3 %"; two decimals below one percent, where error rates live. */
export function percent(rate: number): string {
  const value = rate * 100
  return `${value.toFixed(value > 0 && value < 1 ? 2 : 1)}${space}%`
}

/** "−9.8 points", the difference of two rates given as fractions. */
export function points(difference: number): string {
  return `${signed(difference * 100, 1)}${space}points`
}

/** "(−33.6 … −0.4)" in points. */
export function interval(low: number, high: number): string {
  return `(${signed(low * 100, 1)} … ${signed(high * 100, 1)})`
}

export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals)
  if (Number(text) === 0) return text
  return `${value < 0 ? minus : '+'}${text}`
}

export function seconds(value: number): string {
  return `${value.toFixed(1)}${space}s`
}

export function count(amount: number, noun: string): string {
  return `${amount}${space}${noun}${amount === 1 ? '' : 's'}`
}

/** "a, b, c and 57 more": all of them while they are few. */
export function listed(names: string[], most = 8, shown = 3): string {
  if (names.length === 0) return 'none'
  if (names.length <= most) return names.join(', ')
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
}

/** A share that needs no decimals: "21 %", "0.4 %". */
export function share(rate: number): string {
  const value = rate * 100
  return `${value > 0 && value < 1 ? value.toFixed(1) : value.toFixed(0)}${space}%`
}

/** A part of the alarm budget: "1.5 %", "5 %". */
export function budgetShare(alpha: number): string {
  return `${Number((alpha * 100).toFixed(2))}${space}%`
}

/** From its natural logarithm: "81", "1.4", "over a million". */
export function evidence(logEvidence: number): string {
  const value = Math.exp(logEvidence)
  if (value > 1_000_000) return 'over a million'
  return value < 9.95 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en-GB')
}

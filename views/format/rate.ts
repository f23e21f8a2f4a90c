// Rates as percent, their differences as points: the two never share a sign or a word.

const space = '\u{A0}'
const minus = '\u{2212}'
export const absent = '–'

/** 0.883 → "88.3 %". More digits where one would round a flaw away: 0.9998 → "99.98 %". */
export function percent(rate: number | null): string {
  return rate === null ? absent : `${percentNumber(rate)}${space}%`
}

/** A probability; never a flat 0 % or 100 %, which no evidence gives. */
export function probability(value: number | null): string {
  if (value === null) return absent
  if (value > 0.999) return `>${space}99.9${space}%`
  if (value < 0.001) return `<${space}0.1${space}%`
  return percent(value)
}

/** A share that needs no decimals: "21 %", "0.4 %". */
export function roundPercent(rate: number): string {
  const value = rate * 100
  return `${value > 0 && value < 1 ? value.toFixed(1) : value.toFixed(0)}${space}%`
}

/** A part of the alarm budget: "1.5 %", "5 %". */
export function budgetPercent(alpha: number): string {
  return `${Number((alpha * 100).toFixed(2))}${space}%`
}

/** A difference of two rates: -0.098 → "−9.8 points". */
export function points(difference: number | null): string {
  if (difference === null) return absent
  return `${signed(difference, Math.abs(difference) < 0.001 ? 2 : 1)}${space}points`
}

/** Bounds of a difference, without the unit: "−33.6 … −0.4". */
export function pointsInterval(low: number | null, high: number | null): string {
  if (low === null || high === null) return ''
  const digits = Math.max(Math.abs(low), Math.abs(high)) < 0.01 ? 2 : 1
  return `${signed(low, digits)} … ${signed(high, digits)}`
}

/** Bounds of a rate: "77.8–94.2 %". */
export function percentInterval(low: number | null, high: number | null): string {
  return low === null || high === null ? '' : `${percentNumber(low)}–${percentNumber(high)}${space}%`
}

function percentNumber(rate: number): string {
  const value = rate * 100
  const nearAnEnd = (value > 0 && value < 1) || (value > 99 && value < 100)
  return nearAnEnd ? String(Number(value.toFixed(2))) : value.toFixed(1)
}

function signed(difference: number, digits: number): string {
  const text = Math.abs(difference * 100).toFixed(digits)
  if (Number(text) === 0) return '0.0'
  return `${difference < 0 ? minus : '+'}${text}`
}

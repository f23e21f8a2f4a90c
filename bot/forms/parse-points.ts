// Reads a declared change of yield as people type it: "-0.8", "−0.8 points". Percent is another thing, and refused.

export type ParsedPoints = { change: number } | { error: string }

const example = 'for example −0.8 for a fall of 0.8 points'
const sign = /^[+\-−–]/

/**
 * `change`: the difference of two yields, as a plan holds it: −0.008 is 0.8 points less.
 * A number without a sign says nothing of the way it goes, and is refused.
 */
export function parsePoints(text: string): ParsedPoints {
  const typed = text.trim()
  const quoted = `"${typed}"`
  if (/[%％]|percent|per cent/i.test(typed))
    return {
      error: `Expected points, got a percentage, ${quoted}. From a yield of 98.2 % to 97.4 % is a fall of 0.8 points; 0.8 % less than 98.2 % is another yield. Write the points, ${example}.`,
    }
  const match = typed.match(/^([+\-−–]?)\s*(\d+(?:[.,]\d+)?)\s*(?:points?|pts?\.?)?$/i)
  if (!match?.[2]) return { error: `Expected a number of points, ${example}; got ${quoted}.` }
  if (match[2].includes(','))
    return {
      error: `Expected a decimal point, got ${quoted}: write ${match[1]}${match[2].replace(',', '.')}.`,
    }
  const value = Number(match[2])
  if (value === 0) return { change: 0 }
  if (!sign.test(typed))
    return { error: `Which way? Write −${match[2]} for a fall, or +${match[2]} for a rise; got ${quoted}.` }
  if (value >= 100) return { error: `Expected less than 100 points, got ${quoted}.` }
  // 1.1 / 100 is 0.011000000000000001.
  const change = Number((value / 100).toFixed(8))
  return { change: match[1] === '+' ? change : -change }
}

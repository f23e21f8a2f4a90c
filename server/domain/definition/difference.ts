// One difference between two builds' definitions, with old and new, and the words for it.
import type { Direction } from './compare-limits.ts'
import { placeOf } from './declared.ts'

export type Difference = {
  kind:
    | 'phase added'
    | 'phase removed'
    | 'phase renamed'
    | 'measurement added'
    | 'measurement removed'
    | 'measurement renamed'
    | 'units'
    | 'limits'
  phase: string
  /** Null: it is about the phase. */
  measurement: string | null
  /** Its former name, where it has another one now. */
  formerly: string | null
  direction: Direction | null
  /** As people read them; null where there was, or is, nothing. */
  old: string | null
  now: string | null
  /** "power_rails / rail_3v3 lower 3.2 → 3.1 V" */
  words: string
  /** Those it was seen with; empty: no run named one. */
  products: string[]
  /** The limits that units are held to are other ones. */
  isLimit: boolean
  /** The same for the same change, whatever the product. */
  key: string
}

/** `what`: to be read after its place. `isPartial`: other products keep what they had. */
export function said(
  part: Pick<Difference, 'kind' | 'phase'> & { what: string; isPartial?: boolean } & Partial<
      Omit<Difference, 'words'>
    >,
): Difference {
  const { what, isPartial = false, ...rest } = part
  const place = placeOf(part.phase, part.measurement ?? null)
  const products = (part.products ?? []).filter((product) => product !== '').sort()
  const only = isPartial && products.length > 0 ? `, with ${listed(products)} only` : ''
  const { kind, measurement = null, old = null, now = null } = rest
  return {
    measurement,
    formerly: null,
    direction: null,
    isLimit: false,
    old,
    now,
    ...rest,
    words: short(`${place} ${what}${only}`),
    products,
    key: JSON.stringify([kind, part.phase, measurement, part.key ?? [old, now]]),
  }
}

/** Names and rules may be long; the whole of it is in `old` and `now`. */
function short(words: string): string {
  if (words.length <= longestWords) return words
  return `${words
    .slice(0, longestWords)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`
}

const longestWords = 400

function listed(products: string[]): string {
  const more = products.length - 3
  return more > 0 ? `${products.slice(0, 3).join(', ')} and ${more} more` : products.join(', ')
}

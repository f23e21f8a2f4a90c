// Seeded random numbers: the same words give the same numbers, in any order of asking.

export type Random = {
  /** Uniform on [0, 1). */
  uniform(): number
  /** Standard normal (Box–Muller). */
  normal(): number
}

/** A stream of its own for each list of words, so that one unit's luck never depends on another's. */
export function random(...words: (string | number)[]): Random {
  const uniform = mulberry32(hash(words.join('/')))
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** Tommy Ettinger's generator: 32 bits of state, passes gjrand's tests, far more than a demo needs. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a, finished as in MurmurHash3: neighbouring serial numbers must not give neighbouring seeds. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return state ^ (state >>> 16)
}

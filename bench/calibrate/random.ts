// Random numbers that are the same for the same seed on every machine, one stream for each name.

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number

/**
 * xoshiro128**, its state filled by splitmix32 from the seed and a hash of the name, so that every
 * rollout of every experiment has a stream of its own whatever ran before it.
 *
 * Source: Blackman and Vigna, ACM Transactions on Mathematical Software 47 (2021), 36.
 */
export function randomFrom(seed: number, name: string): Random {
  const next = splitMix((seed ^ hash(name)) >>> 0)
  let [a, b, c, d] = [next(), next(), next(), next()]
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result / 4294967296
  }
}

/** Standard normal, by Box and Muller (1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Bad runs among so many, jumping from one bad run to the next (geometric gaps). Rates from 0 to 1. */
export function countBad(random: Random, runs: number, rate: number): number {
  if (rate <= 0) return 0
  if (rate >= 1) return runs
  const logGood = Math.log1p(-rate)
  let bad = 0
  for (let run = gap(random, logGood); run < runs; run += 1 + gap(random, logGood)) bad += 1
  return bad
}

function gap(random: Random, logGood: number): number {
  return Math.floor(Math.log(1 - random()) / logGood)
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let place = 0; place < text.length; place++) {
    value = Math.imul(value ^ text.charCodeAt(place), 0x01000193)
  }
  return value
}

function splitMix(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
}

// Chance that is the same for the same words, on every machine and in any order of asking.
import { hash } from '../station-order.ts'

/** From 0 (included) to 1 (excluded). */
export function chance(...words: (string | number)[]): number {
  return hash(words.join('/')) / 2 ** 32
}

// Names may have spaces: which known name a command's words begin with.
import type { Word } from './words.ts'

/** A gate's name has at most 60 characters. */
const mostWords = 30

/** The longest run of leading words that is the name of one of `known`, whatever its case. */
export function leadingName<Named extends { name: string }>(
  words: Word[],
  known: Named[],
): { match: Named; rest: Word[] } | null {
  for (let length = Math.min(words.length, mostWords); length >= 1; length -= 1) {
    const name = words
      .slice(0, length)
      .map((word) => word.text)
      .join(' ')
      .toLowerCase()
    const match = known.find((each) => each.name.toLowerCase().replace(/\s+/g, ' ') === name)
    if (match) return { match, rest: words.slice(length) }
  }
  return null
}

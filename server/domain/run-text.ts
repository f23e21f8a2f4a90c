// Text of a run's body as it can be stored and shown: one line, without what no database takes.
import { z } from 'zod'

/** Without control characters, outer blanks, and halves of pairs, which no database stores. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toWellFormed()
}

/** Codes are also sent as numbers. */
export const line = z
  .union([z.string(), z.number().transform(String)])
  .transform(oneLine)
  .optional()
  .catch(undefined)

/** Words of several lines in one. Of a traceback its last line, which names the exception, is what is said. */
export const someWords = z.string().transform((text) => {
  const lines = text
    .slice(0, longestRead)
    .split(/[\r\n]+/)
    .filter((each) => each.trim() !== '')
  const isTraceback = /^\s*Traceback \(most recent call last\)/.test(text)
  return oneLine((isTraceback ? (lines.at(-1) ?? '') : lines.join(' ')).replace(/[\t ]+/g, ' '))
})
export const words = someWords.optional().catch(undefined)

/** A whole log may be put where a message belongs. */
const longestRead = 20_000

/** Cut to so many characters, never between the halves of a pair. Null when blank. */
export function cut(text: string | undefined, longest: number): string | null {
  const short = text?.slice(0, longest) ?? ''
  return (short.isWellFormed() ? short : short.slice(0, -1)).trim() || null
}

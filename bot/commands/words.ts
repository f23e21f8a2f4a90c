// A typed command as words: quotes hold names with spaces together, in every shape that phones type them.

export type Word = { text: string; raw: string; quoted: boolean }

const quotes: Record<string, string> = {
  '"': '"”“',
  '“': '”“"',
  '”': '”“"',
  '„': '“”"',
  '«': '»',
  '»': '«',
  "'": "'",
  '‘': '’‘',
  '’': '’‘',
}

/** Slack sends `& < >` of a command escaped; everything after this point is what the person typed. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** Quotes count only at the start of a word, so that "don't" stays one. An open quote is an ordinary character. */
export function words(text: string): Word[] {
  const found: Word[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const blank = rest.match(/^\s+/)?.[0]
    if (blank) {
      at += blank.length
      continue
    }
    const word = quotedWord(rest) ?? plainWord(rest)
    found.push(word)
    at += word.raw.length
  }
  return found
}

/** Words back to text as it was typed; quotes around all of it are dropped. */
export function textOf(some: Word[]): string {
  const [first] = some
  if (some.length === 1 && first) return first.text
  return some.map((word) => word.raw).join(' ')
}

/** A name as it has to be typed. */
export function typed(name: string): string {
  return /\s|^["'“„«‘]|^-/.test(name) ? `"${name}"` : name
}

function quotedWord(rest: string): Word | null {
  const closers = quotes[rest.charAt(0)]
  if (closers === undefined) return null
  for (let at = 1; at < rest.length; at += 1) {
    const endsWord = at + 1 === rest.length || /[\s,]/.test(rest.charAt(at + 1))
    if (closers.includes(rest.charAt(at)) && endsWord)
      return { text: rest.slice(1, at).trim(), raw: rest.slice(0, at + 1), quoted: true }
  }
  return null
}

function plainWord(rest: string): Word {
  const raw = rest.match(/^\S+/)?.[0] ?? rest
  return { text: raw, raw, quoted: false }
}

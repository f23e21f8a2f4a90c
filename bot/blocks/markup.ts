// Slack's mrkdwn, built so that text people or commits wrote can never act: escaping happens here and nowhere else.

/** Text that is already safe to send; made only by `markup` and its helpers. */
export type Markup = { readonly markup: string }
export type Piece = string | number | Markup

/** Template tag: literal parts are markup, interpolated strings are escaped. */
export function markup(literals: TemplateStringsArray, ...pieces: Piece[]): Markup {
  return { markup: literals.map((literal, index) => literal + rendered(pieces[index] ?? '')).join('') }
}

export function join(parts: Piece[], separator: string): Markup {
  return { markup: parts.map(rendered).join(separator) }
}

/** A link with a label; the address comes from the service and is encoded, never trusted as markup. */
export function link(url: string, label: string): Markup {
  const address = url.replace(/[<>|\s]/g, encodeURIComponent)
  return { markup: `<${address}|${escaped(label).replaceAll('|', '¦')}>` }
}

/** A moment that each reader sees in their own time zone. `at` in milliseconds. */
export function moment(at: number): Markup {
  const fallback = utc(new Date(at).toISOString())
  return { markup: `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${fallback}>` }
}

/** What the service says, on one line: the moments in it are shown in each reader's own time zone. */
export function said(text: string, limit: number): Markup {
  const parts = oneLine(text, limit).split(isoMoment)
  return join(
    parts.map((part) => (isoMoment.test(part) ? moment(Date.parse(part)) : part)),
    '',
  )
}

/** The same for places that show plain text. */
export function saidPlainly(text: string, limit: number): string {
  return inert(oneLine(text.replace(new RegExp(isoMoment, 'g'), utc), limit))
}

/** Slack notifies a person who is mentioned in a new message, not in a changed one. */
export function mention(userId: string): Markup {
  return /^[UW][A-Z0-9]+$/.test(userId) ? { markup: `<@${userId}>` } : markup`${userId}`
}

/** A user group; its members are notified where they can see a new message. */
export function mentionGroup(groupId: string): Markup {
  return /^S[A-Z0-9]+$/.test(groupId) ? { markup: `<!subteam^${groupId}>` } : markup`${groupId}`
}

/** Cut to `limit` characters, never inside an entity, a token in angle brackets or a surrogate pair. */
export function shortened(text: Markup, limit: number): Markup {
  if (text.markup.length <= limit) return text
  let cut = text.markup.slice(0, limit - 1)
  const token = cut.lastIndexOf('<')
  if (token > cut.lastIndexOf('>')) cut = cut.slice(0, token)
  cut = cut.replace(/&[a-z]*$/, '').replace(/[\uD800-\uDBFF]$/, '')
  return { markup: `${cut.trimEnd()}…` }
}

/** Lines put together to texts of at most `limit` characters each; a single longer line stays alone. */
export function paragraphs(lines: Markup[], limit: number): Markup[] {
  const texts: string[] = []
  for (const { markup: line } of lines) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + 1 + line.length <= limit)
      texts[texts.length - 1] = `${last}\n${line}`
    else texts.push(line)
  }
  return texts.map((text) => ({ markup: text }))
}

/** What a person wrote, on one line and within `limit` characters, still to be escaped. */
export function oneLine(written: string, limit: number): string {
  const line = written.replace(/\s+/g, ' ').trim()
  const characters = Array.from(line.slice(0, limit * 2))
  return line.length <= limit
    ? line
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .slice(0, limit - 1)
        .trimEnd()}…`
}

/** For plain-text fields, which are not parsed as markup: only what could pass for a mention is broken up. */
export function inert(written: string): string {
  return clean(written).replace(/<(?=[!@#])/g, '<\u2060')
}

const isoMoment = /(\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z)/

function utc(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

function rendered(piece: Piece): string {
  if (typeof piece === 'number') return String(piece)
  return typeof piece === 'string' ? escaped(piece) : piece.markup
}

function escaped(written: string): string {
  return clean(written).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Broken characters and text-direction tricks go; a word joiner keeps "@channel" from being read as a call. */
function clean(written: string): string {
  return (
    written
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '')
      .replace(/@(?=(?:here|channel|everyone)\b)/gi, '@\u2060')
  )
}

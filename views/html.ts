// The one place where text is escaped: every value put into a template is text, unless it came out of one.

const markup = Symbol('markup')

/** Finished HTML. The symbol keeps parsed JSON from ever passing for it. */
export type Html = { readonly [markup]: string }
export type Content = Html | string | number | null | false | readonly Content[]

/** Values go between tags or into double-quoted attributes; nowhere else is the escaping enough. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return trustedHtml(strings.reduce((text, part, index) => text + render(values[index - 1] ?? null) + part))
}

/** For markup that is already safe, such as a drawn chart. */
export function trustedHtml(text: string): Html {
  return { [markup]: text }
}

export function htmlText(content: Html): string {
  return content[markup]
}

/** Safe between tags and in quoted attributes, in HTML and in XML. */
export function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/**
 * Control characters make a whole XML document unreadable; those that turn the direction of writing
 * let a name rearrange the words after it.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[[\p{Cc}--[\t\n\r]]\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gv, '\u{FFFD}')
}

function render(value: Content): string {
  if (value === null || value === false) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  if (isMarkup(value)) return value[markup]
  return value.map(render).join('')
}

function isMarkup(value: Html | readonly Content[]): value is Html {
  return markup in value
}

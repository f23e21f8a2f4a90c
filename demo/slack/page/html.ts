// HTML text with everything interpolated escaped, unless it is HTML already.

export type Html = { html: string }
type Piece = Html | string | number | boolean | null | undefined | Piece[]

export function html(parts: TemplateStringsArray, ...pieces: Piece[]): Html {
  return { html: parts.reduce((text, part, index) => text + written(pieces[index - 1]) + part) }
}

export function raw(text: string): Html {
  return { html: text }
}

/** Leaves out what is undefined or false; true stands as a bare attribute. */
export function attributes(named: Record<string, string | number | boolean | undefined>): Html {
  const present = Object.entries(named).filter(([, value]) => value !== undefined && value !== false)
  return raw(
    present
      .map(([name, value]) => (value === true ? name : `${name}="${escapeHtml(String(value))}"`))
      .join(' '),
  )
}

function written(piece: Piece): string {
  if (piece === undefined || piece === null || typeof piece === 'boolean') return ''
  if (Array.isArray(piece)) return piece.map(written).join('')
  return typeof piece === 'object' ? piece.html : escapeHtml(String(piece))
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

// Tables for spreadsheets and printers.

/**
 * Comma-separated values as RFC 4180 has them, with the mark by which spreadsheets know UTF-8.
 * A cell that a spreadsheet would take for a formula gets an apostrophe before it: serial numbers and names come from
 * outside, and a formula that is opened can send the sheet away.
 * Source: OWASP, CSV injection.
 */
export function csv(rows: (string | number)[][]): string {
  return `\uFEFF${csvLines(rows)}`
}

/** The same without the mark, to go on after what was written. */
export function csvLines(rows: (string | number)[][]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

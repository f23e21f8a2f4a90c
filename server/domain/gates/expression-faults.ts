// What is wrong with an expression, said so that the one who wrote it can mend it.
import { ParseError, type TypeCheckResult } from '@marcbachmann/cel-js'

/**
 * @param placeOf where a place of what was read stands in `text`, as it was written.
 * @throws what is no fault of the expression.
 */
export function unreadable(error: unknown, text: string, placeOf: (place: number) => number): string {
  if (!(error instanceof ParseError)) throw error
  const expected = 'expected an expression such as gap < 10s && drops == 0'
  const start = placeOf(error.range?.start ?? 0)
  const end = placeOf(error.range?.end ?? 0)
  if (start >= text.trimEnd().length) return `${expected}, got one that breaks off after "${text.slice(-20)}"`
  const hint = hints[error.code] ?? hints[text.slice(start, end).toLowerCase()]
  return `${expected}, got one that cannot be read from column ${start + 1} on, "${text.slice(start, start + 20)}"${hint ? `: ${hint}` : ''}`
}

/** By the library's code, or by the word that could not be read. */
const hints: Record<string, string> = {
  unterminated_string: 'the text in quotes is not closed',
  unterminated_triple_quoted_string: 'the text in quotes is not closed',
  reserved_identifier: 'that is a word of the expression language and no field',
  limit_exceeded: 'it is nested too deeply, or a list or a call in it is too long',
  '=': 'to compare, write ==',
  '&': 'for "and", write &&',
  and: 'for "and", write &&',
  '|': 'for "or", write ||',
  or: 'for "or", write ||',
}

export function mistyped(
  { code, summary, range }: NonNullable<TypeCheckResult['error']>,
  placeOf: (place: number) => number,
): string {
  const where = `(at column ${placeOf(range?.start ?? 0) + 1})`
  if (code === 'invalid_macro_argument')
    return `expected a part of a field in has(), as in has(checks.gap_s), got something else ${where}`
  const plain = summary.replace(/\b(?:bool|double|dyn|int|string|uint)\b/g, (kind) => kindNames[kind] ?? kind)
  if (code === 'no_such_overload')
    return `expected values that go together, got ${plain.replace('no such overload: ', '')} ${where}`
  return `expected values that go together: ${plain} ${where}`
}

export function notACondition(type: string | undefined): string {
  return `expected a condition that is true or false, as in drops == 0, got a ${kindNames[type ?? ''] ?? type}`
}

const kindNames: Record<string, string> = {
  bool: 'true-or-false',
  double: 'number',
  dyn: 'field',
  int: 'whole number',
  string: 'text',
  uint: 'whole number',
}

/** How far a number may be from the expected one; either of the two suffices. */
export type ReferenceTolerance = { readonly abs?: number; readonly rel?: number }

export type Deviation = { readonly field: string; readonly expected: unknown; readonly actual: unknown }

/**
 * Where a result differs from the expected one by more than the tolerance; empty when it agrees.
 *
 * Every expected field is compared, lists entry by entry; fields beyond them are not. "Infinity" and
 * "-Infinity" stand for themselves, since JSON has no such numbers. What is no number must be equal.
 *
 * @example compareWithReference({ p: 0.5 }, { p: 0.5000001 }, { rel: 1e-6 }) // []
 */
export function compareWithReference(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  tolerance: ReferenceTolerance,
): Deviation[] {
  return Object.keys(expected).flatMap((field) =>
    deviations(field, expected[field], actual[field], tolerance),
  )
}

function deviations(
  field: string,
  expected: unknown,
  actual: unknown,
  tolerance: ReferenceTolerance,
): Deviation[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [{ field, expected, actual }]
    return expected.flatMap((entry, place) =>
      deviations(`${field}[${place}]`, entry, actual[place], tolerance),
    )
  }
  return agrees(infinite(expected), infinite(actual), tolerance) ? [] : [{ field, expected, actual }]
}

function agrees(expected: unknown, actual: unknown, { abs = 0, rel = 0 }: ReferenceTolerance): boolean {
  if (typeof expected !== 'number' || typeof actual !== 'number') return expected === actual
  if (expected === actual) return true
  const distance = Math.abs(actual - expected)
  return Number.isFinite(expected) && (distance <= abs || distance <= rel * Math.abs(expected))
}

function infinite(value: unknown): unknown {
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  return value === '-Infinity' ? Number.NEGATIVE_INFINITY : value
}

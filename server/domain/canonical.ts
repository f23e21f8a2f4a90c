// One text for one value, however it was stored: the database keeps the keys of an object in another order.

/** JSON with the keys of every object in order. What JSON has no word for is left out, as JSON does. */
export function canonical(value: unknown): string {
  return JSON.stringify(ordered(JSON.parse(JSON.stringify(value))))
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]))
}

// How deep a value may be that a client sends and that is kept as JSON.

const mostLevels = 100

export const tooDeep = `expected lists and objects at most ${mostLevels} levels deep, got more: write what lies deeper as text`

/** Some thousand levels take more stack than V8 has to write JSON, and than PostgreSQL has to read it. */
export function isTooDeep(value: unknown): boolean {
  return isDeeper(value, mostLevels)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inside: unknown[] = Array.isArray(value) ? value : Object.values(value)
  return inside.some((each) => isDeeper(each, levels - 1))
}

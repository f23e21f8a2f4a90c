// What an expression sees of a record: plain values of JSON, bounded in size, and nothing that a prototype lends.
import { fieldUnits } from './expression-durations.ts'

/** Values in lists and maps together; a loop inside an expression looks at each of them at most once for each. */
const mostValues = 1000
const deepest = 10
const longestText = 1000

/**
 * The fields asked for, by name. A field is left out, and so unknown, when anything in it is no JSON or too much.
 * A number under the field's name with a unit, as `gap_ms`, stands for the field in seconds where it has none itself.
 * @param conditions fields asked for as a condition: there 1 stands for true and 0 for false.
 */
export function fieldValues(
  record: Record<string, unknown>,
  fields: string[],
  conditions: ReadonlySet<string>,
): Map<string, unknown> {
  const budget = { left: mostValues }
  const values = new Map<string, unknown>()
  for (const field of fields) {
    const value = plain(fieldValue(record, field), budget, deepest)
    if (value === undefined) continue
    values.set(field, conditions.has(field) && (value === 0 || value === 1) ? value === 1 : value)
  }
  return values
}

function fieldValue(record: Record<string, unknown>, field: string): unknown {
  if (Object.hasOwn(record, field)) return record[field]
  for (const { ending, seconds } of fieldUnits) {
    const name = `${field}${ending}`
    const value = Object.hasOwn(record, name) ? record[name] : undefined
    if (typeof value === 'number') return seconds(value)
  }
  return undefined
}

/** Maps for objects: what is not their own is not there. Undefined when it cannot be taken whole. */
function plain(value: unknown, budget: { left: number }, depth: number): unknown {
  budget.left -= 1
  if (budget.left < 0 || depth === 0) return undefined
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'string') return value.length <= longestText ? value : undefined
  if (typeof value !== 'object') return undefined
  if (Array.isArray(value)) {
    const all: unknown[] = []
    for (const each of value) {
      const taken = plain(each, budget, depth - 1)
      if (taken === undefined) return undefined
      all.push(taken)
    }
    return all
  }
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return undefined
  const byName = new Map<string, unknown>()
  for (const [name, each] of Object.entries(value)) {
    // The library looks names of one map up in another by `in`: this one is in every object.
    if (name === '__proto__') return undefined
    const taken = plain(each, budget, depth - 1)
    if (taken === undefined) return undefined
    byName.set(name, taken)
  }
  return byName
}

// One measurement as clients write it, read loosely: its value, units and limits in one shape.
import { z } from 'zod'
import { line, oneLine } from './run-text.ts'

export const limit = z.number().optional().catch(undefined)
type Limits = { lower: number | null; upper: number | null }

/** OpenHTF: `{ name: "volt", code: "VLT", suffix: "V" }`; everybody else: "V". */
const units = z
  .union([
    z.string().transform(oneLine),
    z.object({ suffix: line, name: line }).transform(({ suffix, name }) => suffix || name),
  ])
  .optional()
  .catch(undefined)

/** As TofuPilot writes them, `{ operator: ">=", expected_value: 3.2 }`, or as OpenHTF says them, "3.2 <= x <= 3.4". */
const validator = z
  .union([
    z.string(),
    z
      .object({ operator: z.string(), expected_value: z.union([z.number(), z.array(z.number())]) })
      .transform(({ operator, expected_value }): Limits => {
        const [first = Number.NaN, last = first] = [expected_value].flat()
        return limitsOf(operator.trim().toLowerCase(), first, last)
      }),
  ])
  .optional()
  .catch(undefined)
const validators = z.array(validator).optional().catch(undefined)

export const measurement = z
  .object({
    name: line,
    outcome: line,
    measured_value: z.unknown().optional(),
    value: z.unknown().optional(),
    units,
    unit: units,
    lower_limit: limit,
    upper_limit: limit,
    validators,
  })
  .transform((read) => ({
    name: read.name,
    outcome: read.outcome,
    value: read.measured_value ?? read.value,
    units: read.units || read.unit || null,
    ...limits(read),
  }))
  .optional()
  .catch(undefined)

/** A list, or as OpenHTF writes them, a map by name. */
export const measurements = z
  .union([
    z.array(measurement),
    z
      .record(z.string(), measurement)
      .transform((byName) =>
        Object.entries(byName).map(([name, each]) => each && { ...each, name: oneLine(name) }),
      ),
  ])
  .transform((all) => all.flatMap((each) => each ?? []))
  .catch([])

function limits(read: {
  lower_limit?: number | undefined
  upper_limit?: number | undefined
  validators?: (string | Limits | undefined)[] | undefined
}): Limits {
  const asked = (read.validators ?? []).flatMap((each) => {
    const found = typeof each === 'string' ? saidLimits(each) : each
    return found ?? []
  })
  // Several validators all have to hold: the narrowest limits do.
  const lowers = asked.flatMap(({ lower }) => lower ?? [])
  const uppers = asked.flatMap(({ upper }) => upper ?? [])
  return {
    lower: read.lower_limit ?? (lowers.length > 0 ? Math.max(...lowers) : null),
    upper: read.upper_limit ?? (uppers.length > 0 ? Math.min(...uppers) : null),
  }
}

function limitsOf(operator: string, first: number, last: number): Limits {
  switch (operator) {
    case '>':
    case '>=':
      return { lower: first, upper: null }
    case '<':
    case '<=':
      return { lower: null, upper: first }
    case '=':
    case '==':
      return { lower: first, upper: first }
    case 'range':
    case 'in range':
    case 'between':
      return { lower: Math.min(first, last), upper: Math.max(first, last) }
    default:
      return { lower: null, upper: null }
  }
}

const number = String.raw`([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)`
const range = new RegExp(`^(?:${number} ?<=? ?)?x(?: ?<=? ?${number})?$`, 'i')
const same = new RegExp(`^x ?== ?${number}$`, 'i')
const within = new RegExp(`^'?x'? is within ${number} ?% of ${number}$`, 'i')

/** The words of OpenHTF's validators for numbers; those on texts and on marginal results set no limit. */
function saidLimits(text: string): Limits | null {
  const said = text.slice(0, 200).trim().replace(/\.?$/, '').split('. Marginal')[0] ?? ''
  const found = range.exec(said)
  if (found)
    return {
      lower: found[1] === undefined ? null : Number(found[1]),
      upper: found[2] === undefined ? null : Number(found[2]),
    }
  const equal = same.exec(said)
  if (equal) return { lower: Number(equal[1]), upper: Number(equal[1]) }
  const near = within.exec(said)
  if (!near) return null
  const middle = Number(near[2])
  const half = Math.abs((middle * Number(near[1])) / 100)
  return { lower: middle - half, upper: middle + half }
}

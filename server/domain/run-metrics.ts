// The numbers of a run by name: what it reports, what it measured, what its metadata say. Any of them can be gated.
import type { RunDetail } from './run-detail.ts'
import { oneLine } from './run-text.ts'

export const longestMetricName = 100
export const mostMetrics = 200
/** `{ latency: { p95: 320 } }` is "latency.p95"; deeper than this nothing is looked for. */
const deepest = 3
/** Of a body that is nothing but numbers so many are looked at. */
const mostLookedAt = 20_000

/**
 * What the station calls a metric comes first; what comes later never overwrites. True is 1 and false is 0.
 * @param needed kept before all others where there are more than 200.
 */
export function metricsOf(
  { metrics, metadata, phases }: RunDetail,
  needed: ReadonlySet<string> = new Set(),
): Record<string, number> {
  const found = new Map<string, number>()
  const sources = [nested(metrics ?? {}, deepest), measured(phases), Object.entries(metadata ?? {})]
  for (const [given, value] of sources.flat().slice(0, mostLookedAt)) {
    const name = oneLine(given)
    const number = typeof value === 'boolean' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) continue
    if (name === '' || name === '__proto__' || name.length > longestMetricName || found.has(name)) continue
    found.set(name, number)
  }
  if (found.size <= mostMetrics) return Object.fromEntries(found)
  const all = [...found]
  const first = all.filter(([name]) => needed.has(name))
  const others = all.filter(([name]) => !needed.has(name))
  return Object.fromEntries([...first, ...others].slice(0, mostMetrics))
}

function nested(values: Record<string, unknown>, depth: number): [name: string, value: unknown][] {
  return Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
    if (depth === 1 || typeof value !== 'object' || value === null || Array.isArray(value))
      return [[name, value]]
    return nested({ ...value }, depth - 1).map(([inner, each]) => [`${name}.${inner}`, each])
  })
}

/** By the measurement's name; where several have it, each as "phase / name" too, the bare name being the first's. */
function measured(phases: RunDetail['phases']): [name: string, value: unknown][] {
  const all = phases.flatMap((phase) =>
    phase.measurements.flatMap(({ name, value }) =>
      name && (typeof value === 'number' || typeof value === 'boolean')
        ? [{ phase: phase.name, name, value }]
        : [],
    ),
  )
  const times = Map.groupBy(all, ({ name }) => name)
  return all.flatMap(({ phase, name, value }): [string, unknown][] => {
    const isOnly = times.get(name)?.length === 1
    return isOnly || !phase
      ? [[name, value]]
      : [
          [name, value],
          [`${phase} / ${name}`, value],
        ]
  })
}

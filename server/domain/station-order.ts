// The frozen order in which stations get a new build: spread over sites and lines, the same on every machine.
import type { StationId } from './ids.ts'

export type Candidate = { id: StationId; site: string; line: string }

/**
 * Orders stations once, at the start of a rollout.
 * Hand-picked stations come first, in their own order. The others are ordered by `hash(seed, station)` within
 * their stratum (site, line), then dealt out so that every prefix is spread in proportion over the strata.
 * `site` progression finishes one site before the next, spread over its lines.
 * @param hash any stable 32-bit hash; uniform enough that ids do not decide who is first.
 */
export function orderStations(
  stations: Candidate[],
  options: { seed: string; handPicked: StationId[]; progression: 'fleet' | 'site' },
): StationId[] {
  const byId = new Map(stations.map((station) => [station.id, station]))
  const picked = [...new Set(options.handPicked)].filter((id) => byId.has(id))
  const others = stations.filter((station) => !picked.includes(station.id))
  const spread = (group: Candidate[]) => interleave(strata(group, options.seed))
  if (options.progression === 'fleet') return [...picked, ...spread(others)]
  const sites = [...new Set(others.map((station) => station.site))].sort(byHash(options.seed))
  return [...picked, ...sites.flatMap((site) => spread(others.filter((station) => station.site === site)))]
}

/** FNV-1a, 32 bits, with murmur3's finaliser: plain FNV leaves near-equal ids in near-equal places. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value ^= text.charCodeAt(index)
    value = Math.imul(value, 0x01000193)
  }
  value ^= value >>> 16
  value = Math.imul(value, 0x85ebca6b)
  value ^= value >>> 13
  value = Math.imul(value, 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

function strata(stations: Candidate[], seed: string): StationId[][] {
  const groups = Map.groupBy(stations, (station) => JSON.stringify([station.site, station.line]))
  const names = [...groups.keys()].sort(byHash(seed))
  return names.map((name) => (groups.get(name) ?? []).map((station) => station.id).sort(byHash(seed)))
}

/**
 * Deals strata out so that in every prefix no stratum is a whole station off its share, however unequal they are.
 * Of the strata that are behind, the one is next whose time runs out first.
 * Source: Tijdeman, The chairman assignment problem (1980).
 */
function interleave(groups: StationId[][]): StationId[] {
  const total = groups.reduce((sum, group) => sum + group.length, 0)
  const parts = Math.max(1, 2 * groups.length - 2)
  const taken = groups.map(() => 0)
  return Array.from({ length: total }, (_, position) => {
    const behind = groups
      .map((group, index) => ({ group, index, count: taken[index] ?? 0 }))
      .filter(({ group, count }) => ((position + 1) * group.length - count * total) * parts >= total)
    const next = behind.toSorted((a, b) => runsOut(a, parts) - runsOut(b, parts) || a.index - b.index)[0]
    if (next) taken[next.index] = next.count + 1
    return next?.group[next.count]
  }).filter((id) => id !== undefined)
}

/** As a share of the whole order: where a stratum that still has only `count` would be a whole station behind. */
function runsOut({ group, count }: { group: StationId[]; count: number }, parts: number): number {
  return (count + 1 - 1 / parts) / group.length
}

function byHash(seed: string) {
  return (a: string, b: string) => hash(`${seed}/${a}`) - hash(`${seed}/${b}`) || (a < b ? -1 : 1)
}

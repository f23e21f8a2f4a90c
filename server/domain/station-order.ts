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
  const picked = options.handPicked.filter((id) => byId.has(id))
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

/** Deals strata out by the middle of each member's place in its own stratum: proportional in every prefix. */
function interleave(groups: StationId[][]): StationId[] {
  return groups
    .flatMap((group, groupIndex) =>
      group.map((id, index) => ({ id, groupIndex, place: (index + 0.5) / group.length })),
    )
    .sort((a, b) => a.place - b.place || a.groupIndex - b.groupIndex)
    .map((member) => member.id)
}

function byHash(seed: string) {
  return (a: string, b: string) => hash(`${seed}/${a}`) - hash(`${seed}/${b}`) || (a < b ? -1 : 1)
}

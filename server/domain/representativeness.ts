// Whether the first stage's stations stand for the fleet: what they show says little of a line that none of them is on.
import type { StationId } from './ids.ts'
import { wilsonInterval } from './statistics/wilson-interval.ts'

/** A station that takes part, and its first attempts of the last days: of any build, and on the active one. */
export type RecentStation = {
  id: StationId
  name: string
  site: string
  line: string
  units: number
  baseUnits: number
  basePassed: number
}

export type Representativeness = {
  /** 0 to 1: see `representativeness`. */
  score: number
  /** Lines without a canary, those with the most units first. */
  missing: { site: string; line: string; stations: number }[]
  /** The canaries' share of the fleet's recent units; null when nobody has tested any. */
  volumeShare: number | null
  /** First-pass yields on the active build; null when canaries or fleet have none yet. */
  yields: { canaries: number; fleet: number } | null
  /** As many stations that cover more of the fleet when they are picked first; empty when none do. */
  suggested: { id: StationId; name: string }[]
}

/**
 * `score` is coverage × likeness. Coverage: the share of the fleet's recent units (of its stations, while there are
 * none) that was tested on a line, at a site, where a canary is. Likeness: 1 while chance can explain how far the
 * canaries' own yield is from the fleet's (Wilson, 95 %); beyond that the ratio of the smaller to the larger bad rate,
 * measured from the canaries' nearest bound: 0.5 when they fail at least twice as often, or half as often, as the fleet.
 * @param order all that take part, as the rollout would take them.
 * @param canaryCount how many of them the first stage takes.
 */
export function representativeness(order: RecentStation[], canaryCount: number): Representativeness {
  const canaries = order.slice(0, canaryCount)
  const strata = strataOf(order)
  const missing = strata.filter(({ stations }) => !stations.some((station) => canaries.includes(station)))
  const units = sum(order, 'units')
  return {
    score: coverage(strata, canaries) * likeness(canaries, order),
    missing: missing.map(({ site, line, stations }) => ({ site, line, stations: stations.length })),
    volumeShare: units === 0 ? null : sum(canaries, 'units') / units,
    yields: yieldsOf(canaries, order),
    suggested: suggested(order, strata, canaries),
  }
}

type Stratum = { site: string; line: string; stations: RecentStation[]; weight: number }

/** Heaviest first; of equal ones as their names are. Each in the rollout's order. */
function strataOf(order: RecentStation[]): Stratum[] {
  const counted = sum(order, 'units') > 0
  const groups = Map.groupBy(order, ({ site, line }) => JSON.stringify([site, line]))
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, stations]) => {
      const [first] = stations
      if (!first) return []
      const weight = counted ? sum(stations, 'units') : stations.length
      return { site: first.site, line: first.line, stations, weight }
    })
    .toSorted((a, b) => b.weight - a.weight)
}

function coverage(strata: Stratum[], canaries: RecentStation[]): number {
  const covered = strata.filter(({ stations }) => stations.some((station) => canaries.includes(station)))
  const all = strata.reduce((total, { weight }) => total + weight, 0)
  return all === 0 ? 0 : covered.reduce((total, { weight }) => total + weight, 0) / all
}

function likeness(canaries: RecentStation[], fleet: RecentStation[]): number {
  const yields = yieldsOf(canaries, fleet)
  if (yields === null) return 1
  const own = wilsonInterval(sum(canaries, 'basePassed'), sum(canaries, 'baseUnits'), 0.95)
  if (yields.fleet >= own.lower && yields.fleet <= own.upper) return 1
  const nearest = yields.fleet < own.lower ? own.lower : own.upper
  const [canaryBad, fleetBad] = [1 - nearest, 1 - yields.fleet]
  return Math.min(canaryBad, fleetBad) / Math.max(canaryBad, fleetBad)
}

function yieldsOf(canaries: RecentStation[], fleet: RecentStation[]): Representativeness['yields'] {
  const [own, all] = [sum(canaries, 'baseUnits'), sum(fleet, 'baseUnits')]
  if (own === 0) return null
  return { canaries: sum(canaries, 'basePassed') / own, fleet: sum(fleet, 'basePassed') / all }
}

/**
 * One station of each of the heaviest lines, the one that the rollout would take first; where there are fewer lines
 * than canaries, the rest as the rollout would take them.
 */
function suggested(
  order: RecentStation[],
  strata: Stratum[],
  canaries: RecentStation[],
): Representativeness['suggested'] {
  const one = strata.flatMap(({ stations }) => stations.slice(0, 1))
  const better = [...one, ...order.filter((station) => !one.includes(station))].slice(0, canaries.length)
  if (coverage(strata, better) <= coverage(strata, canaries)) return []
  return better.map(({ id, name }) => ({ id, name }))
}

function sum(stations: RecentStation[], of: 'units' | 'baseUnits' | 'basePassed'): number {
  return stations.reduce((total, station) => total + station[of], 0)
}

// A page of the fleet: what the filter leaves, the troubled first, with counts of all of it.
import type { BuildProgress } from '../build-progress.ts'
import type { StationId } from '../ids.ts'
import {
  type FleetCounts,
  type FleetFilter,
  type FleetPlace,
  type FleetRow,
  type FleetView,
  type TroubleKind,
  troubleKinds,
} from './fleet.ts'
import { runningBuilds } from './running-builds.ts'

/** A kilobyte of HTML each, and some hundred pixels of a phone. */
const rowsOnPage = 50
const mostPlaces = 60

export type PlacedFleet = Omit<FleetView, 'rows'> & { rows: FleetRow[] }

export function fleetView(all: FleetRow[], filter: FleetFilter): PlacedFleet {
  // Counts are of what site, line, procedure and name leave: they are what a trouble is then chosen from.
  const placed = all.filter((row) => isPlaced(row, filter))
  const shown = placed.filter((row) => isAsked(row, filter.trouble)).toSorted(byTrouble)
  const pageCount = Math.max(1, Math.ceil(shown.length / rowsOnPage))
  const page = Math.min(Math.max(1, filter.page), pageCount)
  const places = placesOf(placed)
  return {
    filter: { ...filter, page },
    counts: countsOf(placed),
    places: places.slice(0, mostPlaces),
    placeCount: places.length,
    running: runningBuilds(placed),
    rows: shown.slice((page - 1) * rowsOnPage, page * rowsOnPage),
    pageSize: rowsOnPage,
    total: shown.length,
    pageCount,
    known: knownOf(all),
  }
}

function isPlaced({ station, procedure }: FleetRow, filter: FleetFilter): boolean {
  return (
    same(filter.site, station.site) &&
    same(filter.line, station.line) &&
    (filter.procedure === null || procedure?.id === filter.procedure) &&
    (filter.search === null || station.name.toLowerCase().includes(filter.search.toLowerCase()))
  )
}

function same(asked: string | null, own: string): boolean {
  return asked === null || asked.toLowerCase() === own.toLowerCase()
}

function isAsked(row: FleetRow, asked: FleetFilter['trouble']): boolean {
  switch (asked) {
    case null:
      return true
    case 'any':
      return row.troubles.length > 0
    case 'aside':
      return row.aside !== null
    case 'catching up':
      return isCatchingUp(row.progress)
    default:
      return row.troubles.some(({ kind }) => kind === asked)
  }
}

/** On its way to the build that it is asked to run, and nothing wrong about it yet. */
function isCatchingUp(progress: BuildProgress): boolean {
  return ['told', 'not told yet', 'pulled', 'says it runs'].includes(progress)
}

function byTrouble(one: FleetRow, other: FleetRow): number {
  return (
    rank(one) - rank(other) ||
    (one.troubles[0]?.since ?? 0) - (other.troubles[0]?.since ?? 0) ||
    one.station.name.localeCompare(other.station.name, 'en', { numeric: true }) ||
    (one.procedure?.name ?? '').localeCompare(other.procedure?.name ?? '', 'en')
  )
}

function rank({ troubles, progress, aside }: FleetRow): number {
  const [worst] = troubles
  if (worst) return troubleKinds.indexOf(worst.kind)
  if (isCatchingUp(progress)) return troubleKinds.length
  return aside === null ? troubleKinds.length + 2 : troubleKinds.length + 1
}

function countsOf(rows: FleetRow[]): FleetCounts {
  return {
    stations: stationsOf(rows),
    troubled: stationsOf(rows.filter(({ troubles }) => troubles.length > 0)),
    aside: stationsOf(rows.filter(({ aside }) => aside !== null)),
    catchingUp: stationsOf(rows.filter(({ progress }) => isCatchingUp(progress))),
    kinds: kindsOf(rows),
  }
}

function placesOf(rows: FleetRow[]): FleetPlace[] {
  const groups = Map.groupBy(rows, ({ station }) => JSON.stringify([station.site, station.line]))
  return [...groups.values()]
    .flatMap((own): FleetPlace[] => {
      const [first] = own
      if (!first) return []
      const { site, line } = first.station
      const troubled = stationsOf(own.filter(({ troubles }) => troubles.length > 0))
      return [{ site, line, stations: stationsOf(own), troubled, kinds: kindsOf(own) }]
    })
    .toSorted(
      (one, other) =>
        other.troubled - one.troubled ||
        one.site.localeCompare(other.site, 'en') ||
        one.line.localeCompare(other.line, 'en', { numeric: true }),
    )
}

function kindsOf(rows: FleetRow[]): Partial<Record<TroubleKind, number>> {
  const counted = troubleKinds.map(
    (kind) =>
      [kind, stationsOf(rows.filter((row) => row.troubles.some((each) => each.kind === kind)))] as const,
  )
  return Object.fromEntries(counted.filter(([, count]) => count > 0))
}

/** A station with three procedures is one station. */
function stationsOf(rows: FleetRow[]): number {
  return new Set<StationId>(rows.map(({ station }) => station.id)).size
}

function knownOf(rows: FleetRow[]): FleetView['known'] {
  const names = (own: string[]) =>
    [...new Set(own)].toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  const procedures = new Map(rows.flatMap(({ procedure }) => (procedure ? [[procedure.id, procedure]] : [])))
  return {
    sites: names(rows.map(({ station }) => station.site)),
    lines: names(rows.map(({ station }) => station.line)),
    procedures: [...procedures.values()].toSorted((one, other) => one.name.localeCompare(other.name, 'en')),
  }
}

// The stations of a rollout as a table: all of them, where a page shows the first.
import type { StationView } from '../domain/rollout-view.ts'
import { csv } from './csv.ts'

const columns = [
  ...[
    'station',
    'site',
    'line',
    'stage',
    'status',
    'since',
    'connection',
    'trouble',
    'left_because',
    'waived',
  ],
  ...['canary_first_attempts', 'canary_passed', 'own_past_first_attempts', 'own_past_passed'],
]

export function stationsCsv(stations: StationView[]): string {
  return csv([
    columns,
    ...stations.map((each) => [
      each.name,
      each.site,
      each.line,
      each.stageIndex + 1,
      each.status,
      each.since === null ? '' : new Date(each.since).toISOString(),
      each.connection.state,
      each.trouble === null ? '' : `${each.trouble.kind}: ${each.trouble.detail}`,
      each.leftBecause ?? '',
      each.waived?.why ?? '',
      each.canaryUnits,
      each.canaryPassed,
      each.pastUnits,
      each.pastPassed,
    ]),
  ])
}

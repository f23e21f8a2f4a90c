// Failures as tables: a line for each mode, and for each trouble that stations reported.
import type { ModeOfFailure, ProcedureFailures } from '../domain/failures/pareto.ts'
import type { RolloutFailures } from '../service.ts'
import { csv } from './csv.ts'

type Cell = string | number

const rolloutColumns = [
  ...['of', 'category', 'mode', 'new', 'canary_runs', 'canary_units', 'canary_stations', 'canary_rate'],
  ...['base_runs', 'base_units', 'base_stations', 'base_rate', 'beyond_base', 'first_seen', 'mostly_on'],
  ...['action', 'example'],
]

export function rolloutFailuresCsv({ categories, stationTroubles }: RolloutFailures): string {
  const modes = categories.flatMap(({ category, modes: all }) =>
    all.map((each): Cell[] => [
      'runs',
      category,
      each.mode ?? '',
      each.isNew ? 'yes' : 'no',
      ...share(each.canary),
      ...share(each.base),
      rounded(each.excess),
      moment(each.firstSeenAt),
      where(each.stations),
      each.action ?? '',
      each.example ?? '',
    ]),
  )
  const troubles = stationTroubles.map((each): Cell[] => {
    const count = [each.times, '', each.stations, '']
    const none = ['', '', '', '']
    return [
      `stations: ${each.kind}`,
      each.category,
      each.code ?? '',
      '',
      ...(each.arm === 'canary' ? [...count, ...none] : [...none, ...count]),
      '',
      moment(each.firstAt),
      each.names.join(', '),
      each.action ?? '',
      each.message,
    ]
  })
  return csv([rolloutColumns, ...modes, ...troubles])
}

const procedureColumns = [
  ...[
    'category',
    'mode',
    'new',
    'runs',
    'units',
    'stations',
    'rate',
    'first_seen',
    'mostly_on',
    'action',
    'example',
  ],
]

export function procedureFailuresCsv({ categories }: ProcedureFailures): string {
  return csv([
    procedureColumns,
    ...categories.flatMap(({ category, modes }) =>
      modes.map((each): Cell[] => [
        category,
        each.mode ?? '',
        each.isNew ? 'yes' : 'no',
        ...share(each),
        moment(each.firstSeenAt),
        where(each.where),
        each.action ?? '',
        each.example ?? '',
      ]),
    ),
  ])
}

function share({ runs, units, stations, rate }: ModeOfFailure['canary']): Cell[] {
  return [runs, units, stations, rate === null ? '' : Number(rate.toFixed(6))]
}

function rounded(excess: number | null): Cell {
  return excess === null ? '' : Number(excess.toFixed(1))
}

function moment(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString()
}

function where(stations: { name: string; runs: number }[]): string {
  return stations.map(({ name, runs }) => `${name} (${runs})`).join(', ')
}

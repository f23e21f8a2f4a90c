// A containment list as a table for spreadsheets and printers, a line a unit, written as it is read.
import { Readable } from 'node:stream'
import type { ContainedUnit } from '../domain/containment.ts'
import type { RolloutId, RunId } from '../domain/ids.ts'
import type { ContainedAsked, ContainmentService } from '../service/containment.ts'
import { csv, csvLines } from './csv.ts'

const columns = [
  ...[
    'serial_number',
    'verdict',
    'state',
    'judged_at',
    'station',
    'site',
    'line',
    'failure',
    'runs_on_build',
  ],
  ...['passed_runs_on_build', 'first_judged_at', 'retest', 'retest_build', 'retest_station', 'retest_at'],
]
/** 100,000 units are twenty pages, none of which stands in memory with another. */
const pageSize = 5_000

export function containmentCsv(
  service: Pick<ContainmentService, 'containedUnits'>,
  id: RolloutId,
  asked: Pick<ContainedAsked, 'list' | 'open'>,
): Readable {
  return Readable.from(lines(service, id, asked))
}

async function* lines(
  { containedUnits }: Pick<ContainmentService, 'containedUnits'>,
  id: RolloutId,
  asked: Pick<ContainedAsked, 'list' | 'open'>,
): AsyncGenerator<string> {
  yield csv([columns])
  let after: RunId | null = null
  do {
    const page: Awaited<ReturnType<typeof containedUnits>> = await containedUnits(id, {
      ...asked,
      after,
      limit: pageSize,
    })
    if (page && page.units.length > 0) yield csvLines(page.units.map(lineOf))
    after = page?.next ?? null
  } while (after !== null)
}

function lineOf({ serial, verdict, state, startedAt, station, failureMode, ...unit }: ContainedUnit) {
  const { runs, passedRuns, firstAt, retest } = unit
  return [
    ...[
      serial,
      verdict,
      state,
      moment(startedAt),
      station.name,
      station.site,
      station.line,
      failureMode ?? '',
    ],
    ...[runs, passedRuns, moment(firstAt)],
    ...(retest
      ? [retest.outcome, retest.build.version, retest.station.name, moment(retest.at)]
      : ['', '', '', '']),
  ]
}

function moment(at: number): string {
  return new Date(at).toISOString()
}

// Counts the stored runs again as a verdict counted them: what had started before its watermark and arrived by then.
import type { Db } from '../db/client.ts'
import { countedCells, runsArrivedSince } from '../db/counted-cells.ts'
import { windowOf } from '../db/rollout-windows.ts'
import { runsKeptSince } from '../db/run-deletion.ts'
import { gateStations } from './domain/gates/gate-counts.ts'
import { roundedStations } from './domain/gates/kept-question.ts'
import type { GateQuestion, GateStation, MetricCount } from './domain/gates/question.ts'
import type { StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Recount } from './domain/ledger.ts'
import { metricSums } from './domain/metric-tally.ts'
import type { RolloutState, StationProgress } from './domain/rollout/state.ts'

const mostShown = 50

/**
 * Each station in the arm that it was in then, by the gates of then. Exact unless the record of the runs was changed,
 * or a run was being stored in the very moment of the verdict; what a later change of the rollout takes out of the
 * counts, such as a station that was excluded for hours before, differs too.
 */
export async function recountOf(
  tx: Db,
  { procedureId, id }: Pick<RolloutState, 'procedureId' | 'id'>,
  question: GateQuestion,
  at: Instant,
): Promise<Recount> {
  const window = await windowOf(tx, procedureId, id)
  const keptSince = await runsKeptSince(tx)
  if (window && keptSince !== null && window.startedAt < keptSince)
    return { outcome: 'runs deleted', lateRuns: 0, differences: [], differing: 0 }
  const stored = window
    ? await countedCells(
        tx,
        procedureId,
        { ...window, gates: question.gates },
        { before: question.watermark, by: at },
      )
    : []
  const sums = metricSums()
  if (window) for (const cell of stored) sums.add(window, cell)
  const tallies = sums.tallies().flatMap(({ arm, ...tally }) => (arm === 'other' ? [] : { ...tally, arm }))
  const order = question.stations.map((station) => station.id)
  const again = roundedStations(
    gateStations({ order, stations: progressOf(question.stations) }, [], tallies, []),
  )
  const all = question.stations.flatMap((station, place) => differing(station, again[place], question.names))
  const lateRuns = window
    ? await runsArrivedSince(tx, procedureId, window, { before: question.watermark, by: at })
    : 0
  return {
    outcome: all.length === 0 ? 'the same' : lateRuns > 0 ? 'late runs' : 'differs',
    lateRuns,
    differences: all.slice(0, mostShown),
    differing: all.length,
  }
}

function progressOf(stations: GateStation[]): Record<StationId, StationProgress> {
  const rest = { trouble: null, waived: null }
  return Object.fromEntries(
    stations.map(({ id, arm }): [StationId, StationProgress] => [
      id,
      arm === 'canary'
        ? { status: 'confirmed', stageIndex: 0, since: 0, ...rest }
        : { status: 'queued', ...rest },
    ]),
  )
}

function differing(
  { id, since }: GateStation,
  again: GateStation | undefined,
  names: GateQuestion['names'],
): Recount['differences'] {
  const keys = [...new Set([...Object.keys(since), ...Object.keys(again?.since ?? {})])].sort()
  return keys.flatMap((counting) => {
    const judged = since[counting] ?? none
    const stored = again?.since[counting] ?? none
    const isSame = isClose(judged.n, stored.n) && isClose(judged.bad, stored.bad)
    return isSame ? [] : [{ station: names[id] ?? id, counting, judged, stored }]
  })
}

const none: MetricCount = { n: 0, bad: 0 }

/** Weights of shifts are divided: the last thousandth may be rounded the other way. */
function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.0015
}

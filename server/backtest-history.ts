// The history that a backtest replays, brought into memory within bounds.
import type { Db } from '../db/client.ts'
import { stationsOf } from '../db/registry.ts'
import { type CountedRunRow, countedRuns, newestRunAt } from '../db/run-history.ts'
import type { History, HistoryRun, StationHistory } from './domain/backtest/history.ts'
import type { DeploymentId, ProcedureId, StationId } from './domain/ids.ts'
import { day, type Instant } from './domain/instant.ts'
import { orderStations } from './domain/station-order.ts'

export type ReadHistory = {
  history: History
  /** Stations that were not read: their runs would not have fitted. */
  stationsLeftOut: number
  /** Runs that were passed over, because nobody knows which build made them. */
  runsWithoutBuild: number
}

type Window = { procedureId: ProcedureId; from: Instant; to: Instant; withMetrics: boolean }

/** Measured: 180 bytes a run, so a fifth of a gigabyte; more where gates read numbers that the runs report. */
const mostRuns = 1_000_000

/**
 * The last `days` days up to the newest run, so that a line that has stopped can be looked at too. Where all stations
 * are too many, as many of them are drawn as fit, spread over sites and lines. Null when no station has run.
 */
export async function readHistory(
  db: Db,
  procedureId: ProcedureId,
  asked: { days: number; seed: number; withMetrics: boolean },
  most = mostRuns,
): Promise<ReadHistory | null> {
  const newest = await newestRunAt(db, procedureId)
  if (newest === null) return null
  const to = Math.floor(newest) + 1
  const window = { procedureId, from: to - asked.days * day, to, withMetrics: asked.withMetrics }
  const linked = await stationsOf(db, procedureId)
  const order = orderStations(linked, { seed: `${asked.seed}`, handPicked: [], progression: 'fleet' })
  const placed = new Map(linked.map((station) => [station.id, station]))
  const stations: StationHistory[] = []
  const known = knownTexts()
  let fit = most
  let runsWithoutBuild = 0
  for (const id of order) {
    const read = await stationRuns(db, window, id, fit, known)
    if (read === null) break
    const { site, line } = placed.get(id) ?? { site: '', line: '' }
    stations.push({ id, site, line, runs: read.runs })
    fit -= read.runs.length
    runsWithoutBuild += read.withoutBuild
  }
  const oldest = Math.min(to, ...stations.map(({ runs }) => runs[0]?.startedAt ?? to))
  return {
    history: { from: Math.max(window.from, oldest), to, stations },
    stationsLeftOut: linked.length - stations.length,
    runsWithoutBuild,
  }
}

/** The runs of one station in that time. Null: more than fit. */
export function readStation(db: Db, window: Window, stationId: StationId, fit: number) {
  return stationRuns(db, window, stationId, fit, knownTexts())
}

/** A transaction for each station: whoever else needs the embedded database gets it in between. Null: more than fit. */
function stationRuns(db: Db, window: Window, stationId: StationId, fit: number, known: KnownTexts) {
  return db.transaction(async (tx) => {
    const runs: HistoryRun[] = []
    let withoutBuild = 0
    for await (const page of countedRuns(tx, { ...window, stationId }))
      for (const row of page) {
        const run = historyRun(row, stationId, known)
        if (run === null) withoutBuild += 1
        else if (runs.length === fit) return null
        else runs.push(run)
      }
    return { runs, withoutBuild }
  })
}

function historyRun(row: CountedRunRow, stationId: StationId, known: KnownTexts): HistoryRun | null {
  const { deploymentId, outcome, product, metrics } = row
  if (deploymentId === null) return null
  return {
    ...row,
    stationId,
    deploymentId: known.build(deploymentId),
    outcome: known.outcome(outcome),
    product: product === null ? null : known.product(product),
    metrics: metrics ?? noMetrics,
  }
}

const noMetrics = {}

type KnownTexts = ReturnType<typeof knownTexts>

function knownTexts() {
  return { build: once<DeploymentId>(), outcome: once<HistoryRun['outcome']>(), product: once<string>() }
}

/** One text for all that are equal: each row of the database brings a copy of its own. */
function once<Text extends string>(): (text: Text) => Text {
  const known = new Map<Text, Text>()
  return (text) => {
    const first = known.get(text) ?? text
    known.set(text, first)
    return first
  }
}

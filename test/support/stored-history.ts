// A synthetic history as stored runs of a line in the database.
import type { Db } from '../../db/client.ts'
import { storeRuns } from '../../db/store-runs.ts'
import type { History } from '../../server/domain/backtest/history.ts'
import type { Run } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'
import type { RawLine } from './raw-line.ts'
import { nothingFound } from './run-builder.ts'

/** The line's stations get the runs of the history's in turn, all on its first build, in whole milliseconds. */
export async function storeHistory(db: Db, line: RawLine, { stations, to }: History): Promise<void> {
  const runs = stations.flatMap((station, place) => {
    const stationId = line.stations[place]
    const deploymentId = line.deployments[0]
    if (stationId === undefined || deploymentId === undefined)
      throw new Error(`the line has no station ${place}`)
    let unit = 0
    return station.runs.map((run): Run => {
      // A retest is of the unit before.
      unit += run.isFirstAttempt || unit === 0 ? 1 : 0
      const serial = `u-${place}-${unit}`
      const startedAt = Math.round(run.startedAt)
      return {
        ...nothingFound,
        id: makeRunId({ stationId, procedureId: line.procedureId, unit: serial, startedAt }),
        procedureId: line.procedureId,
        stationId,
        deploymentId,
        attributedBy: 'body',
        serial,
        unit: serial,
        outcome: run.outcome,
        startedAt,
        endedAt: Math.round(run.endedAt),
        zoneless: false,
        detail: {},
        product: run.product,
        shift: run.shift,
        metrics: run.metrics,
      }
    })
  })
  await db.transaction((tx: Db) => storeRuns(tx, runs, new Date(to)))
}

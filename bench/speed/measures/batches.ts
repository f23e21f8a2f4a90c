// Runs reported a hundred at a time, with all that is counted of them: against COPY into the same table.
import postgres from 'postgres'
import { makeRunId } from '../../../server/run-id.ts'
import { type Fleet, seedFleet, startRollout } from '../fleet.ts'
import { load } from '../load/load.ts'
import type { Measure } from '../measure.ts'
import { interleaved, median, medianRatio } from '../rounds.ts'
import { seenLoads } from '../seen.ts'
import { startService } from '../servers/service.ts'
import { runsOf } from '../traffics.ts'

export const batches: Measure = {
  name: 'batches',
  about:
    'runs a second in batches of 100, in a live rollout, against COPY of 1,000 rows a commit, 8 in flight',
  async run(place) {
    const where = await place.database('postgres')
    const copied = await place.database('postgres')
    if (!('url' in copied)) throw new Error('expected PostgreSQL for the peer')
    const seeded = await seedFleet(where, stations)
    const peerFleet = await seedFleet(copied, stations)
    const service = await startService(where)
    place.atEnd(service.stop)
    const fleet = await startRollout(service, seeded)
    const seen = seenLoads()
    const figures = await interleaved(place.rounds, {
      async ours() {
        const told = await load(
          {
            url: service.url,
            connections,
            warmupMs: place.roundMs / 4,
            ms: place.roundMs,
            traffic: runsOf(fleet, { batch }),
          },
          service.pid,
          [207],
        )
        return batch * seen.add('ours', told).perSecond
      },
      copy: () => copiedPerSecond(place.roundMs, copied.url, peerFleet),
    })
    return [
      {
        measure: 'batches of 100 against COPY',
        ours: median(figures('ours')),
        unit: 'runs/s',
        peer: { name: 'COPY from Node', figure: median(figures('copy')) },
        ratio: medianRatio(figures('ours'), figures('copy')),
        goal: { at: 'least', figure: 0.7 },
        name: 'batch_vs_copy',
        note: `${seen.words('ours')}; ${connections} connections; COPY into the same table with its indexes, no tallies`,
      },
    ]
  },
}

const stations = 200
const connections = 16
const batch = 100
const copies = 8
const rowsOfCopy = 1_000

async function copiedPerSecond(roundMs: number, url: string, fleet: Fleet): Promise<number> {
  const sql = postgres(url, { max: copies, onnotice: () => {} })
  const from = performance.now()
  let done = 0
  try {
    await Promise.all(
      Array.from({ length: copies }, async () => {
        while (performance.now() - from < roundMs) {
          const into =
            await sql`copy runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome, started_at, ended_at, received_at) from stdin`.writable()
          const written = Promise.withResolvers<void>()
          into.on('finish', written.resolve)
          into.on('error', written.reject)
          into.end(rowsText(fleet))
          await written.promise
          done += rowsOfCopy
        }
      }),
    )
    return done / ((performance.now() - from) / 1000)
  } finally {
    await sql.end()
  }
}

let copiedRuns = 0

/** A thousand runs that nobody copied before, as COPY reads them. */
function rowsText({ procedureId, stations: fleet }: Fleet): string {
  const lines = Array.from({ length: rowsOfCopy }, () => {
    copiedRuns += 1
    const station = fleet[copiedRuns % fleet.length]
    if (station === undefined) throw new Error('expected a fleet with stations')
    const unit = `copied-${copiedRuns}`
    const startedAt = Date.now() - 42_000 - (copiedRuns % 1000)
    const id = makeRunId({ stationId: station.id, procedureId, unit, startedAt })
    const [started, ended] = [startedAt, startedAt + 42_000].map((at) => new Date(at).toISOString())
    return `${procedureId}\t${id}\t${station.id}\t${station.deploymentId}\tbody\t${unit}\t${unit}\tPASS\t${started}\t${ended}\t${ended}\n`
  })
  return lines.join('')
}

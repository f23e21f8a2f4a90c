// A whole round of judging against the database: facts of stations, verdict, decision, all in one transaction.
import { openDatabase } from '../../../db/client.ts'
import { noDeliveries } from '../../../server/jobs.ts'
import { judging as judgingOf } from '../../../server/judging.ts'
import { fillRuns } from '../fill-runs.ts'
import { pastRollout, seedFleet } from '../fleet.ts'
import type { Measure, Row } from '../measure.ts'
import type { Engine, Place } from '../place.ts'
import { median } from '../rounds.ts'

export const judging: Measure = {
  name: 'judging',
  about: 'a whole round of judging against the database, of rollouts of 20 and 2,000 stations',
  async run(place) {
    const rows: Row[] = []
    for (const engine of place.quick ? (['postgres'] as const) : (['postgres', 'pglite'] as const))
      for (const stations of place.quick ? [20, 200] : [20, 2_000])
        rows.push(await judged(place, engine, stations))
    return rows
  },
}

async function judged(place: Place, engine: Engine, stations: number): Promise<Row> {
  const where = await place.database(engine)
  const to = new Date()
  const from = new Date(to.getTime() - 86_400_000)
  const fleet = await pastRollout(where, await seedFleet(where, stations, { at: from }), from)
  await fillRuns(where, fleet, { count: 20 * stations, from, to })
  const database = await openDatabase(where)
  try {
    let at = to.getTime()
    const judges = judgingOf({ database, now: () => at, deliveries: noDeliveries })
    // Asked for later than anything was judged: a judging that somebody has begun since would be enough.
    const judge = () => judges.judge(fleet.rolloutId, Date.now() + 60_000)
    // Stations are confirmed and stages looked at by the first rounds; then nothing but time goes on.
    for (let round = 0; round < 3; round++) await judge()
    const times: number[] = []
    for (let round = 0; round < (place.quick ? 3 : 4 * place.rounds); round++) {
      // A minute on, the verdict is kept whatever it says.
      at += 61_000
      const begun = performance.now()
      await judge()
      times.push(performance.now() - begun)
    }
    return {
      measure: `a round of judging, ${stations.toLocaleString('en')} stations, ${engine}`,
      ours: median(times),
      unit: 'ms',
      note: `20 runs a station, half of them on the new build; the slowest of ${times.length} took ${Math.max(...times).toFixed(0)} ms`,
    }
  } finally {
    await database.close()
  }
}

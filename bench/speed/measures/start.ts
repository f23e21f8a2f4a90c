// From the spawning of the process to its being ready, on an embedded database that holds runs already.
import { fillRuns } from '../fill-runs.ts'
import { seedFleet } from '../fleet.ts'
import type { Measure } from '../measure.ts'
import { median } from '../rounds.ts'
import { startService } from '../servers/service.ts'

export const start: Measure = {
  name: 'start',
  about: 'cold start to ready on PGlite with existing data',
  async run(place) {
    const where = await place.database('pglite')
    const fleet = await seedFleet(where, place.quick ? 20 : 200)
    const count = place.quick ? 500 : 50_000
    await fillRuns(where, fleet, { count, from: new Date(Date.now() - 86_400_000), to: new Date() })
    const times: number[] = []
    for (let round = 0; round < place.rounds; round++) {
      const service = await startService(where)
      times.push(service.startMs)
      await service.stop()
    }
    return [
      {
        measure: 'start to ready, PGlite with existing data',
        ours: median(times),
        unit: 'ms',
        goal: { at: 'most', figure: 4_000 },
        name: 'start_ms',
        note: `${count.toLocaleString('en')} runs stored; from spawning Node to the first 200 of /readyz`,
      },
    ]
  },
}

// The embedded database, every commit on the disk, against PostgreSQL: the same service under the same reports.
import { type Fleet, seedFleet, startRollout } from '../fleet.ts'
import { load } from '../load/load.ts'
import type { Measure } from '../measure.ts'
import type { Engine, Place } from '../place.ts'
import { interleaved, median, medianRatio } from '../rounds.ts'
import { seenLoads } from '../seen.ts'
import { type Service, startService } from '../servers/service.ts'
import { runsOf } from '../traffics.ts'

export const engines: Measure = {
  name: 'engines',
  about: 'durable single-run POSTs a second: PGlite against PostgreSQL',
  async run(place) {
    const [pglite, postgres] = [await serviceOn(place, 'pglite'), await serviceOn(place, 'postgres')]
    const seen = seenLoads()
    const contender =
      (name: Engine, { service, fleet }: { service: Service; fleet: Fleet }) =>
      async () => {
        const told = await load(
          {
            url: service.url,
            connections,
            warmupMs: place.roundMs / 4,
            ms: place.roundMs,
            traffic: runsOf(fleet),
          },
          service.pid,
          [200],
        )
        return seen.add(name, told).perSecond
      }
    const figures = await interleaved(place.rounds, {
      pglite: contender('pglite', pglite),
      postgres: contender('postgres', postgres),
    })
    return [
      {
        measure: 'single-run POSTs, PGlite against PostgreSQL',
        ours: median(figures('pglite')),
        unit: 'runs/s',
        peer: { name: 'PostgreSQL', figure: median(figures('postgres')) },
        ratio: medianRatio(figures('pglite'), figures('postgres')),
        goal: { at: 'least', figure: 0.5 },
        name: 'pglite_vs_postgres',
        note: `${seen.words('pglite')}; ${seen.words('postgres')}; PGlite's own thread is in the process of the service`,
      },
    ]
  },
}

const connections = 256

async function serviceOn(place: Place, engine: Engine): Promise<{ service: Service; fleet: Fleet }> {
  const where = await place.database(engine)
  const seeded = await seedFleet(where, 200)
  const service = await startService(where)
  place.atEnd(service.stop)
  return { service, fleet: await startRollout(service, seeded) }
}

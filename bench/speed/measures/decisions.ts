// How soon a station hears of what was decided: committed by one process, asked of another one.
import { z } from 'zod'
import { type Fleet, type FleetStation, seedFleet } from '../fleet.ts'
import type { Measure } from '../measure.ts'
import { median, percentile } from '../rounds.ts'
import { type Service, startService } from '../servers/service.ts'

export const decisions: Measure = {
  name: 'decisions',
  about: 'from a decision that one process has committed to the poll of another that sees it',
  async run(place) {
    const where = await place.database('postgres')
    const fleet = await seedFleet(where, 50)
    const [decider, other] = [await startService(where), await startService(where)]
    place.atEnd(decider.stop)
    place.atEnd(other.stop)
    const polled: number[] = []
    const woken: number[] = []
    for (let count = 0; count < (place.quick ? 20 : 100 * place.rounds); count++) {
      const station = fleet.stations[count % fleet.stations.length]
      if (station === undefined) throw new Error('expected stations')
      // Each station in turn, and each of its turns to its other build.
      const build = Math.floor(count / fleet.stations.length) % 2 === 0 ? fleet.next : fleet.base
      const waiting = longPoll(other, station)
      await waiting.asked
      await decider.ask('POST', `/api/v2/stations/${station.id}/deployments/${build}`, { reason: 'measured' })
      const decided = performance.now()
      polled.push(await seenAfter(other, station, build, decided))
      woken.push(Math.max(0, (await waiting.answered) - decided))
    }
    const told = (times: number[]) =>
      `median ${median(times).toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms of ${times.length}`
    return [
      {
        measure: 'decision committed to the next poll, p99',
        ours: percentile(polled, 0.99),
        unit: 'ms',
        goal: { at: 'most', figure: 50 },
        note: `${told(polled)}; decided by one process, polled from another; with the time of the poll itself`,
      },
      {
        measure: 'decision committed to the answer of a long poll, p99',
        ours: percentile(woken, 0.99),
        unit: 'ms',
        note: told(woken),
      },
    ]
  },
}

const assignments = z.object({
  assignments: z.array(z.object({ deployment: z.object({ id: z.string() }).nullable() })),
})

/** From the decision to the end of the first poll that tells the build. */
async function seenAfter(
  service: Service,
  station: FleetStation,
  build: Fleet['base'],
  decided: number,
): Promise<number> {
  for (;;) {
    const response = await poll(service, station, '')
    if (response.ok) {
      const told = assignments.parse(await response.json())
      if (told.assignments.some(({ deployment }) => deployment?.id === build))
        return performance.now() - decided
    } else await response.text()
    if (performance.now() - decided > 30_000)
      throw new Error(
        `a poll still does not tell the build after 30 s, the last answer was ${response.status}`,
      )
  }
}

/** `answered`: at which moment. `asked`: it can be waiting by now. */
function longPoll(
  service: Service,
  station: FleetStation,
): { asked: Promise<void>; answered: Promise<number> } {
  const asked = Promise.withResolvers<void>()
  const answered = (async () => {
    const first = await poll(service, station, '')
    await first.text()
    const waiting = poll(service, station, '?wait=30', first.headers.get('etag') ?? '')
    // An ordinary poll that is answered was sent later than the one that waits.
    await (await poll(service, station, '')).text()
    asked.resolve()
    await (await waiting).text()
    return performance.now()
  })()
  answered.catch(asked.reject)
  return { asked: asked.promise, answered }
}

function poll(service: Service, station: FleetStation, query: string, tag?: string): Promise<Response> {
  return fetch(`${service.url}/api/v1/stations/me/assignments${query}`, {
    headers: {
      authorization: `Bearer ${station.key}`,
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
    },
  })
}

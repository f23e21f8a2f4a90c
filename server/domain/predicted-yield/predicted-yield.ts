// First-pass yield under other limits, before any station has them: stored first attempts judged again, station by station.
import { z } from 'zod'
import type { Known } from '../definition/known.ts'
import { stationId } from '../ids.ts'
import { changeFor, type LimitChanges, usualPlaces } from './limit-changes.ts'
import type { Measured } from './measured-run.ts'
import { type Counts, predictedShare, predictedShareOf } from './predicted-share.ts'
import { type Attempt, rejudged } from './rejudge.ts'

export const predictedYield = z.object({
  fleet: predictedShare,
  stations: z.array(predictedShare.extend({ id: stationId, name: z.string(), site: z.string() })),
  measurements: z.array(
    z.object({
      place: z.string(),
      /** "3.2 … 3.4 V → 3.25 … 3.4 V" */
      words: z.string(),
      direction: z.enum(['tightened', 'loosened', 'moved', 'added', 'removed']),
      /** First attempts whose value could be judged. */
      measured: z.int(),
      /** Passed, and no number of it was sent: they are taken to pass again. */
      notRecorded: z.int(),
      /** Failed before it was measured. */
      notReached: z.int(),
      newlyFail: z.int(),
      newlyPass: z.int(),
      unknown: z.int(),
    }),
  ),
  unjudged: z.array(z.object({ place: z.string(), why: z.string() })),
})
export type PredictedYield = z.infer<typeof predictedYield>

export type StationAttempt = Attempt & { stationId: z.infer<typeof stationId> }
type Station = Pick<PredictedYield['stations'][number], 'id' | 'name' | 'site'>
type OfMeasurement = PredictedYield['measurements'][number]

/** Takes one attempt after the other, so that whoever reads them need not hold them all. */
export function predicting(base: Known, changes: LimitChanges, stations: Station[]) {
  const counts = new Map(stations.map(({ id }) => [id, noCounts()]))
  const measurements = new Map(
    changes.judged.map(({ place, words, direction }) => [place, ofMeasurement({ place, words, direction })]),
  )
  const usual = new Map<string, string[]>()

  function usualOf(product: string | null): string[] {
    const known = usual.get(product ?? '') ?? usualPlaces(base, product)
    usual.set(product ?? '', known)
    return known
  }

  return {
    take(attempt: StationAttempt): void {
      const own = counts.get(attempt.stationId)
      if (!own) return
      own.n += 1
      if (attempt.outcome === 'PASS') own.passed += 1
      for (const change of changes.judged) {
        if (changeFor(change, attempt.product) === null) continue
        const of = measurements.get(change.place)
        if (of) of[reachedBy(attempt, attempt.measured.get(change.place))] += 1
      }
      const { verdict, by } = rejudged(attempt, changes.judged, usualOf(attempt.product))
      const kind = moved[verdict]
      if (kind === null) return
      own[kind] += 1
      for (const place of by) {
        const of = measurements.get(place)
        if (of) of[kind] += 1
      }
    },
    result(): PredictedYield {
      const all = [...counts.values()]
      const sum = (key: keyof Counts) => all.reduce((total, each) => total + each[key], 0)
      return {
        fleet: predictedShareOf({
          n: sum('n'),
          passed: sum('passed'),
          newlyFail: sum('newlyFail'),
          newlyPass: sum('newlyPass'),
          unknown: sum('unknown'),
        }),
        stations: stations.map((station) => ({
          id: station.id,
          name: station.name,
          site: station.site,
          ...predictedShareOf(counts.get(station.id) ?? noCounts()),
        })),
        measurements: [...measurements.values()],
        unjudged: changes.unjudged,
      }
    },
  }
}

const moved = {
  passes: null,
  fails: null,
  'newly fails': 'newlyFail',
  'newly passes': 'newlyPass',
  unknown: 'unknown',
} as const

function reachedBy(
  { outcome }: Attempt,
  found: Measured | undefined,
): 'measured' | 'notRecorded' | 'notReached' {
  if (found && found.value !== null) return 'measured'
  return outcome === 'PASS' ? 'notRecorded' : 'notReached'
}

function noCounts(): Counts {
  return { n: 0, passed: 0, newlyFail: 0, newlyPass: 0, unknown: 0 }
}

function ofMeasurement(change: Pick<OfMeasurement, 'place' | 'words' | 'direction'>): OfMeasurement {
  return { ...change, measured: 0, notRecorded: 0, notReached: 0, newlyFail: 0, newlyPass: 0, unknown: 0 }
}

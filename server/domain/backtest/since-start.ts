// What the stations of a replay have counted since its start, as the gates are asked about it.
import { type Counting, isBad } from '../gates/counting.ts'
import { gateStations, type JudgedTally } from '../gates/gate-counts.ts'
import { usualRate } from '../gates/mix.ts'
import type { GateStation } from '../gates/question.ts'
import type { HistoryRun } from './history.ts'
import type { FrozenPast } from './past-at.ts'

export type Counted = {
  asked: Counting[]
  past: FrozenPast
  armOf: (run: HistoryRun) => JudgedTally['arm']
  /** Canary first attempts that are taken as failed, whatever they were. */
  isTurned: (run: HistoryRun) => boolean
}

/** Each run is counted once, in the order of the starts. */
export function sinceStart({ asked, past, armOf, isTurned }: Counted) {
  const order = [...new Set(past.pasts.map(({ stationId }) => stationId))]
  const usual = new Map(past.pasts.map((each) => [`${each.stationId}/${each.metric}`, each.usual]))
  const tallies = new Map(asked.map(({ key }) => [key, new Map<string, JudgedTally>()]))
  const canaryBad = new Map<string, number>()

  /** Undefined: this counting does not count it. */
  function badness(counting: Counting, run: HistoryRun, arm: JudgedTally['arm']): boolean | undefined {
    if (counting.of === 'runs')
      return isBad(counting, run, arm, usual.get(`${run.stationId}/${counting.key}`) ?? null)
    if (!run.isFirstAttempt) return undefined
    return run.outcome !== 'PASS' || (arm === 'canary' && isTurned(run))
  }

  function tallyOf(run: HistoryRun, arm: JudgedTally['arm'], metric: string): JudgedTally {
    const { stationId, shift } = run
    const place = `${arm}/${stationId}/${shift}`
    const made = tallies.get(metric)?.get(place) ?? {
      arm,
      stationId,
      metric,
      shift,
      n: 0,
      bad: 0,
      expected: 0,
    }
    tallies.get(metric)?.set(place, made)
    return made
  }

  return {
    /** Tells the keys by which it is bad. */
    count(run: HistoryRun): Set<string> {
      const arm = armOf(run)
      const badBy = new Set<string>()
      for (const counting of asked) {
        const bad = badness(counting, run, arm)
        if (bad === undefined) continue
        const tally = tallyOf(run, arm, counting.key)
        tally.n += 1
        tally.expected += usualRate(past.usualRates, counting.key, run.product, run.shift)
        if (!bad) continue
        tally.bad += 1
        badBy.add(counting.key)
        if (arm === 'canary') canaryBad.set(counting.key, (canaryBad.get(counting.key) ?? 0) + 1)
      }
      return badBy
    },
    canaryBad: (key: string): number => canaryBad.get(key) ?? 0,
    stations(keys: string[]): GateStation[] {
      const judged = keys.flatMap((key) => [...(tallies.get(key)?.values() ?? [])])
      return gateStations({ order, stations: {} }, past.pasts, judged, [])
    },
  }
}

// What the gates are asked of a line, counted run by run with the product's own parts.

import type { HistoryRun } from '../../server/domain/backtest/history.ts'
import { pastAt } from '../../server/domain/backtest/past-at.ts'
import { type Counting, countings, isBad } from '../../server/domain/gates/counting.ts'
import type { DriftNoise } from '../../server/domain/gates/drift-noise.ts'
import type { CountedGate } from '../../server/domain/gates/gate.ts'
import { gateStations, type JudgedTally } from '../../server/domain/gates/gate-counts.ts'
import type { GateStation } from '../../server/domain/gates/question.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import { metricSums } from '../../server/domain/metric-tally.ts'
import { type LineStation, start } from './line.ts'

const id = rolloutId.parse('00000000-0000-4000-a000-000000000000')

/** The stations' past is frozen at the start; each run since is counted in the arm that its station is in then. */
export function lineCounts(line: readonly LineStation[], gates: readonly CountedGate[]) {
  const asked = countings([...gates])
  const histories = line.map((station) => ({ id: station.id, site: '', line: '', runs: station.history }))
  const { pasts, usualRates, driftNoise } = pastAt({ at: start, stations: histories }, [...gates])
  const usual = new Map(pasts.map((past) => [`${past.stationId}/${past.metric}`, past.usual]))
  const order = line.map((station) => station.id)
  const sums = new Map(asked.map(({ key }) => [key, metricSums()]))

  /** Undefined: this counting does not count it. */
  function badness(counting: Counting, arm: JudgedTally['arm'], run: HistoryRun): boolean | undefined {
    if (counting.of === 'first attempts') return run.isFirstAttempt ? run.outcome !== 'PASS' : undefined
    return isBad(counting, run, arm, usual.get(`${run.stationId}/${counting.key}`) ?? null)
  }

  return {
    driftNoise: driftNoise satisfies DriftNoise,
    /** Tells the keys by which it is bad. */
    count(arm: JudgedTally['arm'], run: HistoryRun): ReadonlySet<string> {
      const badBy = new Set<string>()
      for (const counting of asked) {
        const bad = badness(counting, arm, run)
        if (bad === undefined) continue
        const { stationId, product, shift } = run
        const one = { arm, stationId, product, shift, metric: counting.key, n: 1, bad: bad ? 1 : 0 }
        sums.get(counting.key)?.add({ rolloutId: id, usualRates }, one)
        if (bad) badBy.add(counting.key)
      }
      return badBy
    },
    /** For these gates, as they stand now. */
    stations(of: readonly CountedGate[]): GateStation[] {
      const tallies = countings([...of])
        .flatMap(({ key }) => sums.get(key)?.tallies() ?? [])
        .flatMap(({ arm, ...tally }): JudgedTally[] => (arm === 'other' ? [] : [{ ...tally, arm }]))
      return gateStations({ order, stations: {} }, pasts, tallies, [])
    },
  }
}

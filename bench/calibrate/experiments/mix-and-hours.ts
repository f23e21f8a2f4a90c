// Other products, or other hours, on the canary than before: as it comes, and as the gates correct for it.

import { type CountedGate, gates, isCounted } from '../../../server/domain/gates/gate.ts'
import { gateStations, type JudgedTally } from '../../../server/domain/gates/gate-counts.ts'
import { type UsualRates, usualRate, usualRates } from '../../../server/domain/gates/mix.ts'
import type { GateStation } from '../../../server/domain/gates/question.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { gateJudge } from '../gate-judge.ts'
import { stationIdAt } from '../station-ids.ts'
import { bothCells, type CellStation, type Cells, type CellWatcher, watchTwoCells } from './two-cells.ts'

const asItComes = 'ours, α .05, as it comes'
const corrected = 'ours, α .05, as the gates count it'
const metric = 'first-pass yield'
const [gate] = gates.parse([{ metric, alpha: 0.05, marginRelative: 1 }]).filter(isCounted)

const layouts = [
  { canary: 1, size: 20 },
  { canary: 5, size: 20 },
]

/** From one run in five of the product that fails more to one in two: +0.30 log-odds by the mix alone. */
const products = { rates: [0.015, 0.0375], past: 0.2, baseNow: 0.2, canaryNow: 0.5 } as const
/** The canary runs at night only, base around the clock as before: +0.29 log-odds by the hours alone. */
const hours = { rates: [0.015, 0.03], past: 0.5, baseNow: 0.5, canaryNow: 1 } as const
/** Nights were as good as days until the start: only base's nights can tell. +0.29 log-odds, what is assumed; +0.71. */
const worseNights = { ...hours, rates: [0.015, 0.015], ratesNow: [0.015, 0.02] } as const
const badNights = { ...hours, rates: [0.015, 0.015], ratesNow: [0.015, 0.03] } as const

export const mixAndHoursExperiments: readonly Experiment[] = [
  ...experiments('healthy, canary gets another product mix', products, 'product'),
  ...experiments('healthy, canary runs at night only', hours, 'shift'),
  ...experiments(
    'healthy, canary runs at night only, nights become a third worse at the start',
    worseNights,
    'shift',
  ),
  ...experiments(
    'healthy, canary runs at night only, nights become twice as bad at the start: beyond what is assumed',
    badNights,
    'shift',
    false,
  ),
]

type Kind = 'product' | 'shift'

function experiments(
  section: string,
  story: Omit<Parameters<typeof watchTwoCells>[1], 'canary' | 'size'>,
  kind: Kind,
  isAssumed = true,
): Experiment[] {
  const asked = gate
  if (!asked) throw new Error('expected a gate on first-pass yield')
  return layouts.map((layout) => ({
    section,
    column: `${layout.canary} of ${layout.size}`,
    shows: 'false stops',
    promises: isAssumed ? [{ method: corrected, alpha: asked.alpha }] : [],
    share: 1,
    isQuick: layout.canary === 5,
    play: (random) => {
      const watchers = new Map([
        [asItComes, watcher(asked, plainStations)],
        [corrected, watcher(asked, countedBy(kind))],
      ])
      return watchTwoCells(random, { ...layout, ...story }, watchers, mostCanaryRuns)
    },
  }))
}

function watcher(
  asked: CountedGate,
  stationsOf: (cells: readonly CellStation[]) => GateStation[],
): CellWatcher {
  const judge = gateJudge()
  return (cells) => judge.evidence(asked, stationsOf(cells)).logEvidence >= Math.log(1 / asked.alpha)
}

/** Counts without a word on products and shifts. */
function plainStations(cells: readonly CellStation[]): GateStation[] {
  const counts = (both: Cells) => {
    const { runs, bad } = bothCells(both)
    return { [metric]: { n: runs, bad } }
  }
  return cells.map(({ isCanary, past, since }, place) => ({
    id: stationIdAt(place),
    arm: isCanary ? 'canary' : 'base',
    past: counts(past),
    since: counts(since),
    mix: {},
  }))
}

/** As the product counts: beside every count the rate that its product or shift usually has, base by shift. */
function countedBy(kind: Kind): (cells: readonly CellStation[]) => GateStation[] {
  let known: { rates: UsualRates; pasts: Parameters<typeof gateStations>[1] } | undefined
  return (cells) => {
    known ??= pastsOf(cells, kind)
    const { rates, pasts } = known
    const tallies = cells.flatMap(({ isCanary, since }, place) =>
      since.map(
        ({ runs, bad }, second): JudgedTally => ({
          arm: isCanary ? 'canary' : 'base',
          stationId: stationIdAt(place),
          metric,
          shift: kind === 'shift' ? second : 0,
          n: runs,
          bad,
          expected: runs * rateOf(rates, kind, second),
        }),
      ),
    )
    return gateStations(
      { order: cells.map((_, place) => stationIdAt(place)), stations: {} },
      pasts,
      tallies,
      [],
    )
  }
}

function pastsOf(cells: readonly CellStation[], kind: Kind) {
  const rates = usualRates(
    cells.flatMap(({ past }) =>
      past.map(({ runs, bad }, second) => ({ metric, ...cellOf(kind, second), n: runs, bad })),
    ),
  )
  const pasts = cells.map(({ past }, place) => {
    const { runs, bad } = bothCells(past)
    const expected = past.reduce(
      (sum, counted, second) => sum + counted.runs * rateOf(rates, kind, second),
      0,
    )
    return { stationId: stationIdAt(place), metric, n: runs, bad, expected }
  })
  return { rates, pasts }
}

function rateOf(rates: UsualRates, kind: Kind, second: number): number {
  const { product, shift } = cellOf(kind, second)
  return usualRate(rates, metric, product, shift)
}

function cellOf(kind: Kind, second: number): { product: string | null; shift: number } {
  return kind === 'shift' ? { product: null, shift: second } : { product: second === 0 ? 'A' : 'B', shift: 0 }
}

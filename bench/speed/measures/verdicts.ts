// How long one verdict of all default gates takes, on fleets where no station is like another.
import { evaluateCanary } from '../../../server/domain/statistics/evaluate-canary.ts'
import type { EvaluationOptions } from '../../../server/domain/statistics/evaluation-options.ts'
import { logOdds } from '../../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../../server/domain/statistics/rate-from-log-odds.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import { suspectedStation } from '../../../server/domain/statistics/suspected-station.ts'
import { countBad, normal, type Random, randomFrom } from '../../calibrate/random.ts'
import type { Measure, Row } from '../measure.ts'
import { median } from '../rounds.ts'

/** `past`: what the stations are judged by is their own, or there is none yet. */
type Fleet = { canary: number; base: number; past: 'own' | 'none' }

/** What one gate is asked: the counts of all stations, and its settings. */
type Question = { stations: StationTally[]; options: EvaluationOptions }

/**
 * The last two have no base left: one knows its drift from before, the other is the last stage of a new
 * procedure and knows nothing.
 */
const fleets: Fleet[] = [
  { canary: 5, base: 15, past: 'own' },
  { canary: 100, base: 100, past: 'own' },
  { canary: 1000, base: 1000, past: 'own' },
  { canary: 2000, base: 0, past: 'own' },
  { canary: 2000, base: 0, past: 'none' },
]

export const verdicts: Measure = {
  name: 'verdicts',
  about: 'one verdict of first-pass yield with its gain, error rate, timeout rate and duration',
  async run({ quick, rounds }) {
    const repetitions = quick ? 3 : 10 * rounds
    const referenceMs = medianMs(reference, repetitions)
    return fleets.flatMap((fleet) => rowsOf(fleet, repetitions, referenceMs))
  },
}

/** Medians of so many repetitions: of small fleets ten times, of the one that takes longest a quarter. */
function rowsOf(fleet: Fleet, repetitions: number, referenceMs: number): Row[] {
  const { canary, base, past } = fleet
  const stations = canary + base
  const share = stations < 1000 ? 10 : past === 'own' ? 1 : 0.25
  const questions = questionsOf(randomFrom(1, `${canary} canary ${base} base`), fleet)
  const text = `${canary} + ${base} stations${past === 'none' ? ' without a past' : ''}`
  const line = (work: string, run: () => void): Row => {
    const ms = medianMs(run, Math.ceil(share * repetitions))
    return {
      measure: `${work}, ${text}`,
      ours: ms,
      unit: 'ms',
      note: `${(ms / referenceMs).toFixed(3)} of a million logarithms, which took ${referenceMs.toFixed(1)} ms`,
    }
  }
  const verdict = line('verdict', () => {
    for (const { stations: judged, options } of questions) evaluateCanary(judged, options)
  })
  const suspected = line('suspected station', () => {
    for (const { stations: judged, options } of questions.slice(0, 1)) suspectedStation(judged, options)
  })
  return [{ ...verdict, ...goalOf(stations, past) }, suspected]
}

/** A fleet that has no past at all is rare, and told without a goal. */
function goalOf(stations: number, past: Fleet['past']): Pick<Row, 'goal' | 'name'> {
  if (past === 'none') return {}
  if (stations === 20) return { goal: { at: 'most', figure: 5 }, name: 'verdict_20_ms' }
  if (stations === 2000) return { goal: { at: 'most', figure: 50 }, name: 'verdict_2000_ms' }
  return {}
}

/** The first half of the repetitions warms up and is thrown away. */
function medianMs(run: () => void, repetitions: number): number {
  const times: number[] = []
  for (let repetition = 0; repetition < 2 * repetitions; repetition++) {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  return median(times.slice(repetitions))
}

/** A million logarithms of different numbers; the sum goes into the loop so that none can be left out. */
function reference(): void {
  let sum = 1
  for (let step = 1; step <= 1_000_000; step++) sum = Math.log1p(step + sum)
}

/** The four gates with the product's own settings. Yield and duration have a mix, failures are rare. */
function questionsOf(random: Random, { canary, base, past }: Fleet): Question[] {
  const line = Array.from({ length: canary + base }, (_, place) => ({
    id: `station ${place}`,
    arm: place < canary ? ('canary' as const) : ('base' as const),
    pastRuns: past === 'own' ? 200 + Math.floor(1800 * random()) : 0,
    runs: 20 + Math.floor(180 * random()),
  }))
  const counted = (rate: number): StationTally[] =>
    line.map((station) => {
      const own = logOdds(rate) + 0.3 * normal(random)
      return {
        ...station,
        pastBad: countBad(random, station.pastRuns, rateFromLogOdds(own)),
        bad: countBad(random, station.runs, rateFromLogOdds(own + 0.15 * normal(random))),
      }
    })
  const slow = line.map((station) => ({
    ...station,
    pastBad: Math.floor(station.pastRuns / 2),
    bad: countBad(random, station.runs, station.arm === 'canary' ? 0.2 : 0.5),
  }))
  // How often a product fails on a shift is known from the past only.
  const mix = () => new Map(past === 'own' ? line.map(({ id }) => [id, 0.1 * normal(random)]) : [])
  const drift = base === 0 && past === 'own' ? { previousDrift: { shift: 0.05, variance: 0.004 } } : {}
  const guard = { ...drift, alpha: 0.01, marginRelative: 1.1 }
  return [
    {
      stations: counted(0.02),
      options: { ...guard, alpha: 0.015, gainPoints: 0.03, gainAlpha: 0.005, mix: mix() },
    },
    { stations: counted(0.002), options: guard },
    { stations: counted(0.0002), options: guard },
    { stations: slow, options: { ...guard, marginRelative: 1, mix: mix() } },
  ]
}

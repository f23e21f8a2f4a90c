// `npm run bench`: how long one verdict takes, on fleets where no station is like another.
import { parseArgs } from 'node:util'
import { evaluateCanary } from '../server/domain/statistics/evaluate-canary.ts'
import type { EvaluationOptions } from '../server/domain/statistics/evaluation-options.ts'
import { logOdds } from '../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../server/domain/statistics/rate-from-log-odds.ts'
import type { StationTally } from '../server/domain/statistics/station-tally.ts'
import { suspectedStation } from '../server/domain/statistics/suspected-station.ts'
import { countBad, normal, type Random, randomFrom } from './calibrate/random.ts'

const helpText = `npm run bench -- [flags]   how long a verdict of all default gates takes

  --quick   few repetitions, in seconds
  --json    one object instead of a table; times in milliseconds, ratios to the reference work
  --help    this text

A verdict judges first-pass yield with its gain, error rate, timeout rate and duration. The reference work
is a million logarithms in the same run: ratios to it can be compared between machines, times cannot.
`

/** One line of the table: a verdict of all gates, or the search for the station behind a breach. */
type Row = Fleet & { work: string; stations: number; ms: number; ratio: number }

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

if (import.meta.main) process.exitCode = main(process.argv.slice(2))

/** The exit code: 0 measured, 2 wrong arguments. */
function main(argv: string[]): number {
  const flags = parsed(argv)
  if (typeof flags === 'string') {
    process.stderr.write(`${flags}\n${helpText}`)
    return 2
  }
  if (flags.help) {
    process.stdout.write(helpText)
    return 0
  }
  const { rows, referenceMs } = measured(flags.quick ? 11 : 51)
  const slowest = (work: string, stations: number, past: Fleet['past']) =>
    Math.max(
      ...rows
        .filter((row) => row.work === work && row.stations === stations && row.past === past)
        .map(({ ms }) => ms),
    )
  const summary = {
    verdict_20_ms: slowest('verdict', 20, 'own'),
    verdict_2000_ms: slowest('verdict', 2000, 'own'),
    verdict_2000_without_past_ms: slowest('verdict', 2000, 'none'),
    suspected_2000_ms: slowest('suspected station', 2000, 'own'),
    reference_ms: referenceMs,
  }
  process.stdout.write(
    flags.json ? `${JSON.stringify({ ...summary, quick: flags.quick, rows })}\n` : table(rows, referenceMs),
  )
  return 0
}

function parsed(argv: string[]): { quick: boolean; json: boolean; help: boolean } | string {
  try {
    const flag = { type: 'boolean', default: false } as const
    return parseArgs({ args: argv, options: { quick: flag, json: flag, help: { ...flag, short: 'h' } } })
      .values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Medians of so many repetitions: of small fleets ten times, of the one that takes longest a quarter. */
function measured(repetitions: number): { rows: Row[]; referenceMs: number } {
  const referenceMs = median(reference, repetitions)
  const rows = fleets.flatMap((fleet) => {
    const { canary, base, past } = fleet
    const share = canary + base < 1000 ? 10 : past === 'own' ? 1 : 0.25
    const questions = questionsOf(randomFrom(1, `${canary} canary ${base} base`), fleet)
    const line = (work: string, run: () => void): Row => {
      const ms = median(run, Math.ceil(share * repetitions))
      return { work, stations: canary + base, ...fleet, ms, ratio: ms / referenceMs }
    }
    return [
      line('verdict', () => {
        for (const { stations, options } of questions) evaluateCanary(stations, options)
      }),
      line('suspected station', () => {
        for (const { stations, options } of questions.slice(0, 1)) suspectedStation(stations, options)
      }),
    ]
  })
  return { rows, referenceMs }
}

/** The first half of the repetitions warms up and is thrown away. */
function median(run: () => void, repetitions: number): number {
  const times: number[] = []
  for (let repetition = 0; repetition < 2 * repetitions; repetition++) {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  const warm = times.slice(repetitions).sort((one, other) => one - other)
  return warm[Math.floor(warm.length / 2)] ?? Number.NaN
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

function table(rows: readonly Row[], referenceMs: number): string {
  const head = ['work', 'stations', 'canary', 'base', 'past', 'ms', 'ratio']
  const body = rows.map((row) => [
    row.work,
    String(row.stations),
    String(row.canary),
    String(row.base),
    row.past,
    row.ms.toFixed(2),
    row.ratio.toFixed(3),
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)))
  const lines = [head, ...body].map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
  return `${lines.join('\n')}\n\nreference work: ${referenceMs.toFixed(2)} ms\n`
}

// What the replays come to: how often healthy history was stopped, which drops were found, what cannot be proven.
import { alarmBudgetSpent, isTallied } from '../gates/gate.ts'
import type { Instant } from '../instant.ts'
import type { Plan } from '../plan.ts'
import type { History } from './history.ts'
import { type Asked, actingGates, type Played } from './played.ts'
import type { Starts } from './starts.ts'
import { type Stopped, stoppedShare } from './stopped.ts'
import { type Wandering, wandering } from './wandering.ts'

/** Rates and shares are fractions. */
export type BacktestReport = {
  from: Instant
  to: Instant
  stations: number
  runs: number
  /** UTC dates of the history, and those on which a rollout could have begun. */
  dates: number
  replayableDates: number
  /** Starts drawn; each is played with every canary. */
  rollouts: number
  seed: number
  falseStops: Stopped
  /** What the gates that can stop a rollout may spend together. */
  alarmBudget: number
  gates: { name: string; alpha: number; stopped: number }[]
  canaries: CanaryReport[]
  wandering: Wandering[]
  /** Gates that are not played: conditions, of which no history is kept, and those that only observe. */
  notPlayed: string[]
}

/** One canary of the plan. */
export type CanaryReport = {
  label: string
  /** The least and the most: not every station could take part in each start. */
  stations: Span
  /** After every how many canary runs all gates were asked, beside the runs that they count as bad. */
  lookEvery: Span
  falseStops: Stopped
  /** At the median start: the yield that is expected, and the highest that can be proven to be worse. */
  provable: { expectedYield: number; provableYield: number } | null
  found: Found[]
  /** Milliseconds from the start to the end of the soak with all first attempts, of those that were never stopped. */
  lasted: { replays: number; median: number | null; ninth: number | null; overdue: number }
  /** The smallest drop asked for that, as every larger one, was found in half of the replays, and in four of five. */
  smallestFound: { half: number | null; most: number | null }
}

type Span = { least: number; most: number }

export type Found = {
  /** Points of yield that were taken from the canary, as a fraction. */
  drop: number
  replays: number
  found: number
  /** Canary first attempts until half of all replays had found it; null where fewer ever did. */
  medianFirstAttempts: number | null
}

export function backtestReport(
  history: History,
  plan: Plan,
  starts: Starts,
  asked: Asked,
  played: Played[],
): BacktestReport {
  const gates = actingGates(plan)
  const { from, to, stations } = history
  return {
    from,
    to,
    stations: stations.length,
    runs: stations.reduce((sum, { runs }) => sum + runs.length, 0),
    dates: starts.dates,
    replayableDates: starts.replayableDates,
    rollouts: asked.rollouts,
    seed: asked.seed,
    falseStops: stoppedShare(played),
    alarmBudget: alarmBudgetSpent(gates),
    gates: gates.map(({ name, alpha }) => ({
      name,
      alpha,
      stopped: played.filter(({ asItWas }) => asItWas.stoppedBy.includes(name)).length,
    })),
    canaries: [...Map.groupBy(played, ({ stage }) => stage.index).values()].map((own) =>
      canaryReport(own, asked.drops),
    ),
    wandering: wandering(history, gates),
    notPlayed: plan.gates
      .filter((gate) => !isTallied(gate) || gate.mode === 'observe')
      .map(({ name }) => name),
  }
}

/** @param own all of one stage, at least one. */
function canaryReport(own: Played[], drops: number[]): CanaryReport {
  const provable = own.flatMap((each) => each.provable ?? [])
  const found = drops.map((drop, place) =>
    foundOf(
      drop,
      own.flatMap(({ withDrop }) => withDrop[place] ?? []),
    ),
  )
  return {
    label: own[0]?.stage.label ?? '',
    stations: span(own.map(({ canary }) => canary.length)),
    lookEvery: span(own.map(({ lookEvery }) => lookEvery)),
    falseStops: stoppedShare(own),
    provable:
      provable.length === 0
        ? null
        : {
            expectedYield: 1 - median(provable.map(({ expectedRate }) => expectedRate)),
            provableYield: 1 - median(provable.map(({ provableRate }) => provableRate)),
          },
    found,
    lasted: lastedOf(own),
    smallestFound: { half: smallestFound(found, 0.5), most: smallestFound(found, 0.8) },
  }
}

function foundOf(drop: number, replays: Played['withDrop']): Found {
  const found = replays.filter(({ stoppedBy }) => stoppedBy.length > 0)
  const needed = replays.map(({ stoppedBy, firstAttempts }) =>
    stoppedBy.length > 0 ? firstAttempts : Number.POSITIVE_INFINITY,
  )
  const middle = replays.length === 0 ? Number.POSITIVE_INFINITY : median(needed)
  return {
    drop,
    replays: replays.length,
    found: found.length,
    medianFirstAttempts: Number.isFinite(middle) ? middle : null,
  }
}

/** The last of the drops from the largest down that is found so often. */
function smallestFound(found: Found[], share: number): number | null {
  const isFound = ({ replays, found: count }: Found) => replays > 0 && count >= share * replays
  const falling = found.toSorted((a, b) => b.drop - a.drop)
  const missed = falling.findIndex((each) => !isFound(each))
  return falling[(missed < 0 ? falling.length : missed) - 1]?.drop ?? null
}

/** One whose time ran out before it had its first attempts is told apart: nobody knows how long it would have taken. */
function lastedOf(own: Played[]): CanaryReport['lasted'] {
  const whole = own.filter(({ asItWas }) => asItWas.stoppedBy.length === 0)
  const times = whole
    .filter(({ stage, asItWas }) => asItWas.firstAttempts >= stage.firstAttempts)
    .map(({ start, asItWas }) => asItWas.until - start.at)
    .sort((a, b) => a - b)
  const at = (part: number) => times[Math.max(0, Math.ceil(part * times.length) - 1)] ?? null
  return { replays: times.length, median: at(0.5), ninth: at(0.9), overdue: whole.length - times.length }
}

function span(values: number[]): Span {
  return { least: Math.min(...values), most: Math.max(...values) }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = 0, high = low] = sorted.slice(
    Math.floor((sorted.length - 1) / 2),
    Math.floor(sorted.length / 2) + 1,
  )
  return (low + high) / 2
}

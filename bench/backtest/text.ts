// A backtest as text for people.
import type { Backtest } from '../../server/backtest.ts'
import type { BacktestReport, CanaryReport, Found } from '../../server/domain/backtest/report.ts'
import type { Stopped } from '../../server/domain/backtest/stopped.ts'
import { wanderingCap, wanderingFloor } from '../../server/domain/backtest/wandering.ts'
import type { Instant } from '../../server/domain/instant.ts'
import { percent, percentInterval } from '../../views/format/rate.ts'
import { textTable } from '../calibrate/tables.ts'

export function backtestText(name: string, { report, stationsLeftOut, runsWithoutBuild }: Backtest): string {
  return [
    heading(name, report),
    falseStops(report),
    canaries(report),
    gates(report),
    wandering(report),
    notes(report, stationsLeftOut, runsWithoutBuild),
  ].join('\n\n')
}

function heading(name: string, report: BacktestReport): string {
  const { from, to, stations, runs, dates, replayableDates, rollouts, seed } = report
  return [
    `${name}: ${count(rollouts)} rollouts that never were, each with every canary (seed ${seed})`,
    `${count(stations)} stations, ${count(runs)} runs, ${date(from)} to ${date(to)}; a rollout could have begun on ${replayableDates} of ${dates} dates`,
  ].join('\n')
}

/** The share, and what it says beside what the gates may spend. */
function falseStops({ falseStops: all, alarmBudget }: BacktestReport): string {
  const { replays, stopped, lower, upper, independent } = all
  const share = `${count(stopped)} of ${count(replays)} healthy ones stopped: ${shareOf(all)} (95 %: ${percentInterval(lower, upper)}; they overlap, and say as much as ${Math.round(independent)} that do not)`
  return `${share}\n${beside(all, alarmBudget)}`
}

function beside(all: Stopped, alarmBudget: number): string {
  const budget = `what the gates may spend, ${percent(alarmBudget)}`
  if (all.lower > alarmBudget) return `That is more than ${budget}.`
  if (all.upper <= alarmBudget) return `That is within ${budget}.`
  return all.stopped / Math.max(all.replays, 1) > alarmBudget
    ? `That is above ${budget}, and may still be chance: this history is too short to tell.`
    : `Nothing in it speaks against ${budget}; this history is too short to prove it.`
}

function canaries({ canaries: all }: BacktestReport): string {
  const drops = all[0]?.found ?? []
  return textTable({
    title: 'by canary',
    unit: 'yield that can be proven to be worse; with points of it taken away: share found, first attempts until half were',
    columns: [
      'stations',
      'stopped',
      '95 %',
      'least provable',
      ...drops.map(({ drop }) => `−${points(drop)} points`),
    ],
    rows: all.map((canary) => ({
      method: canary.label,
      cells: [
        spanText(canary.stations),
        `${canary.falseStops.stopped} of ${canary.falseStops.replays}`,
        percentInterval(canary.falseStops.lower, canary.falseStops.upper),
        provable(canary),
        ...canary.found.map(foundText),
      ],
    })),
  })
}

function provable({ provable: known }: CanaryReport): string {
  if (known === null) return '–'
  return `${(known.expectedYield * 100).toFixed(1)} → ${percent(known.provableYield)}`
}

function foundText({ replays, found, medianFirstAttempts }: Found): string {
  if (replays === 0) return '–'
  const half = medianFirstAttempts === null ? '–' : count(Math.round(medianFirstAttempts))
  return `${percent(found / replays)}, ${half}`
}

function gates({ gates: all, falseStops: { replays } }: BacktestReport): string {
  return textTable({
    title: 'by gate',
    unit: 'a rollout that two stop counts for both',
    columns: ['stopped', 'may stop'],
    rows: all.map(({ name, alpha, stopped }) => ({
      method: name,
      cells: [percent(stopped / Math.max(replays, 1)), percent(alpha)],
    })),
  })
}

function wandering({ wandering: all }: BacktestReport): string {
  const table = textTable({
    title: 'how far stations wander by themselves from day to day',
    unit: `standard deviation in log-odds; from ${wanderingFloor} to ${wanderingCap} is allowed for`,
    columns: ['estimate'],
    rows: all.map(({ metric, estimate }) => ({ method: metric, cells: [estimate.toFixed(2)] })),
  })
  const beyond = all
    .filter(({ isAtCap }) => isAtCap)
    .map(
      ({ metric, estimate }) =>
        `${metric}: stations wander more than the method allows for: ${estimate.toFixed(2)} from day to day, and it counts with ${wanderingCap} at the most. Expect more false stops, and look for what differs from day to day: lots, fixtures, people.`,
    )
  return [table, ...beyond].join('\n')
}

function notes(report: BacktestReport, stationsLeftOut: number, runsWithoutBuild: number): string {
  const looks = spanText({
    least: Math.min(...report.canaries.map(({ lookEvery }) => lookEvery.least)),
    most: Math.max(...report.canaries.map(({ lookEvery }) => lookEvery.most)),
  })
  return [
    `Each gate was asked after every canary run that it counts as bad, near its line after every run, and after every k-th besides (k ${looks}).`,
    report.notPlayed.length === 0
      ? ''
      : `Not played: ${report.notPlayed.join(', ')}. Of conditions no history is kept, and a gate that observes stops nothing.`,
    stationsLeftOut === 0
      ? ''
      : `${count(stationsLeftOut)} stations, drawn at random, were left out: more runs than these are not read.`,
    runsWithoutBuild === 0
      ? ''
      : `${count(runsWithoutBuild)} runs were passed over: nobody knows which build made them.`,
  ]
    .filter((note) => note !== '')
    .join('\n')
}

function shareOf({ stopped, replays }: Stopped): string {
  return percent(stopped / Math.max(replays, 1))
}

function spanText({ least, most }: { least: number; most: number }): string {
  return least === most ? count(least) : `${count(least)}–${count(most)}`
}

/** 0.04 → "4". */
function points(drop: number): string {
  return String(Number((drop * 100).toFixed(2)))
}

function count(amount: number): string {
  return amount.toLocaleString('en-GB')
}

function date(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10)
}

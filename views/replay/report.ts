// What a replay found: false stops, time in each stage, the smallest drop in sight, how far stations wander.

import type { ReplayResult } from '../../server/domain/backtest/replay-result.ts'
import type { BacktestReport, CanaryReport } from '../../server/domain/backtest/report.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { absent, budgetPercent, percent, percentInterval, points, roundPercent } from '../format/rate.ts'
import { span } from '../format/spans.ts'
import { gateTitle } from '../format/words.ts'
import { type Html, html, trustedHtml } from '../html.ts'

/** `svg`: as `drawChart` gives it. `address`: of the chart and its data, without what they end in. */
export type FoundChart = { svg: string; address: string }

export function report(result: ReplayResult, chart: FoundChart | null): Html {
  const { report: found, noReport } = result
  if (noReport) return html`<p class="empty">It could not be played: ${noReport.why}. ${noReport.next}</p>`
  if (!found) return html``
  return html`${falseStops(found)}
${canaries(found.canaries)}
${chart && figure(chart)}
${gates(found)}
${wandering(found)}
${notes(found, result)}`
}

function falseStops({
  falseStops: all,
  alarmBudget,
  from,
  to,
  stations,
  runs,
  replayableDates,
  dates,
}: BacktestReport): Html {
  const { replays, stopped, lower, upper, independent } = all
  const share = replays === 0 ? absent : roundPercent(stopped / replays)
  return html`<p><strong>${share} of healthy stages stopped for nothing</strong>: ${count(stopped)} of ${count(replays)} that were played; 95 %: ${percentInterval(lower, upper)}, as they overlap and say as much as ${count(independent)} that do not. The gates may spend ${budgetPercent(alarmBudget)}. ${beside(all, alarmBudget)}</p>
<p class="quiet">${counted(stations, 'station')}, ${counted(runs, 'run')}, ${time(from)} to ${time(to)}; a rollout could have begun on ${count(replayableDates)} of ${counted(dates, 'date')}.</p>`
}

function beside({ lower, upper }: BacktestReport['falseStops'], budget: number): string {
  if (lower > budget) return 'That is more than they may.'
  return upper <= budget ? 'That is within it.' : 'This history is too short to prove that they keep to it.'
}

function canaries(all: CanaryReport[]): Html {
  return html`<table class="sortable stacked">
<thead><tr><th scope="col">Canary</th><th scope="col" class="number">Stations</th><th scope="col" class="number">Stopped for nothing</th><th scope="col" class="number">Time, median</th><th scope="col" class="number">Time, 90 %</th><th scope="col" class="number">Drop found in half</th><th scope="col" class="number">Drop found in 80 %</th><th scope="col" class="number">Least provable</th></tr></thead>
<tbody>${all.map(canary)}</tbody>
</table>
<p class="quiet">Time: until the soak is over and all first attempts are there, of the replays that were not stopped. A drop is found when a gate stops the replay in which that many points of yield were taken from the canary; only ${all[0]?.found.map(({ drop }) => (drop * 100).toFixed(0)).join(', ') ?? ''} points were tried.</p>`
}

function canary({
  label,
  stations,
  falseStops: stopped,
  lasted,
  smallestFound,
  provable,
}: CanaryReport): Html {
  const drop = (value: number | null) => (value === null ? 'none of them' : points(-value))
  return html`<tr>
<th scope="row">${label}</th>
<td class="number" data-label="Stations" data-value="${stations.most}">${stations.least === stations.most ? count(stations.most) : `${count(stations.least)}–${count(stations.most)}`}</td>
<td class="number" data-label="Stopped for nothing" data-value="${stopped.replays === 0 ? 0 : stopped.stopped / stopped.replays}">${count(stopped.stopped)} of ${count(stopped.replays)}<small>${percentInterval(stopped.lower, stopped.upper)}</small></td>
<td class="number" data-label="Time, median" data-value="${lasted.median ?? ''}">${span(lasted.median)}${lasted.overdue > 0 && html`<small>${count(lasted.overdue)} ran out of time</small>`}</td>
<td class="number" data-label="Time, 90 %" data-value="${lasted.ninth ?? ''}">${span(lasted.ninth)}</td>
<td class="number" data-label="Drop found in half" data-value="${smallestFound.half ?? ''}">${drop(smallestFound.half)}</td>
<td class="number" data-label="Drop found in 80 %" data-value="${smallestFound.most ?? ''}">${drop(smallestFound.most)}</td>
<td class="number" data-label="Least provable">${provable === null ? absent : `${percent(provable.expectedYield)} → ${percent(provable.provableYield)}`}</td>
</tr>`
}

function figure({ svg, address }: FoundChart): Html {
  return html`<figure class="found"><h3>Which drops are found</h3>
<div class="drawing">${trustedHtml(svg)}</div>
<figcaption>At 0 points: healthy ones that were stopped. <a href="${address}.svg">SVG</a> <a href="${address}.json">data</a> <a href="${address}.csv">table</a></figcaption>
</figure>`
}

function gates({ gates: all, falseStops: { replays } }: BacktestReport): Html {
  if (all.length === 0) return html``
  return html`<h3>By gate</h3>
<table class="sortable stacked narrow">
<thead><tr><th scope="col">Gate</th><th scope="col" class="number">Stopped for nothing</th><th scope="col" class="number">May stop</th></tr></thead>
<tbody>${all.map(
    ({ name, alpha, stopped }) =>
      html`<tr><th scope="row">${gateTitle(name)}</th><td class="number" data-label="Stopped for nothing" data-value="${stopped}">${count(stopped)} of ${count(replays)}</td><td class="number" data-label="May stop" data-value="${alpha}">${budgetPercent(alpha)}</td></tr>`,
  )}</tbody>
</table>`
}

function wandering({ wandering: all }: BacktestReport): Html {
  if (all.length === 0) return html``
  return html`<h3>How far stations wander by themselves</h3>
<p class="quiet">Standard deviation from day to day, in log-odds (σ<sub>η</sub>). The method allows for 0.15 to 0.6.</p>
<table class="sortable stacked narrow">
<thead><tr><th scope="col">What is counted</th><th scope="col" class="number">Estimate</th><th scope="col">Allowed for</th></tr></thead>
<tbody>${all.map(
    ({ metric, estimate, isAtCap }) =>
      html`<tr><th scope="row">${gateTitle(metric)}</th><td class="number" data-label="Estimate" data-value="${estimate}">${estimate.toFixed(2)}</td><td data-label="Allowed for">${isAtCap ? 'no: expect more false stops, and look for what differs from day to day' : 'yes'}</td></tr>`,
  )}</tbody>
</table>`
}

function notes({ notPlayed, rollouts }: BacktestReport, result: ReplayResult): Html {
  const said = [
    notPlayed.length > 0 &&
      `Not played: ${notPlayed.map(gateTitle).join(', ')}. Of conditions no history is kept, and a gate that only observes stops nothing.`,
    result.cutFrom !== null && `Time was up after ${count(rollouts)} of ${count(result.cutFrom)} rollouts.`,
    result.stationsLeftOut > 0 &&
      `${counted(result.stationsLeftOut, 'station')}, drawn at random, left out: more runs than these are not read.`,
    result.runsWithoutBuild > 0 &&
      `${counted(result.runsWithoutBuild, 'run')} passed over: nobody knows which build made them.`,
  ].filter((each) => each !== false)
  return html`${said.map((each) => html`<p class="quiet">${each}</p>`)}`
}

// Canary beside base in raw counts: a description, never the verdict.
import { attemptWords } from '../../server/domain/attempt-rule.ts'
import type { ArmMetrics, RolloutView } from '../../server/domain/rollout-view.ts'
import { count, counted } from '../format/count.ts'
import { seconds } from '../format/duration.ts'
import { absent, percent, percentInterval, points } from '../format/rate.ts'
import { type Content, type Html, html } from '../html.ts'

/** Below this, one unit moves a yield by more than three points. */
const few = 30

export function arms(view: RolloutView): Html {
  const { canaryArm: canary, baseArm: base } = view
  return html`<section data-part="arms">
<h2>Canary and base</h2>
<p class="quiet">Raw counts since the start, with Wilson intervals at 95 %. The gates compare each station with its own past instead. ${attemptWords(view.procedure.attemptRule).note}</p>
<table class="arms">
<thead><tr><th></th><th scope="col" class="number canary">Canary</th><th scope="col" class="number base">Base</th><th scope="col" class="number">Difference</th></tr></thead>
<tbody>
${row('Stations', count(canary.stations), count(base.stations), null)}
${row('First-pass yield', firstPassYield(canary), firstPassYield(base), points(minus(canary.firstPassYield, base.firstPassYield)))}
${row('Errors', rate(canary.errorRate, canary.errors, canary.runs), rate(base.errorRate, base.errors, base.runs), points(minus(canary.errorRate, base.errorRate)))}
${row('Timeouts', rate(canary.timeoutRate, canary.timeouts, canary.runs), rate(base.timeoutRate, base.timeouts, base.runs), points(minus(canary.timeoutRate, base.timeoutRate)))}
${row('Median duration of passed runs', duration(canary), duration(base), longer(canary.passSeconds, base.passSeconds))}
</tbody>
</table>
${notes(view)}
</section>`
}

function row(name: string, canary: Content, base: Content, difference: Content): Html {
  return html`<tr><th scope="row">${name}</th><td class="number">${canary}</td><td class="number">${base}</td><td class="number">${difference}</td></tr>`
}

function firstPassYield(arm: ArmMetrics): Html {
  if (arm.firstPassYield === null) return html`${absent}<small>no units yet</small>`
  return html`${percent(arm.firstPassYield)}<small>${percentInterval(arm.firstPassYieldLow, arm.firstPassYieldHigh)}</small><small>${count(arm.passed)} of ${counted(arm.units, 'unit')}</small>`
}

function rate(value: number | null, bad: number, runs: number): Html {
  if (value === null) return html`${absent}<small>no runs yet</small>`
  return html`${percent(value)}<small>${count(bad)} of ${counted(runs, 'run')}</small>`
}

function duration(arm: ArmMetrics): Html {
  if (arm.passSeconds === null) return html`${absent}<small>no passed runs yet</small>`
  return html`${seconds(arm.passSeconds)}<small>${counted(arm.passRuns, 'passed run')}</small>`
}

function minus(canary: number | null, base: number | null): number | null {
  return canary === null || base === null ? null : canary - base
}

/** A ratio, so in percent: durations have no points. */
function longer(canary: number | null, base: number | null): string {
  if (canary === null || base === null || base === 0) return absent
  const change = canary / base - 1
  if (Math.abs(change) < 0.0005) return 'same'
  return `${percent(Math.abs(change))} ${change > 0 ? 'longer' : 'shorter'}`
}

function notes(view: RolloutView): Html[] {
  const { units } = view.canaryArm
  return [
    ...(units > 0 && units < few
      ? [html`<p class="quiet">${counted(units, 'canary unit')}: too few to read much into.</p>`]
      : []),
    ...(view.otherRuns > 0
      ? [
          html`<p class="quiet">${counted(view.otherRuns, 'run')} of a third build on these stations: in neither arm.</p>`,
        ]
      : []),
  ]
}

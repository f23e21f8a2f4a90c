// The stretch of time that the charts show, what was counted in it, and how to choose another one.
import type { Instant } from '../../server/domain/instant.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { percent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'

type Counted = { units: number; passed: number; runs: number }
export type ShownRange = {
  from: Instant
  to: Instant
  /** Only that stretch of the rollout. */
  isPart: boolean
  canary: Counted
  base: Counted
  /** The gate that was asked for, which stays. */
  gate: string | null
  /** The page of the whole rollout. */
  wholeUrl: string
}

export function timeRange(range: ShownRange): Html {
  const { from, to, isPart, canary, base, gate, wholeUrl } = range
  return html`<div class="range" data-part="range">
<p>${isPart ? html`<strong>Only ${time(from)} to ${time(to)}</strong>, in whole hours:` : html`The whole rollout, ${time(from)} to ${time(to)}:`} ${arm('canary', canary)}; ${arm('base', base)}.${isPart && html` <a href="${wholeUrl}">Show the whole rollout</a>`}</p>
${isPart && html`<p class="quiet">Charts and failures describe this time alone. Verdicts are never given for a part: the gates above judge all that was counted, and each difference shown is of all that was counted by then.</p>`}
<form method="get" class="range-form"><fieldset><legend>Look at a part of the time</legend>
<label>From <input type="datetime-local" name="from" required value="${fieldValue(from)}"></label>
<label>to <input type="datetime-local" name="to" required value="${fieldValue(to)}"></label>
<span class="zone">UTC</span>${gate !== null && html`<input type="hidden" name="gate" value="${gate}">`}
<button>Show</button></fieldset></form>
</div>`
}

function arm(name: string, { units, passed, runs }: Counted): string {
  const yields = units === 0 ? '' : `, ${percent(passed / units)} first-pass yield`
  return `${name} ${counted(units, 'first attempt')} in ${count(runs)} runs${yields}`
}

/** What the field takes: to the minute, without a zone. */
function fieldValue(at: Instant): string {
  return new Date(at).toISOString().slice(0, 16)
}

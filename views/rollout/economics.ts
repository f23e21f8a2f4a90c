// What the rollout costs while it is decided, and when that will be, in one line.
import type { Economics, RolloutView } from '../../server/domain/rollout-view.ts'
import { count } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { type Html, html } from '../html.ts'

export function economics({ economics: told }: RolloutView): Html | null {
  if (told === null) return null
  const { unitsPerHour, extraFailures, verdictAt } = told
  const parts = [
    unitsPerHour !== null && html`${rounded(unitsPerHour)} units an hour are tested on the new build. `,
    extraFailures !== null && html`So far ${failures(extraFailures)}. `,
    verdictAt !== null && html`It may be decided about ${time(verdictAt)}.`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? null : html`<p class="stake"><strong>At stake:</strong> ${parts}</p>`
}

function failures({ estimate, low, high }: NonNullable<Economics['extraFailures']>): string {
  const bounds = low === null || high === null ? '' : ` (${signed(low)} … ${signed(high)})`
  const amount = Math.abs(estimate).toFixed(1)
  if (Number(amount) === 0) return `as many first attempts failed as on base${bounds}`
  return `${amount} first attempts ${estimate < 0 ? 'fewer' : 'more'} failed than base would have failed${bounds}`
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1)
  if (Number(text) === 0) return '0.0'
  return `${value < 0 ? '\u{2212}' : '+'}${text}`
}

/** Below ten a rate keeps its decimal. */
function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : count(value)
}

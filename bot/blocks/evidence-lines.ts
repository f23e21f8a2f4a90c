// What was measured, a line for each standing measure: for requests and summaries, where a table would be too much.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type Comparison, comparisons } from './comparison.ts'
import { type Markup, markup } from './markup.ts'
import { overallWord } from './suspicion.ts'
import { gateTitle } from './wording.ts'

/** Yield, errors and timeouts with their counts, then what the gates say together. */
export function evidenceLines(view: RolloutView): Markup[] {
  return [...comparisons(view).slice(0, 3).map(line), markup`Gates: *${overallWord(view.verdict)}*`]
}

function line(each: Comparison): Markup {
  const title = `${gateTitle(each.name)}${each.observes ? ' (observes)' : ''}`
  if (each.canaryOf === null) return markup`${title}: no canary runs yet`
  const delta =
    each.delta === null
      ? 'too few to tell a difference'
      : `${each.delta}${each.bounds === null ? '' : ` ${each.bounds}`}`
  return markup`${title}: *${each.canaryOf}* vs ${each.referenceOf ?? 'no base runs'}, ${delta}`
}

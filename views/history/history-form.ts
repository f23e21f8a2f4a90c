// What the history can be asked for: a plain form that works without script.
import { outcome } from '../../server/domain/learning/outcome.ts'
import { type Html, html } from '../html.ts'

/** As they stand in the address; empty: not asked for. */
export type HistoryAsked = {
  procedure: string
  label: string
  site: string
  outcome: string
  from: string
  to: string
}
export type Choices = { procedures: { id: string; name: string }[]; labels: string[]; sites: string[] }

export function historyForm(asked: HistoryAsked, choices: Choices, base: string): Html {
  const procedures = choices.procedures.map(({ id, name }) => ({ value: id, name }))
  const named = (names: readonly string[]) => names.map((name) => ({ value: name, name }))
  return html`<form class="filters" method="get" action="${base}/history" role="search" aria-label="History">
${select('procedure', 'Procedure', procedures, asked.procedure)}
${select('label', 'Label', named(choices.labels), asked.label)}
${select('site', 'Site', named(choices.sites), asked.site)}
${select('outcome', 'Outcome', named(outcome.options), asked.outcome)}
<label>From <input type="date" name="from" value="${asked.from}"></label>
<label>To <input type="date" name="to" value="${asked.to}"></label>
<button type="submit">Show</button>
</form>`
}

/** What is asked for stays, though it is none of the usual choices. */
function select(
  name: string,
  label: string,
  choices: { value: string; name: string }[],
  chosen: string,
): Html {
  const known = chosen === '' || choices.some(({ value }) => value === chosen)
  const all = known ? choices : [...choices, { value: chosen, name: chosen }]
  return html`<label>${label} <select name="${name}">
<option value="">any</option>${all.map(
    (each) =>
      html`<option value="${each.value}"${each.value === chosen && html` selected`}>${each.name}</option>`,
  )}</select></label>`
}

// Deciding on the page: the verbs of the card, as plain forms, for who may; for others, how they could.
import { createHash } from 'node:crypto'
import type { RolloutView } from '../../../server/domain/rollout-view.ts'
import { withTimes } from '../../format/instant.ts'
import { type Html, html, htmlText } from '../../html.ts'
import type { PageFrame } from '../../page-document.ts'
import type { Written } from './decision-form.ts'
import { decisionForms } from './decision-forms.ts'

export type Deciding = {
  /** Of this drawing of the forms: the same one sent twice is one decision. */
  commandId: string
  /** Somebody whom Slack knows: a name that counts as an approval, and in rights. */
  isNamed: boolean
  /** Its build is still the active one, so that it can be rolled back. */
  canRollBack: boolean
  /** What the form that was just sent came to. */
  outcome: { done: boolean; lines: string[] } | null
  /** What stood in a form that was refused. */
  written: Written | null
}

/** Repeats what somebody wrote where it did not come to pass: its form may be gone by now. */
export function outcomeNotice({ outcome, written }: Deciding): Html | null {
  if (outcome === null) return null
  const lost = written?.why ?? ''
  return html`<div class="notice ${outcome.done ? 'done' : 'refused'}" role="${outcome.done ? 'status' : 'alert'}"><strong>${outcome.done ? 'Done' : 'Nothing was changed'}.</strong> ${outcome.lines.map((line) => html`${withTimes(line)} `)}${lost !== '' && html`You had written: <q>${lost}</q>`}</div>`
}

export function decisions(view: RolloutView, deciding: Deciding, frame: PageFrame): Html {
  const { reader, formToken } = frame
  if (reader?.kind !== 'person' || formToken === null) return howToDecide(frame)
  const forms = (commandId: string) =>
    decisionForms(view, deciding, { action: `${frame.base}/rollouts/${view.id}`, formToken, commandId })
  const shown = forms(deciding.commandId)
  if (shown.length === 0) return html`<section class="decide" data-part="decide" hidden></section>`
  // Every drawing has ids of its own; it is new when something else is.
  const digest = createHash('sha256').update(forms('').map(htmlText).join('')).digest('base64url')
  return html`<section class="decide" id="decide" data-part="decide" data-digest="${digest.slice(0, 16)}">
<h2>Decide</h2>
<p class="quiet">${whoDecides(deciding, frame)}</p>
<div class="forms">${shown}</div>
</section>`
}

function whoDecides({ isNamed }: Deciding, { reader, signIn }: PageFrame): Html {
  if (isNamed && reader?.kind === 'person')
    return html`As <bdi>${reader.name}</bdi>, with the rights that you have in Slack. The card there follows at once.`
  return html`As somebody at this machine, whose name nobody knows: you may do what the settings let everybody do, and you cannot approve. ${signIn !== null && html`<a href="${signIn}">Sign in with Slack</a> to decide under your name.`}`
}

function howToDecide({ signIn }: PageFrame): Html {
  return html`<section class="decide" data-part="decide"><p class="quiet">You read this page by its link. To decide, ${
    signIn === null
      ? html`use the card in Slack, or /rollout there.`
      : html`<a href="${signIn}">sign in with Slack</a>, or use the card there.`
  }</p></section>`
}

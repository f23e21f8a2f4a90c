// The form by which a person answers for the units of a list: it works without script, and carries the list it showed.
import type { Containment } from '../../server/domain/containment.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { hidden } from '../rollout/decide/decision-form.ts'

export type SigningOff = {
  /** Slack has told who the reader is; somebody at this machine alone writes their name. */
  isNamed: boolean
  /** Why what was sent was not done, and what it said; null before. */
  refused: { line: string; note: string; name: string } | null
}

/** Null where there is nothing to sign, or the reader may only read. */
export function signOffForm(
  { state, counts, rolloutId }: Pick<Containment, 'state' | 'counts' | 'rolloutId'>,
  { isNamed, refused }: SigningOff,
  { base, reader, formToken }: PageFrame,
): Html | null {
  if (state !== 'open' && state !== 'changed') return null
  if (reader?.kind !== 'person' || formToken === null)
    return html`<section><h2>Sign off</h2><p class="quiet">In the thread of the rollout’s card in Slack, or here once you are signed in.</p></section>`
  return html`<section id="sign-off" class="decide"><h2>Sign off</h2>
${refused !== null && html`<p class="suspect" role="alert">${refused.line}</p>`}
<form method="post" action="${base}/rollouts/${rolloutId}/containment">
${hidden('token', formToken)}${hidden('digest', counts.digest)}
${!isNamed && html`<label>Your name<input name="name" maxlength="60" required autocomplete="name" value="${refused?.name ?? ''}"></label>`}
<label>What was done with the units?<textarea name="note" rows="3" maxlength="1000" required>${refused?.note ?? ''}</textarea></label>
<button>Sign off this list</button>
</form></section>`
}

// What the new build did in shadow, beside base on the same units.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { evidenceSize } from '../format/evidence.ts'
import { type Html, html } from '../html.ts'

export function shadow(view: RolloutView): Html | null {
  if (view.shadow === null) return null
  const { pairs, concordant, logEvidence, headline } = view.shadow
  const voided = view.shadow.void
  return html`<section data-part="shadow">
<h2>Shadow runs</h2>
<p>${headline.charAt(0).toUpperCase()}${headline.slice(1)}.${pairs > 0 && html` On ${concordant} both did the same. Evidence that the new build fails units that base passes: <strong>${evidenceSize(logEvidence)}</strong>, which builds that are alike bring to 20 in at most 1 of 20 rollouts, however often it is looked at.`}</p>
${voided > 0 && html`<p class="quiet">${counted(voided, 'pair')} left out: a run was aborted, or the production run was not of base.</p>`}
<p class="quiet">A shadow run counts nowhere in production: in no yield, no arm and no station’s progress.</p>
</section>`
}

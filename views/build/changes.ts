// What it changes of phases, measurements and limits, against base or against another build.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import { counted } from '../format/count.ts'
import { buildLink } from '../format/links.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { changeTable } from '../rollout/changes.ts'

type Known = Extract<BuildDetail['diff'], { build: unknown }>['build']

export function buildChanges({ id, diff, others, procedure }: BuildDetail, frame: PageFrame): Html {
  return html`<section data-part="changes" id="changes">
<h2>Changes of the test</h2>
${'whyNot' in diff ? html`<p class="empty">Nothing to compare it with: ${diff.whyNot}</p>` : shown(diff, frame)}
${
  others.length > 0 &&
  html`<form class="filters" method="get" action="${frame.base}/deployments/${id}#changes"><label>Compare with <select name="against"><option value="">the usual one</option>${others.map(
    (each) =>
      html`<option value="${each.id}"${'against' in diff && diff.against.id === each.id && html` selected`}>${each.version}</option>`,
  )}</select></label><button type="submit">Compare</button></form>`
}
<p class="quiet"><a href="${frame.base}/procedures/${procedure.id}/replay?deployment=${id}#predicted">What first-pass yield its limits would give, by what is stored</a></p>
</section>`
}

function shown(diff: Extract<BuildDetail['diff'], { build: unknown }>, frame: PageFrame): Html {
  const { build, against, shown: found } = diff
  const between = html`<p class="quiet">Against ${buildLink(frame, against)}. ${known(build)}; ${known(against)}.</p>`
  if (found === null)
    return html`${between}<p>${isKnown(build) && isKnown(against) ? 'Nothing of phases, measurements and limits is changed.' : 'Not enough is known of both to tell what is changed: it is learned from their first runs, or declared with the build.'}</p>`
  return html`${between}<p>${counted(found.total, 'change')}, ${found.undeclared === 0 ? 'each declared or accepted' : `${found.undeclared} not declared`}${found.holding > 0 && html`: <strong>${counted(found.holding, 'change')} of limits</strong> to be declared, accepted with a reason, or passed over`}.</p>
${changeTable(found)}`
}

function isKnown({ runs, isDeclared }: Known): boolean {
  return runs > 0 || isDeclared
}

function known({ version, runs, passes, isDeclared }: Known): string {
  const declared = isDeclared ? 'declared by its author' : 'not declared'
  return `${version}: ${declared}, ${runs === 0 ? 'no run read yet' : `learned from ${counted(runs, 'run')}, of which ${passes} passed`}`
}

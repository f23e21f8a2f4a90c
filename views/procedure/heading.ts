// What the procedure is, what goes on with it now, and where more of it is told.
import type { ProcedureRecord } from '../../server/domain/procedure-record.ts'
import { counted } from '../format/count.ts'
import { minutes } from '../format/duration.ts'
import { time } from '../format/instant.ts'
import { buildLink, rolloutLink } from '../format/links.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function procedureHeading(procedure: ProcedureRecord, frame: PageFrame): Html {
  const { id, name, identifier, zone, repository, productionBranch, autoPush } = procedure
  const own = `${frame.base}/procedures/${id}`
  return html`<header class="heading" data-part="heading">
<h1>${name}${identifier !== null && html` <span class="version">${identifier}</span>`}</h1>
<p class="origin">Procedure on ${counted(procedure.stationCount, 'station')}, in the time of ${zone}, since ${time(procedure.createdAt)}. ${repository === null ? 'Its builds come by the interface or the command line.' : html`Its builds come from <code>${repository}</code>; those of <code>${productionBranch}</code> are production builds.`} New production builds ${autoPush ? 'start by themselves' : 'wait for somebody to start them'}.</p>
<p class="origin">A run that lasts longer than ${minutes(procedure.timeLimitSeconds / 60)} is a timeout; after an abort every station is to be back within ${minutes(procedure.revertLimitMinutes)}. First attempts: ${procedure.attemptRule === 'ever' ? 'the first run of a unit ever' : 'the first run of a unit on each day'}.</p>
<p>${now(procedure, frame)}</p>
<p><a href="${own}/learning">What its rollouts teach</a> · <a href="${own}/replay">Replay a plan over its past</a></p>
</header>`
}

function now({ live, builds }: ProcedureRecord, frame: PageFrame): Content {
  const active = builds.find(({ isActive }) => isActive)
  const runs =
    active === undefined
      ? html`<strong>No build is active yet.</strong> Register one with <code>firstpass deploy</code>, then name what already runs with <code>PUT /api/v1/procedures/{id}/active-deployment</code>.`
      : html`<strong>${buildLink(frame, active)}</strong> is active.`
  if (live === null)
    return html`${runs} No rollout is live${active !== undefined && html`: start one in Slack with <code>/rollout start</code>`}.`
  const where =
    live.stageIndex < 0 ? 'before its first stage' : `in stage ${live.stageIndex + 1} of ${live.stageCount}`
  return html`${runs} ${rolloutLink(frame, live.id, html`The rollout of ${live.version}`)} is ${live.status}, ${where}.`
}

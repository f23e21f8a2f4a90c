// What was built of which commit, by whom, where its artifact is, and whether it may be rolled out.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import { isWebAddress } from '../../server/domain/web-address.ts'
import { time } from '../format/instant.ts'
import { procedureLink, rolloutLink } from '../format/links.ts'
import { points } from '../format/rate.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised, sentence } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

/** Longer messages are told whole where their commit is. */
const mostMessage = 4_000
const mostMetadata = 30

export function buildHeading(build: BuildDetail, frame: PageFrame): Html {
  const { commit, procedure, version, labels } = build
  const [title = '', ...rest] = commit.message.split('\n')
  const more = rest.join('\n').trim()
  return html`<header class="heading" data-part="heading">
<h1>${procedureLink(frame, procedure)} <span class="version">${version}</span></h1>
<p class="message">${sha(commit)} <bdi>${title}</bdi></p>
${more !== '' && html`<pre class="commit">${more.length > mostMessage ? `${more.slice(0, mostMessage).toWellFormed()}…` : more}</pre>`}
<p class="origin">by ${commit.author}${commit.branch !== null && html` on <code>${commit.branch}</code>`}, registered ${time(build.createdAt)} by ${sourceWords(build.source)}</p>
<p>${standing(build, frame)}</p>
${labels.length > 0 && html`<p>Its change is about: ${labels.map((label) => html`<span class="word">${label}</span> `)}</p>`}
${expected(build)}
${build.promoted !== null && html`<p>A ${build.promoted.from} build at first; made a production build by ${actorName(build.promoted.by)}, ${time(build.promoted.at)}${reason(build.promoted.by, build.promoted.why)}.</p>`}
${artifact(build)}
${statuses(build)}
</header>`
}

function sha({ sha: text, url }: BuildDetail['commit']): Html {
  const code = html`<code>${text.slice(0, 12)}</code>`
  return url === null ? code : html`<a href="${url}" rel="noreferrer">${code}</a>`
}

function sourceWords(source: string): string {
  return (
    {
      api: 'the interface',
      'command line': 'the command line',
      github: 'a webhook of GitHub',
      tofupilot: 'TofuPilot',
    }[source] ?? source
  )
}

function standing(
  { isActive, status, environment, notEligible, completedAt, push }: BuildDetail,
  frame: PageFrame,
): Content {
  const is = isActive
    ? html`<strong>It is the active build.</strong>`
    : html`<strong>${capitalised(status)}</strong>, a ${environment} build.`
  const known =
    completedAt !== null && html` It first ran on all stations ${time(completedAt)}: a rollback may go to it.`
  const not =
    !isActive && notEligible !== null && html` It ${sentenceEnd(notEligible.why)} ${notEligible.next}`
  return html`${is}${known}${not}${pushed(push, frame)}`
}

function sentenceEnd(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function pushed(push: BuildDetail['push'], frame: PageFrame): Content {
  if (push === null) return null
  if (push.rolloutId !== null)
    return html` ${rolloutLink(frame, push.rolloutId, 'Its rollout')} was started by itself.`
  return html` It did not start by itself: ${sentence(push.held ?? 'nobody knows why')}`
}

function expected({ expectation, expectedYieldChange }: BuildDetail): Content {
  const change =
    expectedYieldChange === null || expectedYieldChange === 0
      ? null
      : `${points(expectedYieldChange)} of first-pass yield`
  const words = expectation === null || expectation === '' ? null : html`<q>${expectation}</q>`
  if (change === null && words === null) return null
  return html`<p>Expected of it: ${change}${change !== null && words !== null && ', '}${words}</p>`
}

function artifact({ artifact: { url, sha256, metadata } }: BuildDetail): Content {
  const facts = Object.entries(metadata).slice(0, mostMetadata)
  if (url === null && sha256 === null && facts.length === 0)
    return html`<p class="quiet">No artifact is named: stations learn its version alone.</p>`
  return html`<dl class="facts wide">
<div><dt>Artifact</dt><dd>${url === null ? 'no address' : address(url)}</dd></div>
${sha256 !== null && html`<div><dt>SHA-256</dt><dd><code>${sha256}</code></dd></div>`}
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${cut(typeof value === 'string' ? value : JSON.stringify(value))}</dd></div>`)}
</dl>`
}

/** One that was kept before addresses were checked may be anything. */
function address(url: string): Html {
  return isWebAddress(url) ? html`<a href="${url}" rel="noreferrer">${url}</a>` : html`<code>${url}</code>`
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300).toWellFormed()}…` : text
}

function statuses({ statusChanges }: BuildDetail): Content {
  if (statusChanges.length < 2) return null
  return html`<ol class="record">${statusChanges.map(
    ({ to, at, by, why }) =>
      html`<li><span class="when">${time(at)}</span><span class="what">${capitalised(to)}${reason(by, why)}</span><span class="who">${actorName(by)}</span></li>`,
  )}</ol>`
}

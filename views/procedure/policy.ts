// The policy in force, as a person reads it: gates, hours, freezes, who may do what, who must approve.
import type { Freeze } from '../../server/domain/freeze.ts'
import { type CountedGate, type Gate, isCounted, minimumOf } from '../../server/domain/gates/gate.ts'
import type { OpeningHours } from '../../server/domain/opening-hours.ts'
import type { People } from '../../server/domain/people.ts'
import type { PolicyInForce, ProcedureRecord } from '../../server/domain/procedure-record.ts'
import { count } from '../format/count.ts'
import { minutes } from '../format/duration.ts'
import { time } from '../format/instant.ts'
import { budgetPercent } from '../format/rate.ts'
import { reason } from '../format/reason.ts'
import { actorName, gateTitle, modeWords } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'

export function procedurePolicy({ policy }: ProcedureRecord): Html {
  const { effective } = policy
  return html`<section data-part="policy" id="policy">
<h2>Policy in force</h2>
<p class="quiet">Risk class ${effective.riskClass}: stages pass on what is ${effective.passes}. ${changed(policy)} A rollout keeps the gates it was started with.</p>
<table class="stacked policy">
<thead><tr><th scope="col">Gate</th><th scope="col">A breach</th><th scope="col">Where it stops</th><th scope="col" class="number">Alarm budget</th></tr></thead>
<tbody>${effective.gates.map(gate)}</tbody>
</table>
<dl class="facts wide">
${fact('Rolls back by itself', effective.autoRollback ? 'gates in mode “rolls back” may' : 'never: such gates pause')}
${fact('Hours', hours(policy))}
${fact('Outside of the hours', effective.overnight === 'pause' ? 'a rollout is paused' : 'a rollout goes on, but takes no further station')}
${fact('Freezes', freezes(policy))}
${fact('Approvals', approvals(policy))}
${fact('Longest stage', effective.stageMinutes === null ? 'three times its soak' : minutes(effective.stageMinutes))}
${fact('Shifts', effective.shifts === null ? 'a day is not cut' : `begin ${effective.shifts.starts.join(', ')} ${effective.shifts.zone}`)}
${fact('Who may', rights(policy))}
${fact('Called for a breach', alerted(policy))}
</dl>
</section>`
}

function changed({ version, changed: by }: PolicyInForce): Content {
  if (by === null) return 'The procedure has no policy of its own.'
  return html`Its own policy is version ${version}, changed by ${actorName(by.by)}, ${time(by.at)}${reason(by.by, by.why)}.`
}

function fact(name: string, what: Content): Html {
  return html`<div><dt>${name}</dt><dd>${what}</dd></div>`
}

function gate(each: Gate): Html {
  return html`<tr><th scope="row">${gateTitle(each.name)}</th><td data-label="A breach">${modeWords[each.mode]}${each.stages !== null && html`<small>in stages ${each.stages.map((index) => index + 1).join(', ')} only</small>`}</td><td data-label="Stops">${stops(each)}</td><td class="number" data-label="Budget">${isCounted(each) ? budgetPercent(each.alpha) : 'a condition'}</td></tr>`
}

function stops(each: Gate): Content {
  if (!isCounted(each)) return condition(each)
  const least = minimumOf(each)
  return html`${margin(each)}${least > 0 && html`<small>never passes below ${count(least)}</small>`}`
}

function margin(each: CountedGate): string {
  if (each.metric === 'error budget') return `${count(each.extraFailures)} failures more than expected`
  const points = 'marginPoints' in each ? each.marginPoints : 0
  const factor = 'marginRelative' in each ? each.marginRelative : 1
  const parts = [
    ...(factor > 1 ? [`${Number(((factor - 1) * 100).toFixed(1))} % more bad ones than expected`] : []),
    ...(points > 0 ? [`${Number((points * 100).toFixed(2))} points off what is expected`] : []),
  ]
  const beyond = parts.length === 0 ? 'any proven rise' : `beyond ${parts.join(' and ')}`
  return 'shiftRelative' in each ? `${beyond}; bad is a run ${shift(each)}` : beyond
}

const ways = { increase: 'over', decrease: 'under', either: 'off' }

function shift(each: { direction: keyof typeof ways; shiftRelative: number; shiftBy: number }): string {
  const sizes = [
    ...(each.shiftRelative > 0 ? [`${Number((each.shiftRelative * 100).toFixed(1))} %`] : []),
    ...(each.shiftBy > 0 ? [String(each.shiftBy)] : []),
  ]
  return `${sizes.join(' and ')} ${ways[each.direction]} what is usual for its station`.trim()
}

function condition(each: Exclude<Gate, CountedGate>): string {
  switch (each.metric) {
    case 'telemetry':
      return `unless ${each.expression}, for ${minutes(each.forMinutes)}`
    case 'new failure mode':
      return `a new mode in ${each.minimumRuns} runs of ${each.minimumUnits} units`
    case 'reference samples':
      return 'a known bad unit that passes, a known good one that fails'
    case 'mixed builds':
      return `more than ${Number((each.limit * 100).toFixed(1))} % of runs on a third build`
    case 'sample ratio':
      return `units not shared as planned (${Number((each.canaryShare * 100).toFixed(1))} %)`
  }
}

function hours({ effective }: PolicyInForce): Content {
  const own = effective.hours.map((each) => html`<li>${hoursText(each)}</li>`)
  const all = effective.organisationHours.map(
    (each) => html`<li>${hoursText(each)}, by the organisation</li>`,
  )
  return own.length + all.length === 0 ? 'always open' : html`<ul class="plain">${own}${all}</ul>`
}

function hoursText({ sites, zone, days, from, to }: OpeningHours): string {
  const when = days.length === 7 ? 'daily' : days.join(', ')
  const where = sites.length === 0 ? 'every site' : sites.join(', ')
  return `${where}: ${when} ${from === to ? 'all day' : `${from}–${to}`} ${zone}`
}

function freezes({ freezes: all }: PolicyInForce): Content {
  return all.length === 0 ? 'none' : html`<ul class="plain">${all.map(freeze)}</ul>`
}

function freeze({
  from,
  to,
  why,
  sites,
  by,
  inForce,
  isOfAll,
}: Freeze & { inForce: boolean; isOfAll: boolean }): Html {
  const end = to === null ? 'until somebody lifts it' : html`until ${time(Date.parse(to))}`
  return html`<li>${inForce ? html`<strong class="alert">Frozen now</strong>` : html`Set for ${time(Date.parse(from))}`}${sites.length > 0 && ` at ${sites.join(', ')}`}${isOfAll && ', everything'}, ${end}: <q>${why}</q>${by !== undefined && html` by ${actorName(by)}`}</li>`
}

function approvals({ effective }: PolicyInForce): string {
  const { startApprovals, stageApprovals, approvalsLastMinutes, fourEyes } = effective
  const lasts = approvalsLastMinutes === null ? '' : `, each lasts ${minutes(approvalsLastMinutes)}`
  return `${startApprovals ?? 0} for a start, ${stageApprovals ?? 0} for each stage${lasts}${fourEyes ? '; whoever started may not approve' : ''}`
}

const kinds = {
  decide: 'start, advance and resume',
  stop: 'pause, abort, roll back and freeze',
  approve: 'approve',
  configure: 'change the settings',
}

function rights({ effective }: PolicyInForce): Html {
  const general = Object.entries(kinds).map(([kind, what]) => {
    const who = effective.rights[kind as keyof typeof kinds]
    return html`<li>${what}: ${people(who ?? null)}</li>`
  })
  const single = Object.entries(effective.rights).flatMap(([verb, who]) =>
    who === undefined || verb in kinds ? [] : [html`<li>${verb}: ${people(who)}</li>`],
  )
  return html`<ul class="plain">${general}${single}</ul>`
}

/** As Slack's ids: their names are Slack's, and the pages do not ask it. */
function people(who: People | null): string {
  if (who === null) return 'every full member of the workspace'
  const named = [...who.groups.map((id) => `group ${id}`), ...who.users]
  if (named.length === 0) return 'nobody'
  return named.length > 12
    ? `${named.slice(0, 12).join(', ')} and ${named.length - 12} more`
    : named.join(', ')
}

function alerted({ effective }: PolicyInForce): string {
  const { onCall, second, escalateAfterMinutes } = effective.alerts
  const first = onCall === null ? 'the owner' : `the owner and group ${onCall}`
  return second === null
    ? first
    : `${first}; group ${second} after ${minutes(escalateAfterMinutes)} without an answer`
}

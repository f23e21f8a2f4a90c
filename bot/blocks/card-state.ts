// The first lines under a card's title: where it stands, who made it so, what it waits for, what comes next.
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { join, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { stageStations } from './stations.ts'
import { overallWord } from './suspicion.ts'
import { capitalised, decided, gateWord, named, pauseWord, statusWords } from './wording.ts'

export function cardState(view: RolloutView, stage: StageView, isCurrent: boolean): Markup {
  const decision = stage.decision === null ? [] : [decided(stage.decision)]
  if (!isCurrent) {
    const ended = decision.length > 0 ? decision : [markup`*${oneLine(stage.label, 40)}*`]
    return join([...ended, ...approved(stage), stageStations(view, stage)], '\n')
  }
  return join([...standing(view, decision), ...waiting(view), ...next(view)], '\n')
}

/** Of an ended stage; while it goes on, the approvals stand with those that are missing. */
function approved({ approvedBy }: StageView): Markup[] {
  const by = approvedBy.slice(0, 5).map(({ by, at }) => markup`${named(by)}, ${moment(at)}`)
  const more = approvedBy.length > 5 ? ` and ${approvedBy.length - 5} more` : ''
  return by.length === 0 ? [] : [markup`*Approved* by ${join(by, '; ')}${more}`]
}

function standing(view: RolloutView, decision: Markup[]): Markup[] {
  switch (view.status) {
    case 'pending': {
      const start = view.startAt === null ? '' : markup`, starts ${moment(view.startAt)}`
      return [markup`*Waiting to start*${start}. No station has the new build.`]
    }
    case 'active':
      return [markup`*${verdictLine(view)}*`]
    case 'paused':
      return [pauseLine(view), ...gatesMeanwhile(view)]
    case 'aborting':
    case 'aborted':
      return [abortLine(view)]
    case 'completed':
      return [...(decision.length > 0 ? decision : [markup`*Completed* on all stations`]), ...watch(view)]
  }
}

function verdictLine(view: RolloutView): string {
  return capitalised(overallWord(view.verdict))
}

function pauseLine(view: RolloutView): Markup {
  if (view.pause === null) return markup`*Paused*`
  const { by, at, why, reason } = view.pause
  const cause = why === '' ? reason : why
  return markup`*${pauseWord(reason)}* by ${named(by)}, ${moment(at)}: ${said(cause, 300)}`
}

/** Gates judge on while it is paused; after a breach they say so themselves, further down. */
function gatesMeanwhile({ pause, verdict }: RolloutView): Markup[] {
  const isStillBreached = pause?.reason === 'breach' && verdict?.overall !== 'pass'
  const isStillBlind = pause?.reason === 'blind' && verdict?.overall === 'blind'
  return isStillBreached || isStillBlind ? [] : [markup`Gates: *${overallWord(verdict)}*`]
}

function abortLine(view: RolloutView): Markup {
  const title = capitalised(statusWords[view.status])
  if (view.abort === null) return markup`*${title}*`
  const { by, at, why } = view.abort
  return markup`*${title}* by ${named(by)}, ${moment(at)}: ${oneLine(why, 300)}`
}

/** After completion each station is compared with its own past for a while. */
function watch(view: RolloutView): Markup[] {
  const alarms = view.alarms
    .slice(0, 5)
    .map(
      ({ gate, severity, at, headline }) =>
        markup`*${severity === 'severe' ? 'Severe alarm' : 'Alarm'} of the watch, ${gateWord(gate)}*, ${moment(at)}: ${said(headline, 220)}`,
    )
  const until = view.watchUntil === null ? [] : [markup`Watched until ${moment(view.watchUntil)}`]
  return [...alarms, ...until]
}

/** Unmet items and plain sentences often say the same, and the pause says its cause: each is said once. */
function waiting(view: RolloutView): Markup[] {
  if (view.status === 'aborted' || view.status === 'completed') return []
  const { items } = view.readiness
  const open = items.filter((item) => !item.met).map((item) => item.text)
  const cause = view.pause?.why || null
  const others = view.waitsFor.filter((text) => cause === null || !text.endsWith(cause))
  const all = [...new Set([...open, ...others])].slice(0, 8).map((text) => said(text, 160))
  const met = items.filter((item) => item.met).map((item) => oneLine(item.text, 100))
  return [
    ...(all.length === 0 ? [] : [markup`*Waits for* ${join(all, '; ')}`]),
    ...(met.length === 0 ? [] : [markup`*Done* ${met.slice(0, 8).join('; ')}`]),
  ]
}

function next(view: RolloutView): Markup[] {
  return view.next === '' ? [] : [markup`*Next* ${said(view.next, 240)}`]
}

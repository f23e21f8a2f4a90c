// The first lines under a card's title: where it stands, who made it so, what it waits for, what comes next.
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { join, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { stageStations } from './stations.ts'
import { capitalised, decided, named, statusWords, verdictWords } from './wording.ts'

export function cardState(view: RolloutView, stage: StageView, isCurrent: boolean): Markup {
  const decision = stage.decision === null ? [] : [decided(stage.decision)]
  if (!isCurrent)
    return join(
      [...(decision.length > 0 ? decision : [markup`*${stage.label}*`]), stageStations(view, stage)],
      '\n',
    )
  return join([...standing(view, decision), ...waiting(view), ...next(view)], '\n')
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
      return decision.length > 0 ? decision : [markup`*Completed* on all stations`]
  }
}

function verdictLine(view: RolloutView): string {
  const word = view.verdict === null ? 'not judged yet' : verdictWords[view.verdict.overall]
  return capitalised(word)
}

function pauseLine(view: RolloutView): Markup {
  if (view.pause === null) return markup`*Paused*`
  const { by, at, why, reason } = view.pause
  const cause = why === '' ? reason : why
  return markup`*Paused* by ${named(by)}, ${moment(at)}: ${said(cause, 300)}`
}

/** Gates judge on while it is paused; after a breach they say so themselves, further down. */
function gatesMeanwhile(view: RolloutView): Markup[] {
  const isStillBreached = view.pause?.reason === 'breach' && view.verdict?.overall !== 'pass'
  return isStillBreached ? [] : [markup`Gates: *${verdictLine(view).toLowerCase()}*`]
}

function abortLine(view: RolloutView): Markup {
  const title = capitalised(statusWords[view.status])
  if (view.abort === null) return markup`*${title}*`
  const { by, at, why } = view.abort
  return markup`*${title}* by ${named(by)}, ${moment(at)}: ${oneLine(why, 300)}`
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

// What became of a rollout, said once in its channel: outcome, time, evidence, who decided what.
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import {
  actions,
  type CardBlock,
  context,
  fields,
  header,
  type Message,
  messageText,
  section,
} from './build.ts'
import { pageButton } from './card-buttons.ts'
import { evidenceLines } from './evidence-lines.ts'
import { failureLine } from './failure-lines.ts'
import { join, type Markup, markup, moment, oneLine } from './markup.ts'
import { count } from './numbers.ts'
import { extraFailuresText } from './stake.ts'
import type { Numbered } from './thread-events.ts'
import { buildName, gateWord, named } from './wording.ts'

export function summaryMessage(view: RolloutView, events: Numbered[]): Message {
  const outcome = outcomeOf(view)
  const facts = [
    ...time(view),
    markup`Owner ${named(view.owner)}, plan ${oneLine(view.preset, 40)}, reached ${reached(view)}`,
    ...why(view),
    ...breaches(view),
    ...extra(view),
    ...failureLine(view),
    ...watch(view),
  ]
  const measured = view.canaryArm.runs === 0 ? [] : evidenceLines(view)
  const decisions = decisionLines(events)
  const blocks: CardBlock[] = [
    header('summary', outcome),
    section('facts', join(facts, '\n'), 2000),
    ...(measured.length === 0 ? [] : [fields('evidence', measured, 300)]),
    ...(decisions.length === 0 ? [] : [context('decisions', [join(decisions, '\n')], 2500)]),
    actions('buttons', [pageButton(view)]),
  ]
  return {
    text: messageText(join([markup`*${outcome}*`, ...facts, ...measured, ...decisions], '\n')),
    blocks,
  }
}

/** The end of a rollout: an abort is over when the last station is back, at once where none ever had the build. */
export function isTheEnd(event: Numbered, events: Numbered[]): boolean {
  if (event.type === 'RolloutCompleted' || event.type === 'AbortFinished') return true
  return event.type === 'RolloutAborted' && !events.some((each) => each.type === 'StageStarted')
}

function outcomeOf(view: RolloutView): string {
  const of = buildName(view)
  const exposed = view.stations.filter((station) => station.status !== 'queued' && station.status !== 'left')
  if (view.status === 'completed') return `${of} completed on ${count(exposed.length, 'station')}`
  if (exposed.length === 0) return `${of} aborted before any station had it`
  return `${of} aborted: ${count(exposed.length, 'station')} back on ${oneLine(view.base.version, 40)}`
}

function time({ createdAt, startedAt, endedAt }: RolloutView): Markup[] {
  const from = startedAt ?? createdAt
  if (endedAt === null) return []
  return [markup`Took ${lasting(endedAt - from)}, ${moment(from)} to ${moment(endedAt)}`]
}

function reached(view: RolloutView): string {
  return view.stageIndex < 0 ? 'no stage' : `stage ${view.stageIndex + 1} of ${view.stages.length}`
}

function why({ abort }: RolloutView): Markup[] {
  return abort === null ? [] : [markup`Aborted by ${named(abort.by)}: ${oneLine(abort.why, 300)}`]
}

function breaches({ breaches }: RolloutView): Markup[] {
  if (breaches.length === 0) return [markup`No gate was breached`]
  const all = breaches.slice(0, 5).map(({ gate, severity, closed }) => {
    const how = closed === null ? 'still open' : closed.how
    return `${severity === 'severe' ? 'severe, ' : ''}${gateWord(gate)} (${how})`
  })
  const more = breaches.length > 5 ? ` and ${breaches.length - 5} more` : ''
  return [
    markup`${count(breaches.length, 'breach').replace(/breachs$/, 'breaches')}: ${all.join('; ')}${more}`,
  ]
}

function extra({ economics }: RolloutView): Markup[] {
  const found = economics?.extraFailures ?? null
  return found === null ? [] : [markup`Cost: ${extraFailuresText(found)}`]
}

function watch({ watchUntil }: RolloutView): Markup[] {
  return watchUntil === null
    ? []
    : [markup`Every station is compared with its own past until ${moment(watchUntil)}`]
}

const mostDecisions = 12

/** What people decided, in order; what the service does by itself follows from it. */
function decisionLines(events: Numbered[]): Markup[] {
  const all = events.flatMap((event) => {
    const what = decision(event)
    return what === null || event.by.kind === 'service'
      ? []
      : [markup`${moment(event.at)} ${named(event.by)} ${what}`]
  })
  const more = all.length - mostDecisions
  return more <= 0 ? all : [...all.slice(0, mostDecisions), markup`and ${more} more on its page`]
}

function decision(event: RolloutEvent): string | null {
  switch (event.type) {
    case 'RolloutCreated':
      return because('asked for it', event.why)
    case 'StartApproved':
      return 'approved the start'
    case 'StageApproved':
      return `approved stage ${event.stageIndex + 1}`
    case 'StageAdvanced':
      return because(`advanced to stage ${event.to + 1}${overriding(event.override)}`, event.why)
    case 'StageSet':
      return because(`jumped to stage ${event.to + 1}${overriding(event.override)}`, event.why)
    case 'StageUndone':
      return because(`went back to stage ${event.to + 1}`, event.why)
    case 'RolloutPaused':
      return because('paused', event.why)
    case 'RolloutResumed':
      return because('resumed', event.why)
    case 'BreachAcknowledged':
      return because(`acknowledged the ${gateWord(event.gate)} breach`, event.why)
    case 'StationWaived':
      return because('waived a station', event.why)
    case 'RetestsAsked':
      return `asked for ${event.units} retests`
    case 'ChangesAccepted':
      return because(`accepted ${count(event.words.length, 'change')} of limits`, event.why)
    case 'DefinitionDeclared':
      return 'declared what the build tests anew'
    case 'RolloutAborted':
      return because('aborted', event.why)
    case 'RolloutCompleted':
      return because(`completed${overriding(event.override)}`, event.why)
    default:
      return null
  }
}

function overriding(passedOver: string[]): string {
  return passedOver.length === 0 ? '' : `, overriding ${count(passedOver.length, 'condition')}`
}

function because(what: string, why: string | null): string {
  return why === null || why === '' ? what : `${what}: ${oneLine(why, 120)}`
}

/** "2 h 5 min", "3 days 4 h" */
function lasting(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60]
  const parts =
    days > 0
      ? [count(days, 'day'), `${hours} h`]
      : hours > 0
        ? [`${hours} h`, `${rest} min`]
        : [`${rest} min`]
  return parts.join(' ')
}

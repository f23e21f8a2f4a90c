// What is said in the thread of a card: a breach, how it ended, and what the service did by itself.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { typed } from '../commands/words.ts'
import { reminder } from './approval-message.ts'
import { type Message, messageText, section } from './build.ts'
import { join, link, type Markup, markup, mentionGroup, moment, oneLine, said } from './markup.ts'
import { count } from './numbers.ts'
import { breachesTouchedBy, type Numbered } from './thread-events.ts'
import { buildName, called, callsFor, named } from './wording.ts'

/** Null for an event that has no place in a thread. */
export function replyMessage(view: RolloutView, event: Numbered, events: Numbered[]): Message | null {
  const text = replyText(view, event, events)
  return text === null ? null : { text: messageText(text), blocks: [section('reply', text)] }
}

function replyText(view: RolloutView, event: Numbered, events: Numbered[]): Markup | null {
  const of = buildName(view)
  switch (event.type) {
    case 'BreachAcknowledged':
    case 'BreachRecovered':
    case 'RolloutAborted':
    case 'RolloutCompleted':
      return markup`${of}: ${endLine(event)}`
    case 'BreachWorsened': {
      const calls = observed(event, events)
        ? ''
        : markup` ${callsFor(view)}: acknowledge it with a reason, or abort.`
      return markup`${of}: the ${oneLine(event.gate, 60)} breach has grown, ${moment(event.at)}: ${said(event.headline, 300)}${calls}`
    }
    case 'BreachEscalated':
      return escalationText(view, event, events)
    case 'ApprovalReminded':
      return reminder(view, event.stageIndex)
    case 'AbortFinished':
      return markup`${of}: the abort is finished, every station that had the build is back on base.`
    case 'RolloutPaused':
      return restText(of, event)
    case 'RolloutResumed':
      return event.by.kind === 'service'
        ? markup`${of}: resumed by itself, ${moment(event.at)}${event.why === null ? '' : markup`: ${said(event.why, 300)}`}.`
        : null
    case 'StageUnmeasured':
      return markup`${of}: ${said(event.why ?? 'Firstpass was away', 300)}, from ${moment(event.from)} to ${moment(event.to)}, while stage ${event.stageIndex + 1} soaked. Nobody measured it, so this time does not count; it does when stations send runs that they kept from it.`
    case 'WatchAlarmed':
      return alarmText(view, event)
    case 'ChangesAccepted':
      return markup`${of}: ${named(event.by)} accepted ${count(event.words.length, 'change')} of limits, ${moment(event.at)}: ${said(event.words.join('; '), 600)}. Why: ${oneLine(event.why, 300)}`
    case 'RetestsAsked':
      return markup`${of}: ${named(event.by)} asked for ${event.units} retests, ${moment(event.at)}: list at ${link(view.url, 'its page')}.`
    default:
      return null
  }
}

function restText(of: string, event: Extract<Numbered, { type: 'RolloutPaused' }>): Markup | null {
  const why = said(event.why, 300)
  switch (event.reason) {
    case 'blind':
      return markup`${of}: paused while blind, ${moment(event.at)}: ${why}. No further station gets the build; it resumes by itself when their runs arrive again.`
    case 'window':
      return markup`${of}: paused outside of its hours, ${moment(event.at)}: ${why}. Stations keep the build they have; it resumes by itself.`
    default:
      return null
  }
}

/** A breach that nobody has answered: who was called first may be asleep. */
function escalationText(
  view: RolloutView,
  event: Extract<Numbered, { type: 'BreachEscalated' }>,
  events: Numbered[],
): Markup {
  const breach = breachesTouchedBy(event, events).at(-1)
  const { second } = view.alerts
  const who = second === null ? called(view.owner) : mentionGroup(second)
  const since = breach === undefined ? '' : markup` since ${moment(breach.at)}`
  return markup`${who}: nobody has answered the ${oneLine(event.gate, 60)} breach of ${buildName(view)}${since}. Acknowledge it with a reason, or abort: the buttons are at the top of its thread.`
}

function observed(event: Numbered, events: Numbered[]): boolean {
  return breachesTouchedBy(event, events).every((breach) => breach.mode === 'observe')
}

/** Nothing is taken back after completion without a person: the alarm has the very command. */
function alarmText(view: RolloutView, event: Extract<Numbered, { type: 'WatchAlarmed' }>): Markup {
  const kind = event.severity === 'severe' ? 'severe alarm' : 'alarm'
  const title = markup`*Watch after completion, ${kind}: ${oneLine(event.gate, 60)}* in ${buildName(view)}, ${moment(event.at)}`
  const command = `/rollout rollback ${typed(oneLine(view.procedure.name, 60))} ${typed(oneLine(view.base.version, 40))}`
  const asked = markup`${callsFor(view)}: nothing was taken back. If the build is at fault: \`${command} why it has to go\``
  return join([title, said(event.headline, 400), asked], '\n')
}

export function endLine(event: Numbered): Markup {
  const by = markup`${named(event.by)}, ${moment(event.at)}`
  switch (event.type) {
    case 'BreachAcknowledged':
      return markup`${oneLine(event.gate, 60)} acknowledged by ${by}: ${oneLine(event.why, 300)}`
    case 'BreachRecovered':
      return markup`${oneLine(event.gate, 60)} recovered, ${moment(event.at)}: ${oneLine(event.headline, 300)}`
    case 'BreachOpened':
      return markup`its gate acts from here on, ${moment(event.at)}: told again below`
    case 'RolloutAborted':
      return markup`aborted by ${by}: ${oneLine(event.why, 300)}`
    case 'RolloutCompleted':
      return markup`completed by ${by}${event.why === null ? '' : `: ${oneLine(event.why, 300)}`}`
    default:
      return markup`${event.type}, ${moment(event.at)}`
  }
}

// What is said in the thread of a card: a breach, how it ended, and what the service did by itself.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { drawnFor, writeValue } from '../button-value.ts'
import { actions, button, type CardBlock, type Message, messageText, section } from './build.ts'
import { abortButton, buttonIds, pageButton } from './card-buttons.ts'
import { detailLines } from './gate-lines.ts'
import { join, link, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { stationName, suspicion } from './suspicion.ts'
import { type BreachOpened, endOf, type Numbered } from './thread-events.ts'
import { buildName, called, named } from './wording.ts'

export function breachMessage(view: RolloutView, breach: BreachOpened, events: Numbered[]): Message {
  const end = endOf(breach, events)
  const suspected = suspicion(view, breach.suspect)
  const first = [
    markup`*${title(breach)}: ${oneLine(breach.gate, 60)}* in ${buildName(view)}, ${moment(breach.at)}`,
    said(breach.headline, 400),
    ...(suspected === null ? [] : [markup`*${suspected}*`]),
  ]
  const details = detailLines(breach.details, 10)
  const last = [
    markup`*Done* ${reaction(breach, events)}`,
    end === null ? asks(view, breach) : markup`Ended: ${endLine(end)}`,
  ]
  const blocks: CardBlock[] = [
    section('breach', join(first, '\n')),
    ...(details.length === 0 ? [] : [section('details', join(details, '\n'), 2500)]),
    section('asks', join(last, '\n')),
    actions('buttons', [...(end === null ? openButtons(view, breach) : []), pageButton(view)]),
  ]
  // Said last, the request would be cut off after many details.
  return { text: messageText(join([...first, ...last, ...details], '\n')), blocks }
}

/** Null for an event that has no place in a thread. */
export function replyMessage(view: RolloutView, event: Numbered): Message | null {
  const text = replyText(view, event)
  return text === null ? null : { text: messageText(text), blocks: [section('reply', text)] }
}

function replyText(view: RolloutView, event: Numbered): Markup | null {
  const of = buildName(view)
  switch (event.type) {
    case 'BreachAcknowledged':
    case 'BreachRecovered':
    case 'RolloutAborted':
    case 'RolloutCompleted':
      return markup`${of}: ${endLine(event)}`
    case 'BreachWorsened':
      return markup`${of}: the ${oneLine(event.gate, 60)} breach has grown, ${moment(event.at)}: ${said(event.headline, 300)}`
    case 'AbortFinished':
      return markup`${of}: the abort is finished, every station that had the build is back on base.`
    case 'RolloutPaused':
      return restText(of, event)
    case 'RolloutResumed':
      return event.by.kind === 'service'
        ? markup`${of}: resumed by itself, ${moment(event.at)}${event.why === null ? '' : markup`: ${said(event.why, 300)}`}.`
        : null
    case 'WatchAlarmed':
      return alarmText(view, event)
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

/** Nothing is taken back after completion without a person. */
function alarmText(view: RolloutView, event: Extract<Numbered, { type: 'WatchAlarmed' }>): Markup {
  const kind = event.severity === 'severe' ? 'severe alarm' : 'alarm'
  const title = markup`*Watch after completion, ${kind}: ${oneLine(event.gate, 60)}* in ${buildName(view)}, ${moment(event.at)}`
  const asked = markup`${called(view.owner)}: nothing was taken back. If the build is at fault, roll back to ${oneLine(view.base.version, 40)}.`
  return join([title, said(event.headline, 400), asked], '\n')
}

function title(breach: BreachOpened): string {
  const severe = breach.severity === 'severe'
  if (breach.mode === 'observe') return severe ? 'Observed severe breach' : 'Observed breach'
  return severe ? 'Severe breach' : 'Breach'
}

function endLine(event: Numbered): Markup {
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

/** The protective reaction is decided with the breach, so it carries the same moment. */
function reaction(breach: BreachOpened, events: Numbered[]): string {
  if (breach.mode === 'observe') return 'nothing was stopped: this gate only observes.'
  const together = events.filter((event) => event.sequence > breach.sequence && event.at === breach.at)
  if (together.some((event) => event.type === 'RolloutAborted'))
    return 'rolled back: every station goes back to base.'
  if (together.some((event) => event.type === 'RolloutPaused'))
    return 'paused: no further station gets the build; stations that have it keep it.'
  return 'nothing more was stopped: the rollout had stopped already.'
}

/** Who is asked for what. A gate that only observes calls nobody. */
function asks(view: RolloutView, breach: BreachOpened): Markup {
  if (breach.mode === 'observe')
    return markup`It holds nothing up. Acknowledge it with a reason once it is understood.`
  const look = breach.suspect?.isSuspected
    ? `look at ${stationName(view, breach.suspect.stationId)} first. Then `
    : ''
  return markup`${called(view.owner)}: ${look}acknowledge it with a reason, or abort.`
}

function openButtons(view: RolloutView, breach: BreachOpened) {
  const acknowledge = button({
    actionId: buttonIds.acknowledge,
    label: 'Acknowledge…',
    description: `Acknowledge the ${breach.gate} breach of ${buildName(view)}: asks for a reason`,
    value: writeValue(drawnFor(view, breach.gate)),
  })
  return breach.mode === 'observe' ? [acknowledge] : [acknowledge, abortButton(view)]
}

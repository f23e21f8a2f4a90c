// What is said in the thread of a card: a breach, and how it ended. Everything follows from the recorded events.
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { drawnFor, writeValue } from '../button-value.ts'
import { actions, button, type CardBlock, type Message, messageText, section } from './build.ts'
import { abortButton, buttonIds, pageButton } from './card-buttons.ts'
import { join, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { buildName, called, named } from './wording.ts'

export type Numbered = RolloutEvent & { sequence: number }
type BreachOpened = Extract<Numbered, { type: 'BreachOpened' }>

/** The stage the rollout was in when this event happened: 0 before its start. */
export function stageAt(events: Numbered[], sequence: number): number {
  return events
    .filter((event) => event.sequence <= sequence)
    .reduce((stage, event) => {
      if (event.type === 'StageStarted') return event.stageIndex
      return event.type === 'StageUndone' ? event.to : stage
    }, 0)
}

/** What ended this breach; null while it is open. */
export function endOf(breach: BreachOpened, events: Numbered[]): Numbered | null {
  return events.find((event) => event.sequence > breach.sequence && ends(event, breach)) ?? null
}

/** Breaches whose threads this event ends, oldest first. The end of an abort is said where the abort was. */
export function breachesEndedBy(event: Numbered, events: Numbered[]): BreachOpened[] {
  const opened = events.filter((each) => each.type === 'BreachOpened' && each.sequence < event.sequence)
  const breaches = opened.flatMap((each) => (each.type === 'BreachOpened' ? [each] : []))
  return breaches.filter((breach) => {
    const end = endOf(breach, events)
    if (event.type === 'AbortFinished') return end?.type === 'RolloutAborted'
    return end?.sequence === event.sequence
  })
}

export function breachMessage(view: RolloutView, breach: BreachOpened, events: Numbered[]): Message {
  const end = endOf(breach, events)
  const title = markup`*${breach.severity === 'severe' ? 'Severe breach' : 'Breach'}: ${breach.gate}* in ${buildName(view)}, ${moment(breach.at)}`
  const asks =
    end === null
      ? markup`${called(view.owner)}: acknowledge it with a reason, or abort.`
      : markup`Ended: ${endLine(end)}`
  const text = join(
    [title, oneLine(breach.headline, 400), markup`*Done* ${reaction(breach, events)}`, asks],
    '\n',
  )
  const buttons = end === null ? [acknowledgeButton(view, breach), abortButton(view)] : []
  const blocks: CardBlock[] = [section('breach', text), actions('buttons', [...buttons, pageButton(view)])]
  return { text: messageText(text), blocks }
}

/** The breach that this event speaks of, open or just ended: its thread is where it is told. */
export function breachesTouchedBy(event: Numbered, events: Numbered[]): BreachOpened[] {
  if (event.type !== 'BreachWorsened') return breachesEndedBy(event, events)
  return events
    .flatMap((each) => (each.type === 'BreachOpened' ? [each] : []))
    .filter((breach) => breach.gate === event.gate && breach.sequence < event.sequence)
    .filter((breach) => (endOf(breach, events)?.sequence ?? Number.POSITIVE_INFINITY) > event.sequence)
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
      return markup`${of}: the ${event.gate} breach has grown, ${moment(event.at)}: ${said(event.headline, 300)}`
    case 'AbortFinished':
      return markup`${of}: the abort is finished, every station that had the build is back on base.`
    default:
      return null
  }
}

function endLine(event: Numbered): Markup {
  const by = markup`${named(event.by)}, ${moment(event.at)}`
  switch (event.type) {
    case 'BreachAcknowledged':
      return markup`${event.gate} acknowledged by ${by}: ${oneLine(event.why, 300)}`
    case 'BreachRecovered':
      return markup`${event.gate} recovered, ${moment(event.at)}: ${oneLine(event.headline, 300)}`
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
  const together = events.filter((event) => event.sequence > breach.sequence && event.at === breach.at)
  if (together.some((event) => event.type === 'RolloutAborted'))
    return 'rolled back: every station goes back to base.'
  if (together.some((event) => event.type === 'RolloutPaused'))
    return 'paused: no further station gets the build; stations that have it keep it.'
  return 'nothing was stopped: this gate only observes, or the rollout had stopped already.'
}

function ends(event: Numbered, breach: BreachOpened): boolean {
  switch (event.type) {
    case 'BreachAcknowledged':
    case 'BreachRecovered':
      return event.gate === breach.gate
    case 'RolloutAborted':
    case 'RolloutCompleted':
      return true
    default:
      return false
  }
}

function acknowledgeButton(view: RolloutView, breach: BreachOpened) {
  return button({
    actionId: buttonIds.acknowledge,
    label: 'Acknowledge…',
    description: `Acknowledge the ${breach.gate} breach of ${buildName(view)}: asks for a reason`,
    value: writeValue(drawnFor(view, breach.gate)),
  })
}

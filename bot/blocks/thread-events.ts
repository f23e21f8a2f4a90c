// Which recorded events are told in the thread of a card, and which of them belong together.
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'

export type Numbered = RolloutEvent & { sequence: number }
export type BreachOpened = Extract<Numbered, { type: 'BreachOpened' }>

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
  return openings(events).filter((breach) => {
    if (breach.sequence >= event.sequence) return false
    const end = endOf(breach, events)
    if (event.type === 'AbortFinished') return end?.type === 'RolloutAborted'
    return end?.sequence === event.sequence
  })
}

/** The breach that this event speaks of, open or just ended: its thread is where it is told. */
export function breachesTouchedBy(event: Numbered, events: Numbered[]): BreachOpened[] {
  if (event.type !== 'BreachWorsened' && event.type !== 'BreachEscalated')
    return breachesEndedBy(event, events)
  return openings(events)
    .filter((breach) => breach.gate === event.gate && breach.sequence < event.sequence)
    .filter((breach) => (endOf(breach, events)?.sequence ?? Number.POSITIVE_INFINITY) > event.sequence)
}

/** `what`: a breach of a gate, or an alarm of the watch after completion. */
export type Severe = { what: 'breach' | 'alarm of the watch'; gate: string; headline: string; at: number }

/** What is severe about this event, where it is more than observed: it opens as severe, or has grown to it. */
export function severityOf(event: Numbered, events: Numbered[]): Severe | null {
  switch (event.type) {
    case 'BreachOpened':
      return event.severity === 'severe' && event.mode !== 'observe' ? { what: 'breach', ...event } : null
    case 'BreachWorsened':
      return breachesTouchedBy(event, events).some((breach) => breach.mode !== 'observe')
        ? { what: 'breach', ...event }
        : null
    case 'WatchAlarmed':
      return event.severity === 'severe' ? { what: 'alarm of the watch', ...event } : null
    default:
      return null
  }
}

/** Told even without a breach, where there is something to tell: rests of the service, alarms, retests, approvals. */
export function isToldAlone({ type }: RolloutEvent): boolean {
  return (
    type === 'StageUnmeasured' ||
    type === 'RolloutPaused' ||
    type === 'RolloutResumed' ||
    type === 'WatchAlarmed' ||
    type === 'RetestsAsked' ||
    type === 'ChangesFound' ||
    type === 'ChangesAccepted' ||
    type === 'ApprovalAsked' ||
    type === 'ApprovalReminded'
  )
}

function openings(events: Numbered[]): BreachOpened[] {
  return events.flatMap((event) => (event.type === 'BreachOpened' ? [event] : []))
}

function ends(event: Numbered, breach: BreachOpened): boolean {
  switch (event.type) {
    case 'BreachAcknowledged':
    case 'BreachRecovered':
      return event.gate === breach.gate
    // A breach that was only observed gives way when its gate begins to act.
    case 'BreachOpened':
      return event.gate === breach.gate
    case 'RolloutAborted':
    case 'RolloutCompleted':
      return true
    default:
      return false
  }
}

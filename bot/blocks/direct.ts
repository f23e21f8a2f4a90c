// What the one who started a rollout reads in their direct messages: one message that follows it, and a new one for what
// needs them.

import { isSameActor } from '../../server/domain/known-to-slack.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { actions, context, type Message, messageText, section } from './build.ts'
import { pageButton } from './card-buttons.ts'
import { inNumbers, standing, waitsInBrief } from './in-brief.ts'
import { join, type Markup, markup, moment, said } from './markup.ts'
import { buildName, decided, gateWord, named } from './wording.ts'

/** Drawn again at each turn. */
export function directMessage(view: RolloutView): Message {
  const numbers = inNumbers(view)
  const waits = waitsInBrief(view, 2)
  const lines = [
    markup`*${buildName(view)}*: ${standing(view)}`,
    ...(numbers === null ? [] : [markup`${numbers}`]),
    ...(waits === null ? [] : [waits]),
    markup`Last: ${decided(view.lastDecision)}`,
  ]
  return {
    text: messageText(join(lines, '. ')),
    blocks: [
      section('direct', join(lines, '\n'), 1200),
      context('wish', [markup`You started it. Turn these messages off in Firstpass’s Home.`]),
      actions('buttons', [pageButton(view)]),
    ],
  }
}

/**
 * Null: it does not need them, and the message that follows the rollout says it.
 * @param mayApprove whether they may give the approval that is asked for.
 */
export function directNews(view: RolloutView, event: RolloutEvent, mayApprove: boolean): Message | null {
  const news = newsOf(view, event, mayApprove)
  if (news === null) return null
  const text = markup`*${buildName(view)}*: ${news}`
  return {
    text: messageText(text),
    blocks: [section('news', text, 1500), actions('buttons', [pageButton(view)])],
  }
}

function newsOf(view: RolloutView, event: RolloutEvent, mayApprove: boolean): Markup | null {
  switch (event.type) {
    case 'BreachOpened': {
      if (event.mode === 'observe') return null
      const kind = event.severity === 'severe' ? 'severe breach' : 'breach'
      return markup`*${kind} of ${gateWord(event.gate)}*, ${moment(event.at)}: ${said(event.headline, 400)}\nAcknowledge it with a reason on the card, or abort.`
    }
    case 'BreachWorsened':
      return actsIn(view, event.gate)
        ? markup`*${gateWord(event.gate)} breach is severe now*, ${moment(event.at)}: ${said(event.headline, 400)}`
        : null
    case 'BreachEscalated':
      return markup`nobody has answered the *${gateWord(event.gate)} breach*, so the second group is called, ${moment(event.at)}.`
    case 'ChangesFound':
      return markup`*undeclared change of limits*, ${moment(event.at)}: ${said(event.words.join('; '), 400)}\nThe stage waits until it is declared, accepted with a reason, or passed over.`
    case 'ApprovalAsked':
      return mayApprove
        ? markup`*your approval* is asked for, ${moment(event.at)}. ${said(view.next, 200)}`
        : null
    case 'ApprovalReminded':
      return mayApprove ? markup`*your approval* is still missing, ${moment(event.at)}.` : null
    case 'RolloutAborted':
      return isSameActor(event.by, view.owner)
        ? null
        : markup`*aborted* by ${named(event.by)}, ${moment(event.at)}: ${said(event.why, 400)}`
    case 'RolloutCompleted':
      return markup`*completed* by ${named(event.by)}, ${moment(event.at)}. ${said(view.next, 200)}`
    case 'WatchAlarmed': {
      const kind = event.severity === 'severe' ? 'severe alarm' : 'alarm'
      return markup`*${kind} of the watch after completion, ${gateWord(event.gate)}*, ${moment(event.at)}: ${said(event.headline, 400)}\nNothing was taken back.`
    }
    default:
      return null
  }
}

/** A gate that only observes asks nobody for anything. */
function actsIn(view: RolloutView, gate: string): boolean {
  return view.breaches.some((breach) => breach.gate === gate && breach.mode !== 'observe')
}

// Changes of limits that nobody declared, as they are told in the thread, once, with the button that accepts them.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { actions, type Message, messageText, section } from './build.ts'
import { acceptButton, pageButton } from './card-buttons.ts'
import { join, markup, moment, said } from './markup.ts'
import { count } from './numbers.ts'
import type { Numbered } from './thread-events.ts'
import { buildName, called } from './wording.ts'

export type ChangesFound = Extract<Numbered, { type: 'ChangesFound' }>

export function changesMessage(view: RolloutView, found: ChangesFound): Message {
  const title = markup`*${count(found.ids.length, 'undeclared change')} of limits* in ${buildName(view)}, found in stage ${found.stageIndex + 1}, ${moment(found.at)}`
  const words = found.words.slice(0, mostWords).map((each) => markup`• ${said(each, 300)}`)
  const more = found.ids.length - words.length
  const lines = more > 0 ? [...words, markup`• and ${more} more on the page`] : words
  const isOpen = holds(view, found)
  const asks = isOpen
    ? markup`${called(view.owner)}: this stage waits until they are declared, accepted with a reason, or passed over by an override.`
    : markup`They were declared, accepted or passed over since.`
  return {
    text: messageText(join([title, asks, ...lines], '\n')),
    blocks: [
      section('changes', join([title, ...lines], '\n'), 2900),
      section('asks', asks),
      actions('buttons', [...(isOpen ? [acceptButton(view)] : []), pageButton(view)]),
    ],
  }
}

const mostWords = 8

function holds({ status, changes }: RolloutView, { ids }: ChangesFound): boolean {
  const isLive = status === 'active' || status === 'paused'
  return isLive && (changes?.list.some((change) => change.holds && ids.includes(change.id)) ?? false)
}

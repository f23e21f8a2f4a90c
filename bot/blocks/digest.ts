// Several rollouts of one channel side by side, a line each: which stage, what the gates say, what it waits for.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { context, type Message, messageText, section } from './build.ts'
import { join, link, type Markup, markup, moment, paragraphs, said, shortened } from './markup.ts'
import { count } from './numbers.ts'
import { overallWord } from './suspicion.ts'
import { buildName, statusWords } from './wording.ts'

/** Further ones are counted: a channel with more has other troubles. */
const mostLines = 20
/** Of a line with its address; all of them together stay within one message. */
const mostLetters = 450

/** `at`: when it was drawn, so that a reader knows how old the numbers are. */
export function digestMessage(views: RolloutView[], at: number): Message {
  const ordered = views.toSorted((a, b) => a.procedure.name.localeCompare(b.procedure.name, 'en'))
  const lines = ordered.slice(0, mostLines).map((view) => shortened(line(view), mostLetters))
  const more = views.length - lines.length
  const title =
    views.length === 0
      ? markup`*No rollout is live here any more*`
      : markup`*${count(views.length, 'rollout')} live here*`
  const all = [...lines, ...(more > 0 ? [markup`and ${more} more`] : [])]
  return {
    text: messageText(join([title, ...all], '\n')),
    blocks: [
      section('digest', title),
      ...paragraphs(all, 2900).map((text, index) => section(`lines_${index + 1}`, text, 3000)),
      context('drawn', [markup`As of ${moment(at)}. Each has its card in this channel.`]),
    ],
  }
}

function line(view: RolloutView): Markup {
  const stage = view.stageIndex < 0 ? '' : `, stage ${view.stageIndex + 1} of ${view.stages.length}`
  const verdict =
    view.status === 'active' || view.status === 'paused' ? markup`: *${overallWord(view.verdict)}*` : ''
  const open = view.readiness.items.find((item) => !item.met)?.text ?? view.waitsFor[0] ?? null
  const waits = open === null ? markup`, waits for nothing` : markup`, waits for ${said(open, 120)}`
  return markup`${link(view.url, buildName(view))} ${statusWords[view.status]}${stage}${verdict}${waits}`
}

// What stands under a link to a rollout's page: how it stood when the link was shared. No buttons: a link decides nothing.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type CardBlock, context, section } from './build.ts'
import { inNumbers, standing, waitsInBrief } from './in-brief.ts'
import { join, markup, moment, said } from './markup.ts'
import { rolloutCard } from './rollout-card.ts'
import { buildName, named } from './wording.ts'

/** `fallback`: all of it in words, for notifications and screen readers. */
export type Unfurl = { blocks: CardBlock[]; fallback: string }

/** `at`: when it was shared; it is not drawn again when the rollout moves on. */
export function unfurl(view: RolloutView, at: number): Unfurl {
  const numbers = inNumbers(view)
  const waits = waitsInBrief(view, 2)
  const lines = [
    markup`*${buildName(view)}*: ${standing(view)}`,
    ...(numbers === null ? [] : [markup`${numbers}`]),
    ...(waits === null ? [] : [waits]),
    ...(waits !== null || view.next === '' ? [] : [markup`Next: ${said(view.next, 200)}`]),
  ]
  return {
    blocks: [
      section('unfurl', join(lines, '\n'), 1200),
      context('as_of', [
        markup`Owner ${named(view.owner)}. As it stood ${moment(at)}; the page shows it as it is now.`,
      ]),
    ],
    fallback: rolloutCard(view, Math.max(0, view.stageIndex), { buttons: false }).text,
  }
}

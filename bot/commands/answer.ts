// What a subcommand is asked and what it answers; every answer is ephemeral, decisions live on the card.

import type { Actor } from '../../server/domain/actor.ts'
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import type { Outcome, Service } from '../../server/service.ts'
import type { CardBlock } from '../blocks/build.ts'
import { inert, link, type Markup, markup, oneLine } from '../blocks/markup.ts'
import { buildName } from '../blocks/wording.ts'
import type { Word } from '../words.ts'

export type Asked = { words: Word[]; by: Actor; commandId: string }
/** `done: false`: nothing was changed, so what was typed is given back to be corrected. */
export type Answer = { done: boolean; text: Markup; blocks?: CardBlock[] }

export type Subcommand = {
  usage: string
  example: string
  summary: string
  /** Only takes a build away: open to people seen valid before even while Slack is silent. */
  canStop?: boolean
  run(asked: Asked, service: Service): Promise<Answer>
}

export function no(text: Markup): Answer {
  return { done: false, text }
}

export function refusalText(refusal: Refusal): Markup {
  const next = refusal.next === '' ? '' : `\n${oneLine(refusal.next, 400)}`
  return markup`${oneLine(refusal.why, 600)}${next}`
}

/** For places that show plain text: the error under a field of a form. */
export function refusalLine({ why, next }: Refusal): string {
  return inert(oneLine(next === '' ? why : `${why} ${next}`, 600))
}

export function outcomeAnswer(outcome: Outcome): Answer {
  if (isRefusal(outcome)) return no(refusalText(outcome))
  const { rollout, did } = outcome
  return {
    done: true,
    text: markup`*${buildName(rollout)}* ${oneLine(did, 600)}\n${link(rollout.url, 'Charts and history')}`,
  }
}

/** "… needs a reason. For example: /rollout abort PCBA-FCT yield fell on line 3" */
export function missing(what: string, example: string): Answer {
  return no(markup`${what} For example: \`/rollout ${example}\``)
}

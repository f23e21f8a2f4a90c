// What a subcommand is asked and what it answers; every answer is ephemeral, decisions live on the card.

import type { Actor } from '../../server/domain/actor.ts'
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import type { Outcome, Service } from '../../server/service.ts'
import type { CardBlock } from '../blocks/build.ts'
import { link, type Markup, markup, said, saidPlainly } from '../blocks/markup.ts'
import { buildName, capitalised } from '../blocks/wording.ts'
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

export function refusalText({ why, next }: Refusal): Markup {
  const what = said(capitalised(why), 600)
  return next === '' ? what : markup`${what}\n${said(next, 400)}`
}

/** For places that show plain text: the error under a field of a form. */
export function refusalLine({ why, next }: Refusal): string {
  const ended = /[.!?]$/.test(why) ? why : `${why}.`
  return saidPlainly(capitalised(next === '' ? why : `${ended} ${next}`), 600)
}

export function outcomeAnswer(outcome: Outcome): Answer {
  if (isRefusal(outcome)) return no(refusalText(outcome))
  const { rollout, did } = outcome
  return {
    done: true,
    text: markup`*${buildName(rollout)}*: ${said(did, 600)}\n${link(rollout.url, 'Charts and history')}`,
  }
}

/** "… needs a reason. For example: /rollout abort PCBA-FCT yield fell on line 3" */
export function missing(what: string, example: string): Answer {
  return no(markup`${what} For example: \`/rollout ${example}\``)
}

// What a subcommand is asked and what it answers; every answer is ephemeral, decisions live on the card.

import type { Button } from '@slack/types'
import type { Actor } from '../../server/domain/actor.ts'
import type { ProcedureId, RolloutId } from '../../server/domain/ids.ts'
import type { RightfulVerb } from '../../server/domain/rights.ts'
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import type { Outcome, Service } from '../../server/service.ts'
import { type CardBlock, section } from '../blocks/build.ts'
import { join, link, type Markup, markup, paragraphs, said, saidPlainly } from '../blocks/markup.ts'
import { buildName, capitalised } from '../blocks/wording.ts'
import type { Word } from './words.ts'

export type Asked = {
  words: Word[]
  by: Actor
  commandId: string
  /** Milliseconds since 1970. */
  now: number
  /** Null: they may. Asked as soon as the procedure is known; `null` for what is about all procedures. */
  refused(verb: RightfulVerb, procedureId: ProcedureId | null): Promise<Answer | null>
}
/** `done: false`: nothing was changed, so what was typed is given back to be corrected. */
export type Answer = { done: boolean; text: Markup; blocks?: CardBlock[]; buttons?: Button[] }

/** A form in place of an answer. */
export type Form =
  | { opens: 'start'; procedureId?: ProcedureId; supersedes?: RolloutId }
  | { opens: 'config'; procedureId: ProcedureId | null }

/** As help lists them. */
export type Kind = 'Look' | 'Begin' | 'Decide' | 'Stop' | 'Settle'

export type Subcommand = {
  kind: Kind
  usage: string
  example: string
  summary: string
  /** The right it needs; null: it only looks. */
  verb: RightfulVerb | null
  /** Null: what was typed says enough to be answered. */
  form?(words: Word[], service: Service): Promise<Form | Answer | null>
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

/** Lines of which none is lost, however long they are: in as many sections as keep Slack from cutting one. */
export function linesAnswer(lines: Markup[]): Answer {
  const blocks = paragraphs(lines, 2900).map((text, index) => section(`lines_${index + 1}`, text, 3000))
  return { done: true, text: join(lines, '\n'), blocks: blocks.slice(0, 4) }
}

/** What was done, and where to look. */
export function outcomeAnswer(outcome: Outcome): Answer {
  if (isRefusal(outcome)) return no(refusalText(outcome))
  const { rollout, did } = outcome
  const page = link(rollout.url, 'Charts and history')
  return {
    done: true,
    text: markup`*${buildName(rollout)}*: ${said(did, 600)}\n${page}${cardPlace(rollout.procedure.channel)}`,
  }
}

/** " · its card is in #pcba-rollouts"; nothing where the procedure has no channel. */
export function cardPlace(channel: string | null): Markup {
  if (channel === null) return markup``
  return markup` · its card is in ${channelName(channel)}`
}

export function channelName(channel: string): Markup {
  return /^[CG][A-Z0-9]+$/.test(channel) ? { markup: `<#${channel}>` } : markup`${channel}`
}

/** "… needs a reason. For example: /rollout abort PCBA-FCT yield fell on line 3" */
export function missing(what: string, example: string): Answer {
  return no(markup`${what} For example: \`/rollout ${example}\``)
}

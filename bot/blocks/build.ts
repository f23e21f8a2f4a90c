// The few blocks every client renders, each cut to Slack's limits so that no message is refused for its size.
import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  ImageBlock,
  PlainTextElement,
  SectionBlock,
  TableBlock,
} from '@slack/types'
import { inert, type Markup, oneLine, shortened } from './markup.ts'

/** What is sent to Slack: the text is what notifications and screen readers use instead of the blocks. */
export type Message = {
  text: string
  blocks: CardBlock[]
  /** With newer blocks or a picture, tried first, the richest first: not every workspace takes them. */
  richer?: CardBlock[][]
}
export type CardBlock = ActionsBlock | ContextBlock | HeaderBlock | ImageBlock | SectionBlock | TableBlock

export function plain(text: string, limit: number): PlainTextElement {
  return { type: 'plain_text', text: oneLine(inert(text), limit) || '–' }
}

export function header(blockId: string, text: string): HeaderBlock {
  return { type: 'header', block_id: blockId, text: plain(text, 150) }
}

/** Several sections of at most 3000 characters each would still break the message's total: keep `limit` low. */
export function section(blockId: string, text: Markup, limit = 1500): SectionBlock {
  return { type: 'section', block_id: blockId, text: mrkdwn(text, Math.min(limit, 3000)) }
}

/** At most 10 fields; two columns on a desktop, one on a phone. */
export function fields(blockId: string, texts: Markup[], limit = 400): SectionBlock {
  return {
    type: 'section',
    block_id: blockId,
    fields: texts.slice(0, 10).map((text) => mrkdwn(text, limit)),
  }
}

export function context(blockId: string, texts: Markup[], limit = 600): ContextBlock {
  return {
    type: 'context',
    block_id: blockId,
    elements: texts.slice(0, 10).map((text) => mrkdwn(text, limit)),
  }
}

/** A file that was uploaded to Slack, and what it shows in words. */
export type CardPicture = { file: string; alt: string }

/** Never by its address: one that Slack cannot reach would refuse the whole message. */
export function picture({ file, alt }: CardPicture): ImageBlock {
  return { type: 'image', block_id: 'chart', slack_file: { id: file }, alt_text: plain(alt, 700).text }
}

export function actions(blockId: string, elements: Button[]): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements: elements.slice(0, 25) }
}

export type ButtonInput = {
  actionId: string
  label: string
  /** Read out instead of the label: says what it acts on. Where it does not begin with the label, the label goes before it. */
  description: string
  value?: string
  url?: string
  style?: 'primary' | 'danger'
}

export function button(input: ButtonInput): Button {
  return {
    type: 'button',
    action_id: input.actionId,
    text: plain(input.label, 30),
    accessibility_label: oneLine(inert(spoken(input)), 75),
    ...(input.value === undefined ? {} : { value: input.value }),
    ...(input.url === undefined || input.url.length > 3000 ? {} : { url: input.url }),
    ...(input.style === undefined ? {} : { style: input.style }),
  }
}

/** Whoever speaks to the machine says the words that can be seen. */
function spoken({ label, description }: ButtonInput): string {
  const seen = label.replace(/…$/, '')
  return description.startsWith(seen) ? description : `${seen}: ${description}`
}

export function mrkdwn(text: Markup, limit: number): { type: 'mrkdwn'; text: string } {
  return { type: 'mrkdwn', text: shortened(text, limit).markup || '–' }
}

/** The top-level text of a message: Slack truncates far beyond, people stop reading long before. */
export function messageText(text: Markup): string {
  return shortened(text, 3000).markup
}

/** The same words in the plainest block there is: for when Slack refuses the others. */
export function plainestBlocks(message: Message): SectionBlock[] {
  return [section('text', { markup: message.text }, 3000)]
}

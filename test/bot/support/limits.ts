// Slack's limits on a message, from slack.md, stated apart from the code that keeps them.
import { expect } from 'vitest'
import type { Message } from '../../../bot/blocks/build.ts'
import { checkBlocks } from '../../../demo/slack/blocks/check-blocks.ts'

type Text = { type: string; text: string }

export function expectWithinLimits(message: Message): void {
  expect(message.text.length).toBeGreaterThan(0)
  expect(message.text.length).toBeLessThanOrEqual(4000)
  for (const blocks of [message.blocks, ...(message.richer ?? [])]) expectBlocksWithinLimits(blocks)
}

function expectBlocksWithinLimits(blocks: Message['blocks']): void {
  expect(blocks.length).toBeLessThanOrEqual(50)
  expect(checkBlocks(blocks, 'message')).not.toHaveProperty('faults')
  const all = blocks.flatMap(textsOfBlock)
  expect(all.reduce((sum, text) => sum + text.text.length, 0)).toBeLessThanOrEqual(13_000)
  for (const block of blocks) {
    if (block.type !== 'actions') continue
    const buttons = block.elements.flatMap((element) => (element.type === 'button' ? [element] : []))
    expect(buttons.filter((button) => button.style === 'primary').length).toBeLessThanOrEqual(1)
    for (const button of buttons) {
      expect(button.text.text.length).toBeLessThanOrEqual(30)
      expect(button.accessibility_label?.length).toBeLessThanOrEqual(75)
      expect(button.value?.length ?? 0).toBeLessThanOrEqual(2000)
    }
  }
}

/** No mrkdwn text of the message holds a call or an unescaped sign beside the tokens that the bot itself writes. */
export function expectInert(message: Message): void {
  const own =
    /<!date\^\d+\^[^|<>]*\|[^<>]*>|<!subteam\^S[A-Z0-9]+>|<@[UW][A-Z0-9]+>|<https?:[^<>|]*\|[^<>]*>|<#[CG][A-Z0-9]+>/g
  const marked = [
    message.text,
    ...textsOf(message).flatMap((text) => (text.type === 'mrkdwn' ? [text.text] : [])),
  ]
  for (const text of marked) {
    const rest = text.replace(own, '')
    expect(rest).not.toMatch(/[<>]/)
    expect(rest.replace(/&(?:amp|lt|gt);/g, '')).not.toContain('&')
  }
  // What a button carries comes back to the bot and is shown to nobody.
  const shown = JSON.stringify(message, (key, value) => (key === 'value' ? undefined : value))
  expect(shown).not.toMatch(/<!(?:channel|here|everyone)|@(?:channel|here|everyone)\b/)
}

function textsOf(message: Message): Text[] {
  return [message.blocks, ...(message.richer ?? [])].flatMap((blocks) => blocks.flatMap(textsOfBlock))
}

function textsOfBlock(block: Message['blocks'][number]): Text[] {
  switch (block.type) {
    case 'header':
      return [block.text]
    case 'section':
      return [...(block.text ? [block.text] : []), ...(block.fields ?? [])]
    case 'context':
      return block.elements.flatMap((element) => ('text' in element ? [element] : []))
    case 'actions':
      return block.elements.flatMap((element) => (element.type === 'button' ? [element.text] : []))
    case 'image':
      return [{ type: 'plain_text', text: block.alt_text }]
    case 'table':
      return block.rows.flatMap((row) =>
        row.flatMap((cell) => (cell.type === 'raw_text' ? [{ type: 'plain_text', text: cell.text }] : [])),
      )
  }
}

/** What the blocks say that every client renders. */
export function textOfMessage(message: Message): string {
  return textOfBlocks(message.blocks)
}

export function textOfBlocks(blocks: Message['blocks']): string {
  return blocks
    .flatMap(textsOfBlock)
    .map((text) => text.text)
    .join('\n')
}

export function buttonsOf(message: Message): string[] {
  return message.blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) => (element.type === 'button' ? [element.action_id ?? ''] : []))
      : [],
  )
}

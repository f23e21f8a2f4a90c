// Reads text, blocks and attachments of a message that an app sends, and refuses what Slack refuses.
import { z } from 'zod'
import type { Block } from '../blocks/block.ts'
import { checkBlocks } from '../blocks/check-blocks.ts'
import { checkImages } from '../blocks/check-images.ts'
import { nameBlocks } from '../blocks/name-blocks.ts'
import type { MessageContent } from '../state/messages.ts'
import type { World } from '../state/world.ts'
import { type Refusal, refuse, text } from './answer.ts'

const maxText = 40_000
const maxAttachments = 100
const metadata = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
})
/** Reported by several teams rather than documented: the texts of all blocks together. */
const maxBlockText = 13_000

export const contentArguments = {
  text,
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
  metadata: z.unknown().optional(),
}

export type ContentArguments = {
  text?: string | undefined
  blocks?: unknown
  attachments?: unknown
  metadata?: unknown
}

export async function messageContent(
  args: ContentArguments,
  world: World,
): Promise<{ content: MessageContent } | { refusal: Refusal }> {
  if ((args.text ?? '').length > maxText) return { refusal: refuse('msg_too_long') }
  const blocks = await messageBlocks(args.blocks, world)
  if ('refusal' in blocks) return blocks
  const attachments = z
    .array(z.looseObject({ blocks: z.array(z.unknown()).optional() }))
    .optional()
    .safeParse(args.attachments)
  if (!attachments.success) return { refusal: refuse('invalid_attachments') }
  if ((attachments.data?.length ?? 0) > maxAttachments) return { refusal: refuse('too_many_attachments') }
  for (const attachment of attachments.data ?? []) {
    const inside = await messageBlocks(attachment.blocks, world)
    if ('refusal' in inside) return inside
  }
  if (args.metadata !== undefined && !metadata.safeParse(args.metadata).success)
    return { refusal: refuse('invalid_metadata_format') }
  const isEmpty = !args.text && blocks.blocks.length === 0 && !attachments.data?.length
  if (isEmpty) return { refusal: refuse('no_text') }
  return {
    content: {
      text: args.text ?? '',
      ...(blocks.blocks.length > 0 && { blocks: blocks.blocks }),
      ...(attachments.data && { attachments: attachments.data }),
      ...(args.metadata !== undefined && { metadata: args.metadata }),
    },
  }
}

export async function messageBlocks(
  input: unknown,
  world: World,
): Promise<{ blocks: Block[] } | { refusal: Refusal }> {
  if (input === undefined || input === null || input === '') return { blocks: [] }
  if (!Array.isArray(input)) return { refusal: refuse('invalid_blocks_format') }
  const checked = checkBlocks(input, 'message')
  if ('faults' in checked) return { refusal: refuse('invalid_blocks', checked.faults) }
  if (textLength(checked.blocks) > maxBlockText) return { refusal: refuse('msg_blocks_too_long') }
  const unreachable = await checkImages(checked.blocks, world)
  if (unreachable.length > 0) return { refusal: refuse('invalid_blocks', unreachable) }
  return { blocks: nameBlocks(checked.blocks, world.ids) }
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + textLength(each), 0)
  if (value === null || typeof value !== 'object') return 0
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === 'text' && typeof each === 'string' ? each.length : textLength(each)),
    0,
  )
}

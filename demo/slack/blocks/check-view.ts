// Refuses modal and Home views where Slack refuses them.
import { z } from 'zod'
import type { Block } from './block.ts'
import { checkBlocks } from './check-blocks.ts'
import { slackFaults } from './slack-fault.ts'
import { plainText } from './text-object.ts'

const shared = {
  blocks: z.array(z.unknown()),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
}

const view = z.discriminatedUnion('type', [
  z.strictObject({
    ...shared,
    type: z.literal('modal'),
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  }),
  z.strictObject({ ...shared, type: z.literal('home') }),
])

type PlainText = z.infer<ReturnType<typeof plainText>>

/** Title and buttons are a modal's; a Home has none. */
export type CheckedView = {
  type: 'modal' | 'home'
  blocks: Block[]
  title?: PlainText | undefined
  submit?: PlainText | undefined
  close?: PlainText | undefined
  clear_on_close?: boolean | undefined
  notify_on_close?: boolean | undefined
  private_metadata?: string | undefined
  callback_id?: string | undefined
  external_id?: string | undefined
}

/** A view's JSON may have 250 kB. */
const maxBytes = 250_000

export function checkView(input: unknown): { view: CheckedView } | { error: string; faults: string[] } {
  if (Buffer.byteLength(JSON.stringify(input) ?? '') > maxBytes)
    return { error: 'view_too_large', faults: [] }
  const parsed = view.safeParse(input)
  if (!parsed.success)
    return { error: 'invalid_arguments', faults: slackFaults(parsed.error, input, ['view']) }
  const checked = checkBlocks(parsed.data.blocks, parsed.data.type, ['view', 'blocks'])
  if ('faults' in checked) return { error: 'invalid_arguments', faults: checked.faults }
  const asksForInput = checked.blocks.some((one) => one.type === 'input')
  if (parsed.data.type === 'modal' && asksForInput && !parsed.data.submit)
    return { error: 'invalid_arguments', faults: ['missing required field: submit [json-pointer:/view]'] }
  return { view: { ...parsed.data, blocks: checked.blocks } }
}

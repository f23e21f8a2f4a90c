// Composition objects with Slack's lengths: texts, options, confirm dialogs.
// Source: docs.slack.dev/reference/block-kit/composition-objects
import { z } from 'zod'

export const plainText = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  })

export const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  })

export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)])

export type TextObject = z.infer<ReturnType<typeof anyText>>

const style = z.enum(['primary', 'danger'])

export const confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: style.optional(),
})

export type Confirm = z.infer<typeof confirm>

const optionFields = { value: z.string().min(1).max(75), url: z.string().max(3000).optional() }

/** Selects and overflow menus show plain text only. */
export const option = z.strictObject({
  ...optionFields,
  text: plainText(75),
  description: plainText(75).optional(),
})

/** Radio buttons and checkboxes may format theirs. */
export const richOption = z.strictObject({
  ...optionFields,
  text: anyText(75),
  description: anyText(75).optional(),
})

export type Option = z.infer<typeof richOption>

export const optionGroup = z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) })

export const slackFile = z.union([
  z.strictObject({ id: z.string().min(1) }),
  z.strictObject({ url: z.string().min(1).max(3000) }),
])

export const buttonStyle = style

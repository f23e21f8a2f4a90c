// Block elements with Slack's limits, one schema a type.
// Source: docs.slack.dev/reference/block-kit/block-elements
import { z } from 'zod'
import {
  anyText,
  buttonStyle,
  confirm,
  option,
  optionGroup,
  plainText,
  richOption,
  slackFile,
} from './text-object.ts'

const common = { action_id: z.string().min(1).max(255).optional() }
const confirmable = { ...common, confirm: confirm.optional() }
const menu = {
  ...confirmable,
  placeholder: plainText(150).optional(),
  focus_on_load: z.boolean().optional(),
}
const several = { ...menu, max_selected_items: z.int().min(1).optional() }
const choices = {
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
}
const search = { min_query_length: z.int().min(0).optional() }
const place = {
  response_url_enabled: z.boolean().optional(),
  default_to_current_conversation: z.boolean().optional(),
}
const filter = {
  filter: z
    .strictObject({
      include: z
        .array(z.enum(['im', 'mpim', 'private', 'public']))
        .min(1)
        .optional(),
      exclude_external_shared_channels: z.boolean().optional(),
      exclude_bot_users: z.boolean().optional(),
    })
    .optional(),
}
const typed = {
  ...common,
  placeholder: plainText(150).optional(),
  focus_on_load: z.boolean().optional(),
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(['on_enter_pressed', 'on_character_entered']))
        .min(1)
        .max(2),
    })
    .optional(),
}
const date = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text), {
  error: 'must be a date in the format YYYY-MM-DD',
})
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time in the format HH:mm' })

const button = z.strictObject({
  ...confirmable,
  type: z.literal('button'),
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: buttonStyle.optional(),
  accessibility_label: z.string().max(75).optional(),
})
const image = z.strictObject({
  type: z.literal('image'),
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().min(1).max(3000).optional(),
  slack_file: slackFile.optional(),
})
const listed = {
  static_select: z.strictObject({
    ...menu,
    ...choices,
    type: z.literal('static_select'),
    initial_option: option.optional(),
  }),
  multi_static_select: z.strictObject({
    ...several,
    ...choices,
    type: z.literal('multi_static_select'),
    initial_options: z.array(option).min(1).optional(),
  }),
}

export const element = z.discriminatedUnion('type', [
  button,
  image,
  listed.static_select,
  listed.multi_static_select,
  z.strictObject({
    ...menu,
    ...search,
    type: z.literal('external_select'),
    initial_option: option.optional(),
  }),
  z.strictObject({
    ...several,
    ...search,
    type: z.literal('multi_external_select'),
    initial_options: z.array(option).min(1).optional(),
  }),
  z.strictObject({ ...menu, type: z.literal('users_select'), initial_user: z.string().optional() }),
  z.strictObject({
    ...several,
    type: z.literal('multi_users_select'),
    initial_users: z.array(z.string()).optional(),
  }),
  z.strictObject({
    ...menu,
    ...place,
    ...filter,
    type: z.literal('conversations_select'),
    initial_conversation: z.string().optional(),
  }),
  z.strictObject({
    ...several,
    ...place,
    ...filter,
    type: z.literal('multi_conversations_select'),
    initial_conversations: z.array(z.string()).optional(),
  }),
  z.strictObject({
    ...menu,
    ...place,
    type: z.literal('channels_select'),
    initial_channel: z.string().optional(),
  }),
  z.strictObject({
    ...several,
    type: z.literal('multi_channels_select'),
    initial_channels: z.array(z.string()).optional(),
  }),
  z.strictObject({ ...confirmable, type: z.literal('overflow'), options: z.array(option).min(1).max(5) }),
  z.strictObject({
    ...confirmable,
    type: z.literal('radio_buttons'),
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
    focus_on_load: z.boolean().optional(),
  }),
  z.strictObject({
    ...confirmable,
    type: z.literal('checkboxes'),
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).optional(),
    focus_on_load: z.boolean().optional(),
  }),
  z.strictObject({ ...menu, type: z.literal('datepicker'), initial_date: date.optional() }),
  z.strictObject({
    ...menu,
    type: z.literal('timepicker'),
    initial_time: time.optional(),
    timezone: z.string().optional(),
  }),
  z.strictObject({
    ...confirmable,
    type: z.literal('datetimepicker'),
    initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
    focus_on_load: z.boolean().optional(),
  }),
  z.strictObject({
    ...typed,
    type: z.literal('plain_text_input'),
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  }),
  z.strictObject({
    ...typed,
    type: z.literal('number_input'),
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({ ...typed, type: z.literal('email_text_input'), initial_value: z.string().optional() }),
  z.strictObject({ ...typed, type: z.literal('url_text_input'), initial_value: z.string().optional() }),
])

/** Not the 31st of February. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

export type Element = z.infer<typeof element>
export type ElementType = Element['type']

/** What may stand in a context block. */
export const contextElement = z.discriminatedUnion('type', [image, ...anyText(3000).options])

const inputOnly: ElementType[] = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input']

/** Which element types a block takes. */
export const allowedIn: Record<'section' | 'actions' | 'input', (type: ElementType) => boolean> = {
  section: (type) => !inputOnly.includes(type) && type !== 'datetimepicker',
  actions: (type) => !inputOnly.includes(type) && type !== 'image',
  input: (type) => !['button', 'image', 'overflow'].includes(type),
}

// Blocks with Slack's limits, one schema a type, and the surfaces each may stand on.
// Source: docs.slack.dev/reference/block-kit/blocks
import { z } from 'zod'
import { contextElement, element } from './element.ts'
import { anyText, mrkdwn, plainText, slackFile } from './text-object.ts'

const named = { block_id: z.string().min(1).max(255).optional() }
const loose = z.looseObject({ type: z.string() })
const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().optional() }),
  z.looseObject({ type: z.literal('rich_text'), elements: z.array(loose) }),
])
const button = element.options[0]
const image = element.options[1]

const section = z.strictObject({
  ...named,
  type: z.literal('section'),
  text: anyText(3000).optional(),
  fields: z.array(anyText(2000)).min(1).max(10).optional(),
  accessory: element.optional(),
  expand: z.boolean().optional(),
})
const imageBlock = z.strictObject({
  ...named,
  type: z.literal('image'),
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().min(1).max(3000).optional(),
  slack_file: slackFile.optional(),
  title: plainText(2000).optional(),
})
const card = z.strictObject({
  ...named,
  type: z.literal('card'),
  hero_image: image.optional(),
  icon: image.optional(),
  title: mrkdwn(150).optional(),
  subtitle: mrkdwn(150).optional(),
  body: mrkdwn(200).optional(),
  actions: z.array(button).optional(),
})
const table = z.strictObject({
  ...named,
  type: z.literal('table'),
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        })
        .nullable(),
    )
    .max(20)
    .optional(),
})
const dataTable = z.strictObject({
  ...named,
  type: z.literal('data_table'),
  caption: z.string().min(1),
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  page_size: z.int().min(1).max(100).optional(),
  row_header_column_index: z.int().min(0).optional(),
})
/** New in 2026 and absent from Slack's published types; only its documented limits are checked. */
const dataVisualization = z.looseObject({
  ...named,
  type: z.literal('data_visualization'),
  series: z
    .array(z.looseObject({ data: z.array(z.unknown()).max(20).optional() }))
    .max(6)
    .optional(),
  chart: z
    .looseObject({
      series: z
        .array(z.looseObject({ data: z.array(z.unknown()).max(20).optional() }))
        .max(6)
        .optional(),
      segments: z.array(z.unknown()).max(20).optional(),
    })
    .optional(),
})

const basic = [
  z.strictObject({
    ...named,
    type: z.literal('header'),
    text: plainText(150),
    level: z.int().min(1).max(4).optional(),
  }),
  section,
  z.strictObject({ ...named, type: z.literal('divider') }),
  imageBlock,
  z.strictObject({ ...named, type: z.literal('context'), elements: z.array(contextElement).min(1).max(10) }),
  z.strictObject({ ...named, type: z.literal('actions'), elements: z.array(element).min(1).max(25) }),
  z.strictObject({
    ...named,
    type: z.literal('input'),
    label: plainText(2000),
    element,
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
  }),
  z.looseObject({ ...named, type: z.literal('rich_text'), elements: z.array(loose) }),
  table,
] as const

const childBlock = z.discriminatedUnion('type', basic)

export const block = z.discriminatedUnion('type', [
  ...basic,
  z.strictObject({ ...named, type: z.literal('markdown'), text: z.string().min(1).max(12_000) }),
  dataTable,
  dataVisualization,
  card,
  z.strictObject({ ...named, type: z.literal('carousel'), elements: z.array(card).min(1).max(10) }),
  z.strictObject({
    ...named,
    type: z.literal('alert'),
    text: anyText(3000),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  z.looseObject({
    ...named,
    type: z.literal('container'),
    title: plainText(150).optional(),
    subtitle: anyText(150).optional(),
    child_blocks: z.array(childBlock).min(1).max(10),
    is_collapsible: z.boolean().optional(),
    default_collapsed: z.boolean().optional(),
  }),
  z.looseObject({
    ...named,
    type: z.literal('plan'),
    title: z.string().min(1),
    tasks: z.array(loose).optional(),
  }),
  z.looseObject({
    ...named,
    type: z.literal('task_card'),
    task_id: z.string().min(1),
    title: z.string().min(1),
    status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  }),
  z.looseObject({
    ...named,
    type: z.literal('video'),
    title: plainText(200),
    video_url: z.string().min(1),
    thumbnail_url: z.string().min(1),
    alt_text: z.string().min(1),
  }),
])

export type Block = z.infer<typeof block>

export type Surface = 'message' | 'modal' | 'home'

const narrow: Record<string, Surface[]> = {
  alert: ['modal'],
  container: ['message'],
  markdown: ['message'],
  plan: ['message'],
  task_card: ['message'],
  data_visualization: ['message'],
  table: ['message', 'home'],
  data_table: ['message', 'home'],
  carousel: ['message', 'home'],
  card: ['message', 'home'],
}

export function standsOn(type: string, surface: Surface): boolean {
  return narrow[type]?.includes(surface) ?? true
}

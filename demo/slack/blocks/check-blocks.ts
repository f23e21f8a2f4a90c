// Refuses blocks where Slack refuses them, with one line per fault.
import { z } from 'zod'
import { type Block, block, type Surface, standsOn } from './block.ts'
import { allowedIn, type Element } from './element.ts'
import { pointer, slackFaults } from './slack-fault.ts'

export type CheckedBlocks = { blocks: Block[] } | { faults: string[] }

const maxBlocks: Record<Surface, number> = { message: 50, modal: 100, home: 100 }

export function checkBlocks(input: unknown, surface: Surface, root: string[] = ['blocks']): CheckedBlocks {
  const parsed = z.array(block).max(maxBlocks[surface]).safeParse(input)
  if (!parsed.success) return { faults: slackFaults(parsed.error, input, root) }
  const blocks = parsed.data
  const faults = ruleFaults(blocks, root, surface)
  return faults.length > 0 ? { faults } : { blocks }
}

function ruleFaults(blocks: Block[], root: string[], surface: Surface): string[] {
  const rules = [
    offSurface,
    misplacedElements,
    emptySections,
    imageSources,
    repeatedIds,
    menus,
    limitsOfInputs,
    oneFocus,
    oneTable,
  ]
  const inside = blocks.flatMap((one, index) =>
    one.type === 'container'
      ? ruleFaults(one.child_blocks, [...root, String(index), 'child_blocks'], surface)
      : [],
  )
  return [...rules.flatMap((rule) => rule(blocks, root, surface)), ...inside]
}

/** The blocks with those inside containers beside them. */
export function withChildren(blocks: Block[]): Block[] {
  return blocks.flatMap<Block>((one) => (one.type === 'container' ? [one, ...one.child_blocks] : [one]))
}

/** Every element of a block that a person can act on or that fills it. */
export function elementsOf(one: Block): Element[] {
  if (one.type === 'section') return one.accessory ? [one.accessory] : []
  if (one.type === 'actions') return one.elements
  if (one.type === 'input') return [one.element]
  if (one.type === 'card') return one.actions ?? []
  if (one.type === 'carousel') return one.elements.flatMap((card) => card.actions ?? [])
  return []
}

function offSurface(blocks: Block[], root: string[], surface: Surface): string[] {
  return blocks.flatMap((one, index) =>
    standsOn(one.type, surface) ? [] : [`unsupported type: ${one.type} ${pointer([...root, index])}`],
  )
}

function misplacedElements(blocks: Block[], root: string[]): string[] {
  return blocks.flatMap((one, index) => {
    if (one.type !== 'section' && one.type !== 'actions' && one.type !== 'input') return []
    const wrong = elementsOf(one).filter((element) => !allowedIn[one.type](element.type))
    return wrong.map((element) => `unsupported type: ${element.type} ${pointer([...root, index])}`)
  })
}

function emptySections(blocks: Block[], root: string[]): string[] {
  return blocks.flatMap((one, index) =>
    one.type === 'section' && !one.text && !one.fields
      ? [`must define either \`text\` or \`fields\` ${pointer([...root, index])}`]
      : [],
  )
}

function imageSources(blocks: Block[], root: string[]): string[] {
  return blocks.flatMap((one, index) => {
    const images =
      one.type === 'image' ? [one] : elementsAndContext(one).filter((each) => each.type === 'image')
    return images.flatMap((image) =>
      Boolean(image.image_url) === Boolean(image.slack_file)
        ? [`must define either \`image_url\` or \`slack_file\` ${pointer([...root, index])}`]
        : [],
    )
  })
}

export function elementsAndContext(one: Block) {
  return one.type === 'context' ? one.elements : elementsOf(one)
}

function repeatedIds(blocks: Block[], root: string[]): string[] {
  const blockIds = blocks.flatMap((one) => (one.block_id === undefined ? [] : [one.block_id]))
  const faults = repeated(blockIds).map((id) => `block_id "${id}" already exists ${pointer(root)}`)
  const within = blocks.flatMap((one, index) => {
    const actionIds = elementsOf(one).flatMap((each) =>
      each.type === 'image' || each.action_id === undefined ? [] : [each.action_id],
    )
    return repeated(actionIds).map((id) => `action_id "${id}" already exists ${pointer([...root, index])}`)
  })
  return [...faults, ...within]
}

function menus(blocks: Block[], root: string[]): string[] {
  return blocks.flatMap((one, index) =>
    elementsOf(one).flatMap((each) =>
      menuFaults(each).map((fault) => `${fault} ${pointer([...root, index])}`),
    ),
  )
}

function menuFaults(each: Element): string[] {
  const isStatic = each.type === 'static_select' || each.type === 'multi_static_select'
  if (isStatic && Boolean(each.options) === Boolean(each.option_groups))
    return ['must define either `options` or `option_groups`']
  const initial = initialOptions(each)
  const listed = optionsOf(each)
  if (listed === undefined) return []
  const values = listed.map((option) => option.value)
  return [
    ...repeated(values).map((value) => `option value "${value}" is not unique`),
    ...initial
      .filter(
        (option) =>
          !listed.some((other) => other.value === option.value && other.text.text === option.text.text),
      )
      .map((option) => `initial option "${option.value}" is not among the options`),
  ]
}

function limitsOfInputs(blocks: Block[], root: string[]): string[] {
  return blocks.flatMap((one, index) =>
    elementsOf(one).flatMap((each) =>
      limitFaults(each).map((fault) => `${fault} ${pointer([...root, index])}`),
    ),
  )
}

/** Limits that contradict each other, or what the element starts with. */
function limitFaults(each: Element): string[] {
  if (each.type === 'plain_text_input') {
    const { min_length = 0, max_length = 3000, initial_value = '' } = each
    return [
      ...(min_length > max_length ? ['`min_length` must be at most `max_length`'] : []),
      ...(initial_value.length > max_length ? ['`initial_value` is longer than `max_length`'] : []),
    ]
  }
  if (each.type === 'number_input') {
    const { initial_value, min_value, max_value } = each
    const given = [initial_value, min_value, max_value].filter((value) => value !== undefined)
    const faults = given
      .filter((value) => !/^-?\d+(\.\d+)?$/.test(value) || (!each.is_decimal_allowed && value.includes('.')))
      .map((value) => `"${value}" is not a valid number`)
    const low = Number(min_value ?? -Infinity)
    const high = Number(max_value ?? Infinity)
    if (low > high) faults.push('`min_value` must be at most `max_value`')
    if (initial_value !== undefined && (Number(initial_value) < low || Number(initial_value) > high))
      faults.push('`initial_value` must lie between `min_value` and `max_value`')
    return faults
  }
  const most = 'max_selected_items' in each ? each.max_selected_items : undefined
  return most !== undefined && initialCount(each) > most
    ? ['no more initial values than `max_selected_items` allowed']
    : []
}

function initialCount(each: Element): number {
  switch (each.type) {
    case 'multi_users_select':
      return each.initial_users?.length ?? 0
    case 'multi_channels_select':
      return each.initial_channels?.length ?? 0
    case 'multi_conversations_select':
      return each.initial_conversations?.length ?? 0
    default:
      return initialOptions(each).length
  }
}

function oneFocus(blocks: Block[], root: string[]): string[] {
  const focused = blocks
    .flatMap(elementsOf)
    .filter((each) => 'focus_on_load' in each && each.focus_on_load === true)
  return focused.length > 1 ? [`only one element can have \`focus_on_load\` ${pointer(root)}`] : []
}

/** The options that an element lists itself; undefined for those that ask elsewhere. */
export function optionsOf(each: Element) {
  switch (each.type) {
    case 'static_select':
    case 'multi_static_select':
      return each.options ?? each.option_groups?.flatMap((group) => group.options) ?? []
    case 'radio_buttons':
    case 'checkboxes':
    case 'overflow':
      return each.options
    default:
      return undefined
  }
}

export function initialOptions(each: Element) {
  if ('initial_options' in each) return each.initial_options ?? []
  if ('initial_option' in each) return each.initial_option ? [each.initial_option] : []
  return []
}

function oneTable(blocks: Block[], root: string[]): string[] {
  const tables = blocks.filter((one) => one.type === 'table' || one.type === 'data_table')
  return tables.length > 1 ? [`only_one_table_allowed ${pointer(root)}`] : []
}

function repeated(ids: string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))]
}

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
  const rules = [offSurface, misplacedElements, emptySections, imageSources, repeatedIds, menus, oneTable]
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

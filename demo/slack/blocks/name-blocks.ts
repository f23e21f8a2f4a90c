// Gives every block and element the id that Slack makes up when the app left it out.
import type { Ids } from '../state/ids.ts'
import type { Block } from './block.ts'
import type { Element } from './element.ts'

export function nameBlocks(blocks: Block[], ids: Ids): Block[] {
  return blocks.map((one) => named(one, ids))
}

function named<B extends Block>(one: B, ids: Ids): B {
  return { ...withActionIds(one, ids), block_id: one.block_id ?? ids.next('b').toLowerCase() }
}

function withActionIds<B extends Block>(one: B, ids: Ids): B {
  const name = <E extends Element>(each: E): E =>
    each.type === 'image' || each.action_id ? each : { ...each, action_id: ids.next('a').toLowerCase() }
  if (one.type === 'section' && one.accessory) return { ...one, accessory: name(one.accessory) }
  if (one.type === 'actions') return { ...one, elements: one.elements.map(name) }
  if (one.type === 'input') return { ...one, element: name(one.element) }
  if (one.type === 'container')
    return { ...one, child_blocks: one.child_blocks.map((child) => named(child, ids)) }
  if (one.type === 'carousel')
    return { ...one, elements: one.elements.map((card) => ({ ...card, actions: card.actions?.map(name) })) }
  if (one.type === 'card') return { ...one, actions: one.actions?.map(name) }
  return one
}

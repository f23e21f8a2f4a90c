// Gives every block and element the id that Slack makes up when the app left it out.
import type { Ids } from '../state/ids.ts'
import type { Block } from './block.ts'
import type { Element } from './element.ts'

export function nameBlocks(blocks: Block[], ids: Ids): Block[] {
  return blocks.map((one) => ({
    ...withActionIds(one, ids),
    block_id: one.block_id ?? ids.next('b').toLowerCase(),
  }))
}

function withActionIds(one: Block, ids: Ids): Block {
  const name = <E extends Element>(each: E): E =>
    each.type === 'image' || each.action_id ? each : { ...each, action_id: ids.next('a').toLowerCase() }
  if (one.type === 'section' && one.accessory) return { ...one, accessory: name(one.accessory) }
  if (one.type === 'actions') return { ...one, elements: one.elements.map(name) }
  if (one.type === 'input') return { ...one, element: name(one.element) }
  if (one.type === 'card') return { ...one, actions: one.actions?.map(name) }
  return one
}

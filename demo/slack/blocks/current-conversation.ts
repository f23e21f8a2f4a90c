// Menus that start with the conversation a person came from. Source: docs.slack.dev/reference/block-kit/block-elements
import type { Block } from './block.ts'
import type { Element } from './element.ts'

/** An explicit initial value wins; a view opened from nowhere starts empty. */
export function startAtConversation(blocks: Block[], channel: string | undefined): Block[] {
  if (channel === undefined) return blocks
  return blocks.map((one) => {
    if (one.type === 'input') return { ...one, element: started(one.element, channel) }
    if (one.type === 'actions')
      return { ...one, elements: one.elements.map((each) => started(each, channel)) }
    if (one.type === 'section' && one.accessory) return { ...one, accessory: started(one.accessory, channel) }
    return one
  })
}

function started(element: Element, channel: string): Element {
  if (!('default_to_current_conversation' in element) || !element.default_to_current_conversation)
    return element
  if (element.type === 'conversations_select')
    return { ...element, initial_conversation: element.initial_conversation ?? channel }
  if (element.type === 'multi_conversations_select')
    return { ...element, initial_conversations: element.initial_conversations ?? [channel] }
  return element
}

// What Slack's client refuses in a modal before the app hears of it.

import type { StateValue, StateValues } from '../state/views.ts'
import type { Block } from './block.ts'
import type { Element } from './element.ts'
import { isStateful } from './input-state.ts'

/** One message per input block at fault, by block id. */
export function inputFaults(blocks: Block[], values: StateValues): Record<string, string> {
  const faults: Record<string, string> = {}
  for (const block of blocks) {
    if (block.type !== 'input' || !isStateful(block.element)) continue
    const blockId = block.block_id ?? ''
    const value = values[blockId]?.[block.element.action_id ?? '']
    const fault = inputFault(block.element, value, block.optional ?? false)
    if (fault) faults[blockId] = fault
  }
  return faults
}

function inputFault(element: Element, value: StateValue | undefined, optional: boolean): string | undefined {
  const entered = enteredOf(value)
  if (entered.length === 0) return optional ? undefined : 'Please complete this required field.'
  const text = String(entered[0])
  switch (element.type) {
    case 'plain_text_input':
      return lengthFault(text, element.min_length ?? 0, element.max_length ?? 3000)
    case 'number_input':
      return numberFault(text, element)
    case 'email_text_input':
      return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text) ? undefined : 'Please enter a valid email address.'
    case 'url_text_input':
      return URL.canParse(text) ? undefined : 'Please enter a valid URL.'
    default:
      return 'max_selected_items' in element && entered.length > (element.max_selected_items ?? Infinity)
        ? `Please choose ${element.max_selected_items} at most.`
        : undefined
  }
}

/** The entered things without the empty ones, whatever the element calls them. */
function enteredOf(value: StateValue | undefined): unknown[] {
  const { type: _type, ...entered } = value ?? { type: '' }
  return Object.values(entered)
    .flat()
    .filter((one) => one !== null && one !== undefined && one !== '')
}

function lengthFault(text: string, min: number, max: number): string | undefined {
  if (text.length < min) return `Please enter at least ${min} characters.`
  return text.length > max ? `Please enter ${max} characters at most.` : undefined
}

function numberFault(
  text: string,
  limits: { is_decimal_allowed: boolean; min_value?: string | undefined; max_value?: string | undefined },
): string | undefined {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return 'Please enter a valid number.'
  if (!limits.is_decimal_allowed && text.includes('.')) return 'Please enter a whole number.'
  if (limits.min_value !== undefined && Number(text) < Number(limits.min_value))
    return `Please enter a number of at least ${limits.min_value}.`
  if (limits.max_value !== undefined && Number(text) > Number(limits.max_value))
    return `Please enter a number of at most ${limits.max_value}.`
  return undefined
}

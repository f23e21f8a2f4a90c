// Turns what a person entered into Slack's state values, one shape an element type.

import type { StateValue, StateValues } from '../state/views.ts'
import type { Block } from './block.ts'
import { elementsOf, initialOptions, optionsOf, withChildren } from './check-blocks.ts'
import type { Element } from './element.ts'
import type { Option } from './text-object.ts'

/** Text, an option's value, an id, a date; several of them in a list; null for nothing. */
export type Entry = string | string[] | null

export type Stateful = Exclude<Element, { type: 'button' | 'image' | 'overflow' }>

export function isStateful(element: Element): element is Stateful {
  return element.type !== 'button' && element.type !== 'image' && element.type !== 'overflow'
}

/** The whole `state.values` of some blocks: what was entered, else what each element starts with. */
export function stateValues(blocks: Block[], entered: StateValues): StateValues {
  const values: StateValues = {}
  for (const block of withChildren(blocks)) {
    for (const element of elementsOf(block)) {
      if (!isStateful(element)) continue
      const blockId = block.block_id ?? ''
      const actionId = element.action_id ?? ''
      const kept = entered[blockId]?.[actionId]
      const value = kept?.type === element.type ? kept : initialState(element)
      values[blockId] = { ...values[blockId], [actionId]: value }
    }
  }
  return values
}

/** `offered` are the options an external select showed last. */
export function enteredState(
  element: Stateful,
  entry: Entry,
  offered: Option[],
): { state: StateValue } | { fault: string } {
  const type = element.type
  const list = entry === null || entry === '' ? [] : [entry].flat()
  const single = list[0] ?? null
  if (list.length > 1 && !('max_selected_items' in element) && !takesSeveral(type))
    return { fault: `${type} takes one value, ${list.length} came` }
  switch (type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { state: { type, value: single } }
    case 'datepicker':
      return { state: { type, selected_date: single } }
    case 'timepicker':
      return { state: { type, selected_time: single } }
    case 'datetimepicker':
      return { state: { type, selected_date_time: single === null ? null : Number(single) } }
    case 'users_select':
      return { state: { type, selected_user: single } }
    case 'channels_select':
      return { state: { type, selected_channel: single } }
    case 'conversations_select':
      return { state: { type, selected_conversation: single } }
    case 'multi_users_select':
      return { state: { type, selected_users: list } }
    case 'multi_channels_select':
      return { state: { type, selected_channels: list } }
    case 'multi_conversations_select':
      return { state: { type, selected_conversations: list } }
    default:
      return chosenState(element, list, optionsOf(element) ?? [...offered, ...initialOptions(element)])
  }
}

function takesSeveral(type: Element['type']): boolean {
  return type.startsWith('multi_') || type === 'checkboxes'
}

function chosenState(
  element: Stateful,
  values: string[],
  options: Option[],
): { state: StateValue } | { fault: string } {
  const chosen = values.flatMap((value) => options.find((option) => option.value === value) ?? [])
  if (chosen.length < values.length) {
    const missing = values.filter((value) => !options.some((option) => option.value === value))
    const known = options.map((option) => option.value).join(', ') || 'none; ask for its options first'
    return { fault: `${element.type} does not show ${missing.join(', ')}; it shows: ${known}` }
  }
  const { type } = element
  return {
    state: takesSeveral(type)
      ? { type, selected_options: chosen }
      : { type, selected_option: chosen[0] ?? null },
  }
}

function initialState(element: Stateful): StateValue {
  const { type } = element
  switch (type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: element.initial_value ?? null }
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null }
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null }
    case 'datetimepicker':
      return { type, selected_date_time: element.initial_date_time ?? null }
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null }
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null }
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null }
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] }
    case 'multi_channels_select':
      return { type, selected_channels: element.initial_channels ?? [] }
    case 'multi_conversations_select':
      return { type, selected_conversations: element.initial_conversations ?? [] }
    default:
      return takesSeveral(type)
        ? { type, selected_options: initialOptions(element) }
        : { type, selected_option: initialOptions(element)[0] ?? null }
  }
}

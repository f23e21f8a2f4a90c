// What Slack refuses in inputs whose own limits contradict each other.
import { expect, test } from 'vitest'
import { checkBlocks } from '../../../demo/slack/blocks/check-blocks.ts'
import { options, plain } from './support/blocks.ts'

const input = (element: object, block_id = 'b') => ({
  type: 'input',
  block_id,
  label: plain('Label'),
  element: { action_id: 'a', ...element },
})

function faults(...blocks: object[]): string[] {
  const checked = checkBlocks(blocks, 'modal')
  return 'faults' in checked ? checked.faults : []
}

test.each<[string, object, string]>([
  [
    'a day that no month has',
    { type: 'datepicker', initial_date: '2026-02-31' },
    'must be a date in the format',
  ],
  [
    'a moment in milliseconds',
    { type: 'datetimepicker', initial_date_time: 1_800_000_000_000 },
    'must be at most',
  ],
  [
    'a number without is_decimal_allowed',
    { type: 'number_input' },
    'missing required field: is_decimal_allowed',
  ],
  [
    'a number that starts above its maximum',
    { type: 'number_input', is_decimal_allowed: false, max_value: '100', initial_value: '140' },
    '`initial_value` must lie between',
  ],
  [
    'a decimal where whole numbers are asked',
    { type: 'number_input', is_decimal_allowed: false, initial_value: '0.5' },
    '"0.5" is not a valid number',
  ],
  [
    'a minimum above the maximum',
    { type: 'number_input', is_decimal_allowed: true, min_value: '2', max_value: '1' },
    '`min_value` must be at most `max_value`',
  ],
  [
    'a text longer than it may be',
    { type: 'plain_text_input', max_length: 3, initial_value: 'four' },
    'is longer than',
  ],
  [
    'a text with lengths the wrong way round',
    { type: 'plain_text_input', min_length: 9, max_length: 3 },
    '`min_length`',
  ],
  [
    'more people chosen than may be',
    { type: 'multi_users_select', max_selected_items: 1, initial_users: ['U1', 'U2'] },
    'no more initial values',
  ],
  [
    'more options chosen than may be',
    { type: 'multi_external_select', max_selected_items: 1, initial_options: options('a', 'b') },
    'no more initial values',
  ],
  [
    'a filter for no kind of conversation',
    { type: 'conversations_select', filter: { include: [] } },
    'no less than 1 items required',
  ],
  [
    'a filter for a kind that is none',
    { type: 'conversations_select', filter: { include: ['channel'] } },
    'must be a valid enum value',
  ],
  ['eleven boxes', { type: 'checkboxes', options: options(...'abcdefghijk') }, 'no more than 10 items'],
])('%s is refused', (_what, element, fault) => {
  expect(faults(input(element)).join('\n')).toContain(fault)
})

test('one element may have the focus, two may not', () => {
  const focused = (id: string) => input({ type: 'plain_text_input', focus_on_load: true }, id)
  expect(faults(focused('one'))).toEqual([])
  expect(faults(focused('one'), focused('two')).join()).toContain('focus_on_load')
})

test('what Slack takes is taken', () => {
  expect(
    faults(
      input({ type: 'datepicker', initial_date: '2028-02-29' }, '1'),
      input({ type: 'number_input', is_decimal_allowed: true, min_value: '-1', initial_value: '0.5' }, '2'),
      input({ type: 'conversations_select', filter: { include: ['public', 'private'] } }, '3'),
      input({ type: 'multi_users_select', max_selected_items: 2, initial_users: ['U1', 'U2'] }, '4'),
    ),
  ).toEqual([])
})

// Buttons are found by the words that can be seen on them, also by those who hear or speak them.
import { expect, test } from 'vitest'
import { button } from '../../../bot/blocks/build.ts'

const spoken = (label: string, description: string) =>
  button({ actionId: 'a', label, description }).accessibility_label

test('what is read out begins with what can be seen', () => {
  expect(spoken('Abort…', 'Abort PCBA-FCT 2.4.1: asks for a reason')).toBe(
    'Abort PCBA-FCT 2.4.1: asks for a reason',
  )
  expect(spoken('Charts and history', 'Open the page of PCBA-FCT 2.4.1')).toBe(
    'Charts and history: Open the page of PCBA-FCT 2.4.1',
  )
  expect(spoken('More settings', 'x'.repeat(200))).toHaveLength(75)
})

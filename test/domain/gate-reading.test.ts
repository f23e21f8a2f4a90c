// What is still needed is an estimate, and is said as one.
import { expect, test } from 'vitest'
import { moreNeeded } from '../../server/domain/gate-reading.ts'

test.each([
  [null, null],
  [0, null],
  [0.4, 'about 1 more'],
  [211.3, 'about 212 more'],
  [26_345.2, 'about 26,000 more'],
  [286_629.1, 'about 290,000 more'],
  [1_000_000_000, null],
])('%s counts to a verdict are %s', (countsToVerdict, said) => {
  expect(moreNeeded({ countsToVerdict })).toBe(said)
})

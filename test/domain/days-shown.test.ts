import { expect, test } from 'vitest'
import { daysShown } from '../../server/domain/days-shown.ts'

test('a chart by day looks back eight weeks, of a large fleet fewer, and a week at least', () => {
  expect([0, 1, 60, 223, 250, 1000, 2000, 5000].map(daysShown)).toEqual([56, 56, 56, 56, 50, 12, 7, 7])
})

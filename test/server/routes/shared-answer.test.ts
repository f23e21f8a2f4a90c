import { expect, test } from 'vitest'
import { sharedAnswer } from '../../../server/routes/pages/shared-answer.ts'

test('who asks within a moment shares one answer', async () => {
  let asked = 0
  const ask = sharedAnswer(async () => ++asked, 60_000)
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1])
  expect(await ask()).toBe(1)
})

test('later the question is asked anew', async () => {
  let asked = 0
  const ask = sharedAnswer(async () => ++asked, 0)
  expect([await ask(), await ask()]).toEqual([1, 2])
})

test('a failure is not kept', async () => {
  let asked = 0
  const ask = sharedAnswer(async () => {
    if (++asked === 1) throw new Error('away')
    return asked
  }, 60_000)
  await expect(ask()).rejects.toThrow('away')
  expect(await ask()).toBe(2)
})

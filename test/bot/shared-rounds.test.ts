// Rounds that many share: nobody gets one that began before they asked, and a crowd costs few.
import { expect, test, vi } from 'vitest'
import { sharedRounds } from '../../bot/deliveries/shared-rounds.ts'

/** Every round waits until the test lets it end. */
function rounds(rests = { least: 0, most: 0 }) {
  const share = sharedRounds(rests)
  const begun: string[] = []
  const ends: ((error?: Error) => void)[] = []
  const ask = (key: string) =>
    share(key, () => {
      begun.push(key)
      return new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())))
    })
  return { ask, begun, end: (error?: Error) => ends.shift()?.(error) }
}

test('the first begins at once, and all who ask meanwhile share one more', async () => {
  const { ask, begun, end } = rounds()
  const first = ask('a')
  expect(begun).toEqual(['a'])
  const crowd = Array.from({ length: 5 }, () => ask('a'))
  end()
  await first
  await vi.waitFor(() => expect(begun).toEqual(['a', 'a']))
  const late = ask('a')
  end()
  await Promise.all(crowd)
  await vi.waitFor(() => expect(begun).toEqual(['a', 'a', 'a']))
  end()
  await late
  expect(begun).toHaveLength(3)
})

test('different keys do not wait for each other', () => {
  const { ask, begun } = rounds()
  void ask('a')
  void ask('b')
  expect(begun).toEqual(['a', 'b'])
})

test('a round that fails is a failure of those who share it, and the next one is done', async () => {
  const { ask, begun, end } = rounds()
  const first = ask('a')
  const next = ask('a')
  end(new Error('Slack is away'))
  await expect(first).rejects.toThrow('Slack is away')
  await vi.waitFor(() => expect(begun).toHaveLength(2))
  end()
  await next
})

test('between two rounds of a key there is a rest', async () => {
  const { ask, begun, end } = rounds({ least: 300, most: 300 })
  const first = ask('a')
  end()
  await first
  const ended = performance.now()
  const shared = ask('a')
  expect(begun).toHaveLength(1)
  await vi.waitFor(() => expect(begun).toHaveLength(2), 5000)
  expect(performance.now() - ended).toBeGreaterThan(290)
  end()
  await shared
})

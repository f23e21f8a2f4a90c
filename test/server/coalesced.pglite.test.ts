// Work by key, gathered: never two rounds of one key, never more keys at once than may be, and nothing asked for is lost.
import { expect, onTestFinished, test, vi } from 'vitest'
import { coalesced } from '../../server/coalesced.ts'

/** Every round waits until the test lets it end. */
function rounds(atOnce: number) {
  const begun: string[] = []
  const ends: ((outcome?: 'again') => void)[] = []
  const loop = coalesced<string>({
    work: (key) => {
      begun.push(key)
      return new Promise((resolve) => ends.push(resolve))
    },
    restMs: 0,
    atOnce,
  })
  onTestFinished(async () => {
    for (const end of ends) end()
    await loop.stop()
  })
  return { ...loop, begun, end: (outcome?: 'again') => ends.shift()?.(outcome) }
}

test('what is asked for while a round is under way is one more round of it', async () => {
  const { request, begun, end } = rounds(2)
  for (let times = 0; times < 5; times++) request('a')
  expect(begun).toEqual(['a'])
  end()
  await vi.waitFor(() => expect(begun).toEqual(['a', 'a']))
  end()
  request('b')
  await vi.waitFor(() => expect(begun).toEqual(['a', 'a', 'b']))
})

test('no more keys than may be are worked on at once, and the others come in the order in which they were asked for', async () => {
  const { request, begun, end } = rounds(2)
  for (const key of ['a', 'b', 'c', 'd']) request(key)
  expect(begun).toEqual(['a', 'b'])
  end()
  await vi.waitFor(() => expect(begun).toEqual(['a', 'b', 'c']))
  request('a')
  end()
  await vi.waitFor(() => expect(begun).toEqual(['a', 'b', 'c', 'd']))
  end()
  await vi.waitFor(() => expect(begun).toEqual(['a', 'b', 'c', 'd', 'a']))
})

test('what could not be done is tried again', async () => {
  const { request, begun, end } = rounds(1)
  request('a')
  end('again')
  await vi.waitFor(() => expect(begun).toEqual(['a', 'a']))
})

test('stopped, it begins nothing more and waits for what is under way', async () => {
  const { request, begun, end, stop } = rounds(1)
  request('a')
  request('b')
  const stopped = stop()
  end()
  await stopped
  request('c')
  expect(begun).toEqual(['a'])
})

// What is read by key and kept: forgotten in time, gathered, bounded.
import { expect, test } from 'vitest'
import { remembered } from '../../server/remembered.ts'

type Value = { owner: string; version: number }

/** A store whose reads end when the test says so. */
function openStore(options: { most?: number; mostAbsent?: number; isHeld?: boolean } = {}) {
  const stored = new Map<string, Value>()
  const reads: string[][] = []
  let held: (() => void)[] = []
  let at = 0
  let since = Number.NEGATIVE_INFINITY
  const cache = remembered<Value>({
    read: async (keys) => {
      reads.push(keys)
      const found = new Map(keys.flatMap((key) => (stored.has(key) ? [[key, stored.get(key) as Value]] : [])))
      if (options.isHeld) await new Promise<void>((resolve) => held.push(resolve))
      return found
    },
    ownerOf: ({ owner }) => owner,
    believedSince: () => since,
    now: () => at,
    most: options.most ?? 1_000,
    mostAbsent: options.mostAbsent ?? 1_000,
  })
  return {
    cache,
    reads,
    put: (key: string, version: number, owner = key) => stored.set(key, { owner, version }),
    version: async (key: string) => (await cache.get(key))?.version ?? null,
    async begun(count: number) {
      await expect.poll(() => reads.length, { timeout: 10_000 }).toBe(count)
    },
    end() {
      for (const each of held) each()
      held = []
    },
    pass: (ms: number) => {
      at += ms
    },
    believeSince: (moment: number) => {
      since = moment
    },
  }
}

test('a key is read once, also one that has no value', async () => {
  const store = openStore()
  store.put('a', 1)
  expect([await store.version('a'), await store.version('a')]).toEqual([1, 1])
  expect([await store.version('b'), await store.version('b')]).toEqual([null, null])
  expect(store.reads).toEqual([['a'], ['b']])
})

test('many who ask at once share few reads, and each gets its own answer', async () => {
  const store = openStore()
  const keys = Array.from({ length: 5_000 }, (_, index) => `k${index}`)
  for (const [index, key] of keys.entries()) store.put(key, index)
  const answers = await Promise.all([...keys, ...keys].map(store.version))
  expect(answers).toEqual([...keys.keys(), ...keys.keys()])
  expect(store.reads.length).toBe(5)
})

test('what is forgotten is read anew, by every key of its owner', async () => {
  const store = openStore()
  store.put('a1', 1, 'a')
  store.put('a2', 1, 'a')
  store.put('b', 1)
  for (const key of ['a1', 'a2', 'b']) await store.version(key)
  for (const key of ['a1', 'a2']) store.put(key, 2, 'a')
  store.cache.forget('a')
  expect([await store.version('a1'), await store.version('a2')]).toEqual([2, 2])
  expect(store.reads.flat()).toEqual(['a1', 'a2', 'b', 'a1', 'a2'])
})

test('a read that was under way when its owner was forgotten is given to nobody', async () => {
  const store = openStore({ isHeld: true })
  store.put('a', 1)
  const before = store.version('a')
  await store.begun(1)
  store.put('a', 2)
  store.cache.forget('a')
  const after = store.version('a')
  store.end()
  await store.begun(2)
  store.end()
  expect([await before, await after]).toEqual([2, 2])
})

test('a key that came to be while it was looked for is found', async () => {
  const store = openStore({ isHeld: true })
  const before = store.version('a')
  await store.begun(1)
  store.put('a', 1)
  store.cache.forget('a')
  store.end()
  await store.begun(2)
  store.end()
  expect(await before).toBe(1)
})

test('a doubted read is read again', async () => {
  const store = openStore({ isHeld: true })
  store.put('a', 1)
  const asked = store.version('a')
  await store.begun(1)
  store.put('a', 2)
  store.cache.doubt()
  store.end()
  await store.begun(2)
  store.end()
  expect(await asked).toBe(2)
})

test('what is no longer believed is read anew', async () => {
  const store = openStore()
  store.put('a', 1)
  await store.version('a')
  await store.version('b')
  store.pass(10)
  store.believeSince(5)
  await store.version('a')
  await store.version('b')
  await store.version('a')
  expect(store.reads).toEqual([['a'], ['b'], ['a'], ['b']])
})

test('a fault is told to those who asked, and not kept', async () => {
  let faults = 1
  const cache = remembered<Value>({
    read: async (keys) => {
      if (faults-- > 0) throw new Error('away')
      return new Map(keys.map((key) => [key, { owner: key, version: 1 }]))
    },
    ownerOf: ({ owner }) => owner,
    believedSince: () => 0,
    now: () => 0,
    most: 10,
    mostAbsent: 10,
  })
  await expect(Promise.resolve(cache.get('a'))).rejects.toThrow('away')
  expect(await cache.get('a')).toEqual({ owner: 'a', version: 1 })
})

test('keys that anybody can make up drive nothing out, and fill no memory', async () => {
  const store = openStore({ most: 100, mostAbsent: 50 })
  store.put('true', 1)
  await store.version('true')
  await Promise.all(Array.from({ length: 3_000 }, (_, index) => store.version(`made up ${index}`)))
  expect(store.cache.size()).toEqual({ kept: 1, absent: 50 })
  const reads = store.reads.length
  expect(await store.version('true')).toBe(1)
  expect(store.reads.length).toBe(reads)
})

test('beyond the most that is kept what was read first is dropped', async () => {
  const store = openStore({ most: 2 })
  for (const key of ['a', 'b', 'c']) {
    store.put(key, 1)
    await store.version(key)
  }
  expect(store.cache.size().kept).toBe(2)
  await store.version('a')
  expect(store.reads).toEqual([['a'], ['b'], ['c'], ['a']])
})

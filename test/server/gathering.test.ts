// What comes in while a group is being committed is committed together, answered each for itself, and never too early.
import { expect, test } from 'vitest'
import { gathering, QueueFull } from '../../server/gathering.ts'

/** Work that the test lets finish: every group that was begun, with a way to end it. */
function held() {
  const groups: { items: string[]; commit: () => void; fail: (error: Error) => void }[] = []
  let begun = Promise.withResolvers<void>()
  return {
    groups,
    work: (items: string[]) =>
      new Promise<string[]>((resolve, reject) => {
        groups.push({ items, commit: () => resolve(items.map((item) => `${item}!`)), fail: reject })
        begun.resolve()
        begun = Promise.withResolvers()
      }),
    /** The next group that is begun, if it has not been yet. */
    async group(number: number) {
      while (groups.length < number) await begun.promise
      const found = groups[number - 1]
      if (!found) throw new Error(`no group ${number}`)
      return found
    },
  }
}

const failed = (error: unknown) => `failed: ${error instanceof Error ? error.message : error}`
const isEverybodys = (error: unknown) => error instanceof Error && error.message === 'away'
const limits = { failed, isEverybodys, most: 10, capacity: 30 }

test('what gathers while a group is committed is the next one, and each request gets its own answers', async () => {
  const { groups, work, group } = held()
  const { take, waiting } = gathering({ ...limits, work })
  const first = take(['a'])
  const together = take(['b', 'c'])
  const one = await group(1)
  expect(one.items).toEqual(['a', 'b', 'c'])
  const late = [take(['d']), take(['e', 'f']), take([])]
  expect(await late[2]).toEqual([])
  expect(waiting()).toBe(6)
  one.commit()
  expect(await first).toEqual(['a!'])
  expect(await together).toEqual(['b!', 'c!'])
  const two = await group(2)
  expect(two.items).toEqual(['d', 'e', 'f'])
  two.commit()
  expect(await Promise.all(late)).toEqual([['d!'], ['e!', 'f!'], []])
  expect(waiting()).toBe(0)
  expect(groups).toHaveLength(2)
})

test('nobody is answered, and no second group begun, before the first is committed', async () => {
  const { groups, work, group } = held()
  const { take } = gathering({ ...limits, work })
  const answered: string[] = []
  const all = ['a', 'b'].map((item) => take([item]).then((answers) => answered.push(...answers)))
  const { commit } = await group(1)
  const later = take(['c'])
  await new Promise((resolve) => setTimeout(resolve))
  expect(answered).toEqual([])
  expect(groups).toHaveLength(1)
  commit()
  await Promise.all(all)
  expect(answered).toEqual(['a!', 'b!'])
  ;(await group(2)).commit()
  expect(await later).toEqual(['c!'])
})

test('a group ends where it would grow over the most; a request that is larger than that goes alone', async () => {
  const { work, group } = held()
  const { take } = gathering({ ...limits, work, weigh: (item: string) => item.length })
  const sizes = [['aaaa', 'bbbb'], ['cc'], ['d'], ['e'.repeat(8), 'f'.repeat(8)], ['g']]
  const all = sizes.map((items) => take(items))
  const wanted = [['aaaa', 'bbbb', 'cc'], ['d'], ['e'.repeat(8), 'f'.repeat(8)], ['g']]
  for (const [index, items] of wanted.entries()) {
    const each = await group(index + 1)
    expect(each.items).toEqual(items)
    each.commit()
  }
  expect((await Promise.all(all)).flat()).toHaveLength(7)
})

test('an item that cannot be kept fails alone, in its own request too, and in few tries', async () => {
  const tried: number[] = []
  const kept = new Set<string>()
  const { take } = gathering({
    ...limits,
    most: 1_000,
    capacity: 1_000,
    work: async (items: string[]) => {
      tried.push(items.length)
      if (items.includes('poison')) throw new Error('no such thing')
      for (const item of items) kept.add(item)
      return items.map((item) => `${item}!`)
    },
  })
  const others = Array.from({ length: 255 }, (_, index) => take([`${index}`]))
  const mixed = take(['x', 'poison', 'y'])
  const after = take(['z'])
  expect(await mixed).toEqual(['x!', 'failed: no such thing', 'y!'])
  expect((await Promise.all([...others, after])).flat()).toHaveLength(256)
  expect(kept.size).toBe(258)
  // All of them, and two for each of the halvings of 259.
  expect(tried.length).toBeLessThanOrEqual(1 + 2 * 9)
})

test('an error that is everybody’s fails all at once, and the next ones are tried anew', async () => {
  const { groups, work, group } = held()
  const { take, waiting } = gathering({ ...limits, work })
  const all = [take(['a']), take(['b', 'c'])]
  ;(await group(1)).fail(new Error('away'))
  for (const each of await Promise.allSettled(all))
    expect(each).toMatchObject({ status: 'rejected', reason: { message: 'away' } })
  expect(groups).toHaveLength(1)
  expect(waiting()).toBe(0)
  const again = take(['a'])
  ;(await group(2)).commit()
  expect(await again).toEqual(['a!'])
})

test('more than the capacity is refused at once, what was taken is kept, and then there is room again', async () => {
  const { work, group } = held()
  const { take } = gathering({ ...limits, most: 30, work })
  const large = take(Array.from({ length: 40 }, (_, index) => `${index}`))
  await expect(take(['a'])).rejects.toThrow(QueueFull)
  ;(await group(1)).commit()
  expect(await large).toHaveLength(40)
  const all = [take(Array.from({ length: 20 }, () => 'b')), take(Array.from({ length: 10 }, () => 'c'))]
  await expect(take(['d'])).rejects.toThrow(/30 runs wait/)
  ;(await group(2)).commit()
  expect((await Promise.all(all)).flat()).toHaveLength(30)
  const last = take(['d'])
  ;(await group(3)).commit()
  expect(await last).toEqual(['d!'])
})

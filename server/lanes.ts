// Items that somebody else holds up wait in a lane of their own, where more of their kind gather; all others go on.

type Lane<Item, Answer> = { take(items: Item[]): Promise<Answer[]>; waiting(): number }
type Options<Key, Item, Answer> = {
  keyOf: (item: Item) => Key
  /** Answers null to what is held up now. */
  tryAll: (items: Item[]) => Promise<(Answer | null)[]>
  /** A lane waits for as long as it takes, by itself. */
  openLane: () => Lane<Item, Answer>
}

export function lanes<Key, Item extends object, Answer>({
  keyOf,
  tryAll,
  openLane,
}: Options<Key, Item, Answer>) {
  const open = new Map<Key, Lane<Item, Answer>>()

  async function wait(key: Key, items: Item[]): Promise<[Item, Answer | undefined][]> {
    const lane = open.get(key) ?? openLane()
    open.set(key, lane)
    try {
      const answers = await lane.take(items)
      return items.map((item, index) => [item, answers[index]])
    } finally {
      if (lane.waiting() === 0) open.delete(key)
    }
  }

  return {
    /** @returns the answer to each item; none only where `tryAll` and the lanes gave none. */
    async take(items: Item[]): Promise<Map<Item, Answer>> {
      const answers = new Map<Item, Answer>()
      const held: Item[] = []
      for (const [index, answer] of (await tryAll(items)).entries()) {
        const item = items[index]
        if (item === undefined) continue
        if (answer === null) held.push(item)
        else answers.set(item, answer)
      }
      const waits = [...Map.groupBy(held, keyOf)].map(([key, own]) => wait(key, own))
      for (const [item, answer] of (await Promise.all(waits)).flat())
        if (answer !== undefined) answers.set(item, answer)
      return answers
    },
    /** In lanes. */
    waiting: () => [...open.values()].reduce((sum, lane) => sum + lane.waiting(), 0),
  }
}

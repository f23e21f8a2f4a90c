// Many small questions, few statements: what is asked while others are under way is answered together by the next.

type Waiting<Item, Answer> = {
  item: Item
  resolve: (answer: Answer) => void
  reject: (fault: unknown) => void
}

/**
 * @param run is given at most `most` items, and runs at most `atOnce` times side by side. It answers with what looks an
 * item's answer up; a fault of it is the fault of all that it was given.
 */
export function gathered<Item, Answer>(
  run: (items: Item[]) => Promise<(item: Item) => Answer>,
  { most, atOnce }: { most: number; atOnce: number },
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = []
  let running = 0
  let isSoon = false

  function start(): void {
    isSoon = false
    while (running < atOnce && waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      void answer(batch)
    }
  }

  async function answer(batch: Waiting<Item, Answer>[]): Promise<void> {
    running++
    try {
      const answerOf = await run(batch.map(({ item }) => item))
      for (const { item, resolve } of batch) resolve(answerOf(item))
    } catch (fault) {
      for (const { reject } of batch) reject(fault)
    } finally {
      running--
      start()
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isSoon || running >= atOnce) return
      isSoon = true
      // Not at once: all requests that this turn of the event loop has read are to come along.
      setImmediate(start)
    })
}

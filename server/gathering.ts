// Group commit: what requests bring while the last group is being committed is done together, and answered after it.
import { setImmediate } from 'node:timers/promises'

/** More waits than is promised: whoever asks now is to come again. */
export class QueueFull extends Error {
  constructor(waiting: number) {
    super(`${waiting} runs wait to be stored; nothing of this request was kept`)
  }
}

type Options<Item, Answer> = {
  /** One answer for each item, in order, once all of it is kept. */
  work: (items: Item[]) => Promise<Answer[]>
  /** The answer to an item that fails by itself. */
  failed: (error: unknown) => Answer
  /** An error that is not of one item, such as a database that is away: then nothing is tried again. */
  isEverybodys: (error: unknown) => boolean
  /** What an item counts against `most` and `capacity`; 1 when absent. */
  weigh?: (item: Item) => number
  /** At one go. A request that is larger goes alone. */
  most: number
  /** Waiting and under way together; one request is always taken when nothing waits. */
  capacity: number
}
type Request<Item, Answer> = {
  items: Item[]
  weight: number
  resolve: (answers: Answer[]) => void
  reject: (error: unknown) => void
}

/**
 * Requests that are answered at one go. All of a group at once held everybody else up for as long as 256 answers take, and
 * once more when their stations came again, all in the same turn.
 */
const answeredAtOnce = 16

/**
 * One group is under way at a time, on every engine, so the next one grows by itself as long as that takes: no timer, and
 * no wait when nobody else asks.
 */
export function gathering<Item, Answer>(options: Options<Item, Answer>) {
  const { work, failed, isEverybodys, weigh = () => 1, most, capacity } = options
  const queue: Request<Item, Answer>[] = []
  let waiting = 0
  let isUnderWay = false

  async function takeAll(): Promise<void> {
    isUnderWay = true
    while (queue.length > 0) {
      // Requests that were read in the same turn come along, and whoever asks for something else is heard in between.
      await setImmediate()
      await answer(nextGroup())
    }
    isUnderWay = false
  }

  function nextGroup(): Request<Item, Answer>[] {
    let weight = 0
    const end = queue.findIndex((request, index) => {
      weight += request.weight
      return index > 0 && weight > most
    })
    return queue.splice(0, end === -1 ? queue.length : end)
  }

  async function answer(group: Request<Item, Answer>[]): Promise<void> {
    try {
      const answers = await byHalves(group.flatMap(({ items }) => items))
      let from = 0
      for (const [index, { items, resolve }] of group.entries()) {
        resolve(answers.slice(from, from + items.length))
        from += items.length
        if ((index + 1) % answeredAtOnce === 0) await setImmediate()
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      for (const { weight } of group) waiting -= weight
    }
  }

  /** One item that the database does not take must not cost the others their answer. */
  async function byHalves(items: Item[]): Promise<Answer[]> {
    try {
      return await work(items)
    } catch (error) {
      if (isEverybodys(error)) throw error
      if (items.length === 1) return [failed(error)]
      const middle = Math.ceil(items.length / 2)
      return [...(await byHalves(items.slice(0, middle))), ...(await byHalves(items.slice(middle)))]
    }
  }

  return {
    /** @throws QueueFull, and what is everybody's. */
    async take(items: Item[]): Promise<Answer[]> {
      if (items.length === 0) return []
      const weight = items.reduce((sum, item) => sum + weigh(item), 0)
      if (waiting > 0 && waiting + weight > capacity) throw new QueueFull(waiting)
      waiting += weight
      return new Promise<Answer[]>((resolve, reject) => {
        queue.push({ items, weight, resolve, reject })
        if (!isUnderWay) void takeAll()
      })
    },
    waiting: () => waiting,
  }
}

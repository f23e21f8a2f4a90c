// What was read by key, kept until whoever it belongs to is forgotten. Reads of many keys at once gather into few.
import { gathered } from './gathered.ts'

/** Keys of one read: 1,000 stations with their builds take PostgreSQL some 15 ms. */
const mostAtOnce = 1_000

type Options<Value> = {
  /** A key that is not in the answer has no value, and that is kept too. */
  read: (keys: string[]) => Promise<Map<string, Value>>
  ownerOf: (value: Value) => string
  /** What was read before that moment is read anew; by the same clock as `now`. */
  believedSince: () => number
  now: () => number
  /** Beyond it what was read first is dropped. */
  most: number
  /** The same of keys without a value, which anybody can make up. */
  mostAbsent: number
}

/** A read that is under way, and whose values must not be kept, nor given to whoever asks from now on. */
type Reading = { forgotten: Set<string>; isDoubted: boolean }
type Kept<Value> = { value: Value; readAt: number }
type Read<Value> = { value: Value | null } | 'again'

export function remembered<Value>(options: Options<Value>) {
  const { ownerOf, believedSince, now, most, mostAbsent } = options
  const kept = new Map<string, Kept<Value>>()
  const keysOf = new Map<string, string[]>()
  const absent = new Map<string, number>()
  const asked = new Map<string, Promise<Value | null>>()
  const underWay = new Set<Reading>()

  const read = gathered<string, Read<Value>>(
    async (keys) => {
      const reading: Reading = { forgotten: new Set(), isDoubted: false }
      underWay.add(reading)
      const readAt = now()
      try {
        const found = await options.read(keys)
        const answers = new Map(keys.map((key) => [key, take(key, found.get(key) ?? null, readAt, reading)]))
        return (key) => answers.get(key) ?? 'again'
      } finally {
        underWay.delete(reading)
      }
    },
    { most: mostAtOnce, atOnce: 2 },
  )

  function take(key: string, value: Value | null, readAt: number, reading: Reading): Read<Value> {
    const { forgotten, isDoubted } = reading
    if (isDoubted || (value === null ? forgotten.size > 0 : forgotten.has(ownerOf(value)))) return 'again'
    drop(key)
    if (value === null) keepAbsent(key, readAt)
    else keep(key, { value, readAt })
    return { value }
  }

  function keep(key: string, entry: Kept<Value>): void {
    kept.set(key, entry)
    const owner = ownerOf(entry.value)
    keysOf.set(owner, [...(keysOf.get(owner) ?? []), key])
    const oldest = kept.keys().next()
    if (kept.size > most && !oldest.done) drop(oldest.value)
  }

  function keepAbsent(key: string, readAt: number): void {
    absent.set(key, readAt)
    const oldest = absent.keys().next()
    if (absent.size > mostAbsent && !oldest.done) absent.delete(oldest.value)
  }

  function drop(key: string): void {
    absent.delete(key)
    const entry = kept.get(key)
    if (entry === undefined) return
    kept.delete(key)
    const owner = ownerOf(entry.value)
    const others = keysOf.get(owner)?.filter((each) => each !== key) ?? []
    if (others.length > 0) keysOf.set(owner, others)
    else keysOf.delete(owner)
  }

  async function ask(key: string): Promise<Value | null> {
    for (;;) {
      const answer = await read(key)
      if (answer !== 'again') return answer.value
    }
  }

  return {
    /** At once what is kept, else what is read. */
    get(key: string): Value | null | Promise<Value | null> {
      const since = believedSince()
      const entry = kept.get(key)
      if (entry !== undefined && entry.readAt >= since) return entry.value
      const absentAt = absent.get(key)
      if (absentAt !== undefined && absentAt >= since) return null
      const present = asked.get(key)
      if (present) return present
      const asking = ask(key).finally(() => asked.delete(key))
      asked.set(key, asking)
      return asking
    },
    /** Whether this is what is kept for the key, so that forgetting it will be noticed. */
    has: (key: string, value: Value): boolean => kept.get(key)?.value === value,
    forget(owner: string): void {
      for (const key of keysOf.get(owner) ?? []) kept.delete(key)
      keysOf.delete(owner)
      // A key that nobody had may be this one's now.
      absent.clear()
      for (const { forgotten } of underWay) forgotten.add(owner)
    },
    /** Reads that are under way are read again, and keys without a value too. */
    doubt(): void {
      absent.clear()
      for (const reading of underWay) reading.isDoubted = true
    },
    values: (): Value[] => [...kept.values()].map(({ value }) => value),
    size: () => ({ kept: kept.size, absent: absent.size }),
  }
}

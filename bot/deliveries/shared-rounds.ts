// Work by key that many ask for at once: whoever asks while it is under way, or rests, shares the next round with all others.
import { setTimeout as pause } from 'node:timers/promises'

/** A round that took longer is followed by a longer rest, so that it never has more than a sixth of the time. */
const restFactor = 5

/** @param rests real milliseconds between two rounds of a key; the first after a while without any begins at once. */
export function sharedRounds(rests: { least: number; most: number }) {
  const rounds = new Map<string, { next: Promise<void> | null; over: Promise<void> }>()

  /** Resolves, or rejects, with a round that began after it was asked for. */
  return function share(key: string, work: () => Promise<void>): Promise<void> {
    const present = rounds.get(key)
    if (present === undefined) return begin(key, work)
    present.next ??= present.over.then(() => begin(key, work))
    return present.next
  }

  function begin(key: string, work: () => Promise<void>): Promise<void> {
    const began = performance.now()
    const round = work()
    const over = round
      .catch(() => undefined)
      .then(() => {
        const rest = restFactor * (performance.now() - began)
        return pause(Math.min(rests.most, Math.max(rests.least, rest)))
      })
    const mine = { next: null, over }
    rounds.set(key, mine)
    void over.then(() => {
      if (rounds.get(key) === mine && mine.next === null) rounds.delete(key)
    })
    return round
  }
}

// Open pages that wait for their rollout to change: one look at the database for a rollout and process, however many watch.
import type { Database } from '../db/client.ts'
import { rolloutMark, rolloutsChannel } from '../db/rollout-marks.ts'
import type { RolloutId } from './domain/ids.ts'

/** `heard`: told the mark at once, and each new one. `ended`: nothing more will be told. */
export type Watcher = { heard: (mark: string) => void; ended: () => void }
export type RolloutWatchers = Awaited<ReturnType<typeof rolloutWatchers>>

/** Real milliseconds. */
type Timing = {
  /** Between two looks: a line of a hundred stations judges several times a second. */
  apart: number
  /** What nobody announces is found by then. */
  anyway: number
}
const usual: Timing = { apart: 1_000, anyway: 15_000 }

/** Each holds a connection and its buffers. A page that is not let in looks now and then by itself. */
const most = 1_000

export async function rolloutWatchers(
  database: Database,
  log: { warn: (fault: unknown, said: string) => void },
  timing: Timing = usual,
) {
  const watched = new Map<RolloutId, Watched>()
  const unlisten = await database.listen(rolloutsChannel, (id) => watched.get(id as RolloutId)?.request())
  let count = 0
  let stopped = false

  function watchedOf(id: RolloutId): Watched {
    const known = watched.get(id)
    if (known) return known
    const look = () =>
      rolloutMark(database.db, id).catch((fault: unknown) => {
        log.warn(fault, 'the mark of a watched rollout could not be read')
        return null
      })
    const made = watchedRollout(look, timing)
    watched.set(id, made)
    return made
  }

  return {
    /** The function returned ends it. Null: as many watch as there may be, or all is stopped. */
    watch(id: RolloutId, watcher: Watcher): (() => void) | null {
      if (stopped || count >= most) return null
      const rollout = watchedOf(id)
      rollout.watchers.add(watcher)
      count++
      rollout.greet(watcher)
      return () => {
        if (!rollout.watchers.delete(watcher)) return
        count--
        if (rollout.watchers.size > 0) return
        rollout.stop()
        watched.delete(id)
      }
    },
    /** How many watch now. */
    count: () => count,
    async stop(): Promise<void> {
      stopped = true
      for (const rollout of [...watched.values()])
        for (const watcher of [...rollout.watchers]) watcher.ended()
      await unlisten()
    },
  }
}

type Watched = ReturnType<typeof watchedRollout>

function watchedRollout(look: () => Promise<string | null>, { apart, anyway }: Timing) {
  const watchers = new Set<Watcher>()
  let mark: string | null = null
  let soon: NodeJS.Timeout | undefined
  let lookedAt = Number.NEGATIVE_INFINITY

  const request = () => {
    const rest = Math.max(0, lookedAt + apart - performance.now())
    soon ??= setTimeout(() => void tell(), rest)
  }
  /** Another request in the meantime is a look of its own: what it announces may not be in this one. */
  async function tell(): Promise<void> {
    soon = undefined
    lookedAt = performance.now()
    const found = await look()
    if (found === null || found === mark) return
    mark = found
    for (const { heard } of [...watchers]) heard(found)
  }
  const always = setInterval(request, anyway)
  return {
    watchers,
    request,
    greet({ heard }: Watcher): void {
      const known = mark
      if (known === null) request()
      // Whoever begins to watch has not yet been given the way to end it.
      else queueMicrotask(() => heard(known))
    },
    stop(): void {
      clearInterval(always)
      clearTimeout(soon)
    },
  }
}

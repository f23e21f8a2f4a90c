// Lets one piece of work per key run at a time: in this process in turn, between processes by a lock in the database.
import postgres from 'postgres'
import type { Database } from './client.ts'

export type Exclusively = <Result>(key: string, work: () => Promise<Result>) => Promise<Result | null>

/** Any number of our own: apart from the locks that others take by the same hash. */
const lockSpace = 7_266_175n
/**
 * On PostgreSQL the lock is held by a transaction on connections of its own: the work needs those of the pool, and would
 * wait for ever for one if those who hold locks had them all. A process that dies lets go with its connection; one that
 * hangs is cut off after `longestMs`. The embedded database has one process, so turns within it are enough.
 * @param patienceMs real milliseconds for another process, which calls Slack once or twice under the lock.
 */
export function exclusively(
  database: Database,
  { longestMs = 60_000, patienceMs = 3_000 } = {},
): { exclusively: Exclusively; close(): Promise<void> } {
  const inTurn = turns()
  if (database.engine.kind === 'pglite') return { exclusively: inTurn, close: async () => {} }
  const locks = postgres(database.engine.url, {
    max: 8,
    idle_timeout: 60,
    onnotice: () => {},
    connection: {
      application_name: 'firstpass locks',
      idle_in_transaction_session_timeout: longestMs,
      lock_timeout: patienceMs,
    },
  })

  async function underLock<Result>(
    key: string,
    work: () => Promise<Result>,
    mayTryAgain = true,
  ): Promise<Result | null> {
    const begun: Promise<Result>[] = []
    let isLost = false
    try {
      await locks.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(hashtextextended(${key}, ${lockSpace.toString()}::bigint))`
        const mine = work()
        begun.push(mine)
        await mine
        // Nothing may be written on a connection that is gone: the client would end the process.
        if (isLost) await new Promise<never>(() => {})
      })
    } catch (error) {
      isLost = true
      // What is begun is finished, even when the connection is lost before the lock can be given back.
      if (begun.length === 0) {
        if (isLockTimeout(error)) return null
        // A connection that the server has cut off shows it only when it is used again.
        if (mayTryAgain && isConnectionLost(error)) return underLock(key, work, false)
        throw error
      }
    }
    const [mine] = begun
    return mine === undefined ? null : await mine
  }

  return {
    exclusively: (key, work) => inTurn(key, () => underLock(key, work)),
    close: () => locks.end({ timeout: 5 }),
  }
}

function turns() {
  const last = new Map<string, Promise<unknown>>()
  return async function inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = last.get(key) ?? Promise.resolve()
    const mine = before.then(work)
    const settled = mine.catch(() => undefined)
    last.set(key, settled)
    try {
      return await mine
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }
}

function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CONNECTION_CLOSED'
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}

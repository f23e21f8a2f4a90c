// Limits how long a caller waits for a connection: when all are held, whoever asks is told so, not kept.
import type { Db } from './client.ts'

export const noneFreeCode = 'NO_CONNECTION_FREE'

/**
 * A transaction that has not begun within `beginMs` never does: nothing of it happens after its refusal. A statement by
 * itself, of which nobody can say whether it has begun, is given up after `statementMs`.
 */
export function bounded<Own extends Db>(db: Own, limits: { beginMs: number; statementMs: number }): Own {
  const { beginMs, statementMs } = limits
  const begin = db.transaction.bind(db)
  db.transaction = async (work, config) => {
    const { signal, refused, clear } = refusal(beginMs)
    const begun = begin((tx) => {
      signal.throwIfAborted()
      clear()
      return work(tx)
    }, config)
    try {
      return await Promise.race([begun, refused])
    } finally {
      clear()
    }
  }
  const { session } = db._
  const prepare = session.prepareQuery.bind(session)
  session.prepareQuery = (...asked) => {
    const prepared = prepare(...asked)
    const execute = prepared.execute.bind(prepared)
    prepared.execute = async (...values) => {
      const { refused, clear } = refusal(statementMs)
      try {
        return await Promise.race([execute(...values), refused])
      } finally {
        clear()
      }
    }
    return prepared
  }
  return db
}

function refusal(ms: number) {
  const stopping = new AbortController()
  const { promise: refused, reject } = Promise.withResolvers<never>()
  const clock = setTimeout(() => {
    const error = noneFree(ms)
    stopping.abort(error)
    reject(error)
  }, ms)
  return { signal: stopping.signal, refused, clear: () => clearTimeout(clock) }
}

function noneFree(ms: number): Error {
  const error = new Error(`no connection to PostgreSQL was free within ${ms / 1_000} s`)
  return Object.assign(error, { code: noneFreeCode })
}

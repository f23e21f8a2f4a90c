// How many transactions of a pool are under way, and how many wait for a connection: the driver does not say.
import type { Db } from './client.ts'

export type PoolLoad = { pool: string; open: number; waiting: number }

export function counted<Own extends Db>(pool: string, db: Own): { db: Own; load: () => PoolLoad } {
  const begin = db.transaction.bind(db)
  const load = { pool, open: 0, waiting: 0 }
  db.transaction = async (work, config) => {
    let state: 'open' | 'waiting' = 'waiting'
    load.waiting += 1
    try {
      return await begin((tx) => {
        load.waiting -= 1
        load.open += 1
        state = 'open'
        return work(tx)
      }, config)
    } finally {
      load[state] -= 1
    }
  }
  return { db, load: () => ({ ...load }) }
}

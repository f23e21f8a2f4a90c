// A database that counts the statements that it is asked to run outside of transactions.
import type { Database } from '../../db/client.ts'

export function countedDatabase(database: Database): Database & { statements(): number } {
  let count = 0
  const db = new Proxy(database.db, {
    get(target, name) {
      const found = Reflect.get(target, name, target)
      if (typeof found !== 'function') return found
      if (['execute', 'select', 'insert', 'update', 'delete'].includes(String(name))) count++
      return found.bind(target)
    },
  })
  return { ...database, db, statements: () => count }
}

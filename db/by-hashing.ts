// For statements over all runs of a procedure: joined and grouped by hashing, whatever the planner believes of their number.
import { sql } from 'drizzle-orm'
import type { Db } from './client.ts'

/**
 * First attempts that were written in this very transaction have no statistics yet. They were taken for 3,000 where there
 * were 900,000, and a million runs were sorted on the disk and joined row by row.
 */
export async function byHashing<Result>(tx: Db, work: () => Promise<Result>): Promise<Result> {
  const ways = ['enable_nestloop', 'enable_mergejoin', 'enable_sort', 'enable_indexscan']
  for (const way of ways) await tx.execute(sql.raw(`set local ${way} = off`))
  const result = await work()
  for (const way of ways) await tx.execute(sql.raw(`set local ${way} to default`))
  return result
}

// The stations that rollouts may take: the same rule as server/domain/takes-part.ts, for whole sets.
import { type SQL, sql } from 'drizzle-orm'
import type { Instant } from '../server/domain/instant.ts'

/** @param stations the name under which the table stands in the query. */
export function notAside(stations: string, now: Instant): SQL {
  const at = sql`${new Date(now).toISOString()}::timestamptz`
  const of = (column: string) => sql.raw(`${stations}.${column}`)
  return sql`((${of('held_reason')} is null or ${of('held_until')} <= ${at})
    and (${of('excluded_reason')} is null or ${of('excluded_until')} <= ${at}) and ${of('experiment')} is null)`
}

// Of an excluded station nothing counts: the same rule as `uncounted` of server/domain/tally.ts, for whole sets.
import { type SQL, sql } from 'drizzle-orm'

/**
 * Whether a rollout counts what its station did at that moment.
 * @param moment a column of what is counted, as `t.started_at`.
 * @param member the name under which rollout_stations stands in the query.
 */
export function countsThere(moment: string, member: string): SQL {
  return sql.raw(`(${member}.progress->'uncounted' is null or not exists (
    select 1 from jsonb_array_elements(${member}.progress->'uncounted') span
    where ${moment} >= to_timestamp((span->>'from')::float8 / 1000)
      and (span->>'to' is null or ${moment} < to_timestamp((span->>'to')::float8 / 1000))))`)
}

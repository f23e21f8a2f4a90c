// What the figures for operators read of the database: counts of what is live now, over few rows of indexes made for them.
import { sql } from 'drizzle-orm'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

type Counted = { label: string; count: number }
export type OperatingFigures = {
  /** Live rollouts by status. */
  rollouts: Counted[]
  /** Stations of live rollouts by procedure and state; a station with a trouble is counted under it. */
  stations: { procedure: string; label: string; count: number }[]
  /** Breaches of live rollouts that nobody has answered and that have not recovered. */
  breaches: { procedure: string; count: number }[]
  overdueAborts: number
  /** Seconds since the live rollout that has waited longest was judged; 0 without any. */
  unjudgedSeconds: number
  alarms: Counted[]
  webhooks: Counted[]
  deliveries: { kind: string; waiting: number; oldestSeconds: number }[]
}

const live = sql`('pending', 'active', 'paused', 'aborting')`
/** Of a factory with more procedures than that the first by name are told: a figure must not grow without end. */
const mostRows = 2_000

export async function operatingFigures(db: Db, now: Instant): Promise<OperatingFigures> {
  const moment = sql`${new Date(now).toISOString()}::timestamptz`
  const [rollouts, stations, breaches, states, alarms, webhooks, deliveries] = [
    await rows<Counted>(
      db,
      sql`select status as label, count(*)::int as count from rollouts where status in ${live} group by 1`,
    ),
    await rows<OperatingFigures['stations'][number]>(
      db,
      sql`select p.name as procedure, coalesce(s.progress -> 'trouble' ->> 'kind', s.progress ->> 'status') as label,
            count(*)::int as count
          from rollouts r join procedures p on p.id = r.procedure_id
          join rollout_stations s on s.procedure_id = r.procedure_id and s.rollout_id = r.id
          where r.status in ${live} group by 1, 2 order by 1, 2 limit ${mostRows}`,
    ),
    await rows<OperatingFigures['breaches'][number]>(
      db,
      sql`select p.name as procedure, count(*)::int as count
          from rollouts r join procedures p on p.id = r.procedure_id
          cross join lateral jsonb_array_elements(coalesce(r.state -> 'breaches', '[]'::jsonb)) as b (breach)
          where r.status in ${live} and b.breach ->> 'closed' is null and b.breach ->> 'acknowledged' is null
          group by 1 order by 1 limit ${mostRows}`,
    ),
    await rows<{ overdueAborts: number; unjudgedSeconds: number }>(
      db,
      sql`select count(*) filter (where r.status = 'aborting' and to_timestamp((r.state -> 'abort' ->> 'at')::float8 / 1000)
              + p.revert_limit_minutes * interval '1 minute' < ${moment})::int as "overdueAborts",
            coalesce(max(extract(epoch from clock_timestamp() - r.judged_at)), 0)::float8 as "unjudgedSeconds"
          from rollouts r join procedures p on p.id = r.procedure_id where r.status in ${live}`,
    ),
    await rows<Counted>(
      db,
      sql`select kind as label, count(*)::int as count from station_alarms where closed_at is null group by 1`,
    ),
    await rows<Counted>(
      db,
      sql`select case when disabled_at is not null then 'switched off' when failing_since is not null then 'failing'
            else 'in use' end as label, count(*)::int as count
          from webhook_endpoints where ended_at is null group by 1`,
    ),
    await waitingDeliveries(db, now),
  ]
  return { rollouts, stations, breaches, ...(states[0] ?? none), alarms, webhooks, deliveries }
}

const none = { overdueAborts: 0, unjudgedSeconds: 0 }

async function waitingDeliveries(db: Db, now: Instant): Promise<OperatingFigures['deliveries']> {
  const webhooks = await rows<OperatingFigures['deliveries'][number]>(
    db,
    sql`select 'webhook' as kind, count(*)::int as waiting,
          coalesce(greatest(0, extract(epoch from ${new Date(now).toISOString()}::timestamptz - min(at))), 0)::float8 as "oldestSeconds"
        from webhook_messages where next_at is not null`,
  )
  // Without Slack the queue was never made.
  const [queue] = await rows<{ isThere: boolean }>(
    db,
    sql`select to_regclass('pgboss.job') is not null as "isThere"`,
  )
  if (!queue?.isThere) return webhooks
  const slack = await rows<OperatingFigures['deliveries'][number]>(
    db,
    sql`select replace(q.name, 'slack-', '') as kind, count(j.id)::int as waiting,
          coalesce(greatest(0, extract(epoch from now() - min(j.created_on))), 0)::float8 as "oldestSeconds"
        from pgboss.queue q left join pgboss.job j on j.name = q.name and j.state < 'active'
        where q.name like 'slack-%' group by 1`,
  )
  return [...slack, ...webhooks]
}

// What the stations of a procedure were asked to run, took and ran: what alarms are judged on. A few questions of the
// whole procedure, each by an index; none of them grows with the runs that are stored.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { ForeignRun, Pin, WrongSample } from '../server/domain/station-alarms/station-facts.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'

export type StationRow = {
  id: StationId
  name: string
  site: string
  line: string
  setAside: boolean
  /** The latest four, oldest first. */
  pins: Pin[]
  /** The moment of the abort or rollback that made the present pin; null: it took nothing back. */
  revertedAt: Instant | null
  shownAt: Instant | null
  lastRightAt: Instant | null
  pickup: { deploymentId: DeploymentId; state: 'pulled' | 'running'; at: Instant } | null
  failed: string | null
  lastRun: { deploymentId: DeploymentId; startedAt: Instant; late: boolean } | null
  aliveAt: Instant | null
  /** The last that was heard of it in any way. */
  seenAt: Instant | null
}

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)

/** A run that arrives later than this after its end was kept back: its station was out of reach. */
const lateSeconds = 300

/**
 * Written so that no index is asked for it. Of a partition that nobody has analyzed yet PostgreSQL would take the index of
 * builds, and read all runs of the build for each station: 0.36 s for 200 stations among 11,000 runs.
 */
const ofBuild = sql.raw(`deployment_id is not distinct from pin.deployment_id`)

/**
 * Every station that is linked to the procedure, by name. The first and the latest run of the pinned build are found
 * through the hours in which there are any: a station that has run another build for weeks costs no more than others.
 */
export async function stationRows(db: Db, procedureId: ProcedureId, now: Instant): Promise<StationRow[]> {
  const at = new Date(now).toISOString()
  return rows<StationRow>(
    db,
    sql`select s.id::text as id, s.name, s.site, s.line,
          (s.held_reason is not null and (s.held_until is null or s.held_until > ${at}::timestamptz))
            or (s.excluded_reason is not null and (s.excluded_until is null or s.excluded_until > ${at}::timestamptz))
            or exists (select 1 from rollout_stations rs where rs.procedure_id = l.procedure_id and rs.rollout_id = pin.rollout_id
              and rs.station_id = s.id and jsonb_typeof(rs.progress -> 'waived') = 'object') as "setAside",
          coalesce(history.pins, '[]'::jsonb) as pins,
          case when exists (select 1 from rollouts r where r.id = pin.rollout_id and r.status in ('aborting', 'aborted')
              and r.deployment_id <> pin.deployment_id
              and round((r.state -> 'abort' ->> 'at')::numeric) = round((extract(epoch from pin.from_at) * 1000)::numeric))
            or (pin.rollout_id is null and exists (select 1 from procedure_events e where e.procedure_id = l.procedure_id
              and e.type = 'RolledBack' and e.at = pin.from_at)) then ${ms('pin.from_at')} end as "revertedAt",
          ${ms('least(shown.started_at, running.first_at)')} as "shownAt",
          ${ms('greatest(proven.started_at, running.last_at)')} as "lastRightAt",
          case when told.deployment_id is not null then jsonb_build_object('deploymentId', told.deployment_id, 'state', told.state,
            'at', ${ms('told.from_at')}) end as pickup,
          failed.message as failed,
          case when ran.deployment_id is not null then jsonb_build_object('deploymentId', ran.deployment_id,
            'startedAt', ${ms('ran.started_at')},
            'late', ran.received_at - ran.ended_at > make_interval(secs => ${lateSeconds})) end as "lastRun",
          ${ms('greatest(alive.started_at, case when s.busy then s.run_started_at end)')} as "aliveAt",
          ${ms('greatest(s.last_seen_at, s.heartbeat_at, alive.received_at, told.from_at, pin.served_at)')} as "seenAt"
        from station_procedures l
        join stations s on s.id = l.station_id
        left join pins pin on pin.procedure_id = l.procedure_id and pin.station_id = l.station_id and pin.to_at is null
        left join lateral (select jsonb_agg(jsonb_build_object('deploymentId', p.deployment_id, 'rolloutId', p.rollout_id,
            'from', ${ms('p.from_at')}, 'to', ${ms('p.to_at')}, 'servedAt', ${ms('p.served_at')}) order by p.from_at, p.id) as pins
          from (select * from pins where procedure_id = l.procedure_id and station_id = l.station_id
            order by from_at desc, id desc limit 4) p) history on true
        left join lateral (select min(hour) as first_hour, max(hour) as last_hour from hourly_tallies
          where procedure_id = l.procedure_id and deployment_id = pin.deployment_id and station_id = l.station_id
            and hour > pin.from_at - interval '1 hour') hours on true
        left join lateral (select started_at from runs where procedure_id = l.procedure_id and station_id = l.station_id
          and started_at >= greatest(pin.from_at, hours.first_hour) and hours.first_hour is not null
          and ${ofBuild} order by started_at limit 1) shown on true
        left join lateral (select started_at from runs where procedure_id = l.procedure_id and station_id = l.station_id
          and started_at >= greatest(pin.from_at, hours.last_hour) and started_at < hours.last_hour + interval '1 hour'
          and ${ofBuild} order by started_at desc limit 1) proven on true
        left join lateral (select min(from_at) as first_at, max(from_at) as last_at from pickups
          where procedure_id = l.procedure_id and station_id = l.station_id and from_at >= pin.from_at
            and deployment_id = pin.deployment_id and state = 'running') running on true
        left join lateral (select deployment_id, state, from_at from pickups where procedure_id = l.procedure_id
          and station_id = l.station_id and state <> 'failed' order by from_at desc, id desc limit 1) told on true
        left join lateral (select coalesce(nullif(message, ''), 'no reason given') as message from pickups
          where procedure_id = l.procedure_id and station_id = l.station_id and from_at >= pin.from_at and to_at is null
            and deployment_id = pin.deployment_id and state = 'failed' order by from_at desc, id desc limit 1) failed on true
        left join lateral (select deployment_id, started_at, ended_at, received_at from runs where procedure_id = l.procedure_id
          and station_id = l.station_id and deployment_id is not null and not shadow order by started_at desc limit 1) ran on true
        left join lateral (select started_at, received_at from runs where procedure_id = l.procedure_id
          and station_id = l.station_id order by started_at desc limit 1) alive on true
        where l.procedure_id = ${procedureId}::uuid
        order by lower(s.name)`,
  )
}

/** Runs since then of other builds than each station's present pin, oldest first; of each station the latest 200. */
export async function foreignRuns(
  db: Db,
  procedureId: ProcedureId,
  since: Instant,
): Promise<Map<StationId, ForeignRun[]>> {
  const from = sql`greatest(p.from_at, ${new Date(since).toISOString()}::timestamptz)`
  const found = await rows<ForeignRun & { stationId: StationId }>(
    db,
    sql`select p.station_id::text as "stationId", r.deployment_id::text as "deploymentId",
          ${ms('r.started_at')} as "startedAt", r.received_at - r.ended_at > make_interval(secs => ${lateSeconds}) as late
        from pins p
        cross join lateral (select 1 from hourly_tallies t where t.procedure_id = p.procedure_id and t.station_id = p.station_id
          and t.hour > ${from} - interval '1 hour' and t.deployment_id not in (p.deployment_id, ${nilId}::uuid) limit 1) other
        cross join lateral (select deployment_id, started_at, ended_at, received_at from runs
          where procedure_id = p.procedure_id and station_id = p.station_id and started_at >= ${from}
            and deployment_id <> p.deployment_id and not shadow order by started_at desc limit 200) r
        where p.procedure_id = ${procedureId}::uuid and p.to_at is null
        order by r.started_at`,
  )
  return Map.groupBy(found, (run) => run.stationId)
}

/**
 * Reference samples since then that came out wrong on a station that was linked by then, without those that the
 * reference gate of a rollout tells of. A known good unit fails by FAIL alone: an error says nothing about the unit.
 */
export async function wrongSamples(
  db: Db,
  procedureId: ProcedureId,
  since: Instant,
): Promise<Map<StationId, WrongSample[]>> {
  const found = await rows<WrongSample & { stationId: StationId }>(
    db,
    sql`select r.station_id::text as "stationId", r.serial, r.sample, r.outcome, r.deployment_id::text as "deploymentId",
          ${ms('r.started_at')} as "startedAt", ${ms('r.received_at')} as "receivedAt"
        from runs r
        join station_procedures l on l.procedure_id = r.procedure_id and l.station_id = r.station_id and l.linked_at <= r.started_at
        where r.procedure_id = ${procedureId}::uuid and r.sample in ('golden', 'failing') and not r.shadow
          and r.started_at >= ${new Date(since).toISOString()}::timestamptz
          and (r.sample = 'failing' and r.outcome = 'PASS' or r.sample = 'golden' and r.outcome = 'FAIL')
          and not exists (select 1 from rollouts o
            join rollout_stations s on s.procedure_id = o.procedure_id and s.rollout_id = o.id and s.station_id = r.station_id
            where o.procedure_id = r.procedure_id and o.deployment_id = r.deployment_id and r.started_at >= o.started_at
              and r.started_at < coalesce(to_timestamp((o.state -> 'abort' ->> 'at')::float8 / 1000), o.ended_at, 'infinity')
              and exists (select 1 from jsonb_array_elements(o.state -> 'plan' -> 'gates') gate
                where gate ->> 'metric' = 'reference samples'))`,
  )
  return Map.groupBy(found, (run) => run.stationId)
}

// Runs of which nobody knows the build, with what was said of it and what that could have meant.
import { type SQL, sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, RunId, StationId } from '../server/domain/ids.ts'
import { hour, type Instant } from '../server/domain/instant.ts'
import { notBelievedKey, type RunOutcome } from '../server/domain/run.ts'
import type { UnattributedFacts } from '../server/domain/unattributed.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'

export type UnattributedRun = UnattributedFacts & {
  id: RunId
  serial: string
  outcome: RunOutcome
  station: { id: StationId; name: string }
}

/** Newest first. @param after the id of the last one that was read. */
export async function unattributedRuns(
  db: Db,
  procedureId: ProcedureId,
  page: { limit: number; after: RunId | null },
): Promise<UnattributedRun[]> {
  const older = page.after
    ? sql`and (started_at, id) < (select started_at, id from runs where procedure_id = ${procedureId}::uuid and id = ${page.after}::uuid)`
    : sql``
  return facts(
    db,
    sql`(select * from runs where procedure_id = ${procedureId}::uuid and deployment_id is null ${older}
      order by started_at desc, id desc limit ${page.limit}) t`,
  )
}

/**
 * Of a rollout's stations since its start, how many each reported, with the latest: runs of production that are counted
 * under no build. Whole hours are read from the tallies, that of the start from the runs.
 */
export async function unattributedOfRollout(
  db: Db,
  of: { procedureId: ProcedureId; rolloutId: RolloutId; startedAt: Instant; endedAt: Instant | null },
): Promise<(UnattributedRun & { runs: number })[]> {
  const at = (moment: Instant) => sql`${new Date(moment).toISOString()}::timestamptz`
  const nextHour = at(Math.ceil(of.startedAt / hour) * hour)
  const until = of.endedAt === null ? sql`` : sql`and h.hour < ${at(of.endedAt)}`
  const counts = await rows<{ stationId: StationId; runs: number }>(
    db,
    sql`select s.station_id::text as "stationId", (later.runs + first.runs)::int as runs
        from rollout_stations s cross join lateral (
          select coalesce(sum(h.runs), 0) as runs from hourly_tallies h
          where h.procedure_id = s.procedure_id and h.deployment_id = ${nilId}::uuid and h.station_id = s.station_id
            and h.hour >= ${nextHour} ${until}) later
        cross join lateral (
          select count(*) as runs from runs t
          where t.procedure_id = s.procedure_id and t.station_id = s.station_id and t.deployment_id is null
            and t.started_at >= ${at(of.startedAt)} and t.started_at < ${nextHour}
            and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow) first
        where s.procedure_id = ${of.procedureId}::uuid and s.rollout_id = ${of.rolloutId}::uuid
          and later.runs + first.runs > 0`,
  )
  if (counts.length === 0) return []
  const stations = JSON.stringify(counts.map(({ stationId }) => stationId))
  const latest = await facts(
    db,
    sql`(select r.* from (
        select station::uuid as id from jsonb_array_elements_text(${stations}::text::jsonb) station) s
      cross join lateral (
        select * from runs where procedure_id = ${of.procedureId}::uuid and station_id = s.id and deployment_id is null
          and started_at >= ${at(of.startedAt)} and outcome <> 'ABORTED' and sample is null and not shadow
        order by started_at desc limit 1) r) t`,
  )
  return latest.map((run) => ({
    ...run,
    runs: counts.find(({ stationId }) => stationId === run.station.id)?.runs ?? 0,
  }))
}

/** What was said may be the id of a build of any procedure, or a version or the start of a commit of this one. */
async function facts(db: Db, runs: SQL): Promise<UnattributedRun[]> {
  const said = sql`jsonb_array_elements(case jsonb_typeof(t.detail -> ${notBelievedKey}) when 'array' then t.detail -> ${notBelievedKey} else '[]'::jsonb end)`
  return rows<UnattributedRun>(
    db,
    sql`select t.id::text as id, t.serial, t.outcome, t.shadow, p.name as procedure,
          (extract(epoch from t.started_at) * 1000)::float8 as "startedAt", jsonb_build_object('id', s.id, 'name', s.name) as station,
          (select (extract(epoch from min(from_at)) * 1000)::float8 from pickups k where k.procedure_id = t.procedure_id
            and k.station_id = t.station_id and k.state <> 'failed') as "acknowledgedFrom",
          (select coalesce(jsonb_agg(jsonb_build_object('in', each.value ->> 'in', 'said', each.value ->> 'said', 'is', (
              select jsonb_build_object('id', d.id, 'version', d.version, 'procedure', own.name, 'isOwn', own.id = t.procedure_id)
              from deployments d join procedures own on own.id = d.procedure_id
              where d.id::text = lower(trim(each.value ->> 'said')) or (d.procedure_id = t.procedure_id
                and (lower(d.version) = lower(trim(each.value ->> 'said')) or (length(trim(each.value ->> 'said')) >= 7
                  and starts_with(lower(d.commit_sha), lower(trim(each.value ->> 'said'))))))
              order by d.created_at desc limit 1)) order by each.ordinality), '[]'::jsonb)
            from ${said} with ordinality each) as said
        from ${runs} join stations s on s.id = t.station_id join procedures p on p.id = t.procedure_id
        order by t.started_at desc, t.id desc`,
  )
}

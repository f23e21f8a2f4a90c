// What the stations of a rollout have shown: their last run and their last acknowledgement.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

export type StationEvidence = {
  stationId: StationId
  linked: boolean
  /** The build it is asked to run, and since when it knows. */
  pin: { deploymentId: DeploymentId; servedAt: Instant | null } | null
  /** The latest run of production: a shadow run of a build is no proof that the station runs it, nor that it strays. */
  run: { deploymentId: DeploymentId; startedAt: Instant } | null
  /** The latest run of any kind, also an aborted, an unattributed or a shadow one: the station is alive. */
  lastStartedAt: Instant | null
  pickup: {
    deploymentId: DeploymentId
    state: 'pulled' | 'running' | 'failed'
    message: string | null
    at: Instant
  } | null
}

/**
 * A run cannot have ended after it arrived. Of a clock that is ahead its start is brought back by as much: it is held
 * against moments of the service's own clock, such as that of an abort.
 */
export const believedStart = sql.raw(
  `case when ended_at > received_at + interval '1 minute' then received_at - (ended_at - started_at) else started_at end`,
)

export async function stationEvidence(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<StationEvidence[]> {
  const found = await rows<{
    stationId: StationId
    linked: boolean
    pinDeployment: DeploymentId | null
    pinServedAt: Instant | null
    runDeployment: DeploymentId | null
    runStartedAt: Instant | null
    lastStartedAt: Instant | null
    pickupDeployment: DeploymentId | null
    pickupState: 'pulled' | 'running' | 'failed' | null
    pickupMessage: string | null
    pickupAt: Instant | null
  }>(
    db,
    sql`select s.station_id::text as "stationId", link.station_id is not null as linked,
          pin.deployment_id::text as "pinDeployment", (extract(epoch from pin.served_at) * 1000)::float8 as "pinServedAt",
          ran.deployment_id::text as "runDeployment", (extract(epoch from ran.believed) * 1000)::float8 as "runStartedAt",
          (extract(epoch from alive.believed) * 1000)::float8 as "lastStartedAt",
          told.deployment_id::text as "pickupDeployment", told.state as "pickupState", told.message as "pickupMessage",
          (extract(epoch from told.from_at) * 1000)::float8 as "pickupAt"
        from rollout_stations s
        left join station_procedures link on link.procedure_id = s.procedure_id and link.station_id = s.station_id
        left join pins pin on pin.procedure_id = s.procedure_id and pin.station_id = s.station_id and pin.to_at is null
        left join lateral (select deployment_id, ${believedStart} as believed from runs where procedure_id = s.procedure_id
          and station_id = s.station_id and deployment_id is not null and not shadow order by started_at desc limit 1) ran on true
        left join lateral (select ${believedStart} as believed from runs where procedure_id = s.procedure_id
          and station_id = s.station_id order by started_at desc limit 1) alive on true
        left join lateral (select deployment_id, state, message, from_at from pickups where procedure_id = s.procedure_id
          and station_id = s.station_id order by from_at desc, id desc limit 1) told on true
        where s.procedure_id = ${procedureId}::uuid and s.rollout_id = ${rolloutId}::uuid`,
  )
  return found.map((row) => ({
    stationId: row.stationId,
    linked: row.linked,
    pin: row.pinDeployment === null ? null : { deploymentId: row.pinDeployment, servedAt: row.pinServedAt },
    run:
      row.runDeployment !== null && row.runStartedAt !== null
        ? { deploymentId: row.runDeployment, startedAt: row.runStartedAt }
        : null,
    lastStartedAt: row.lastStartedAt,
    pickup:
      row.pickupDeployment !== null && row.pickupState !== null && row.pickupAt !== null
        ? {
            deploymentId: row.pickupDeployment,
            state: row.pickupState,
            message: row.pickupMessage,
            at: row.pickupAt,
          }
        : null,
  }))
}

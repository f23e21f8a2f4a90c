// One station is asked to run a build, by hand: beside rollouts, never in the middle of one.
import type { Db } from '../db/client.ts'
import { deploymentById, isLinked, procedureById, recordProcedureEvent, stationById } from '../db/registry.ts'
import { recordStation } from '../db/station-record.ts'
import { lockProcedure } from '../db/store-runs.ts'
import type { Deliveries } from './apply-command.ts'
import { askStations } from './ask-stations.ts'
import type { Actor } from './domain/actor.ts'
import type { DeploymentId, ProcedureId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { alreadyLive, liveRollout } from './live-rollout.ts'
import { refuse } from './refuse.ts'

export async function pinStation(
  tx: Db,
  stationId: StationId,
  deploymentId: DeploymentId,
  why: string | null,
  by: Actor,
  now: Instant,
  deliveries: Deliveries,
): Promise<{ did: string; procedureId: ProcedureId } | Refusal> {
  const station = await stationById(tx, stationId)
  if (!station) return refuse('not found', 'there is no such station', 'Look at the list of stations.')
  const build = await deploymentById(tx, deploymentId)
  const procedure = build && (await procedureById(tx, build.procedureId))
  if (!procedure) return refuse('not found', 'there is no such deployment', 'Look at the list of builds.')
  await lockProcedure(tx, procedure.id)
  if (!(await isLinked(tx, procedure.id, stationId)))
    return refuse('invalid', `${station.name} is not linked to ${procedure.name}`, 'Link it first.')
  if (build.environment !== 'production')
    return refuse('not ready', `${build.version} is a ${build.environment} build`, 'Promote it first.')
  if (build.status !== 'ready')
    return refuse(
      'not ready',
      `the build of ${build.version} is ${build.status}`,
      'Choose one that is ready.',
    )
  // Its arms would change under the rollout's eyes: it alone says who runs what until it has ended.
  const live = await liveRollout(tx, procedure.id)
  if (live) return alreadyLive(procedure, live)
  const pin = { procedureId: procedure.id, stations: [stationId], deploymentId, rolloutId: null, now }
  await askStations(tx, pin, deliveries)
  const body = { stationId, deploymentId, why, by }
  await recordProcedureEvent(tx, { procedureId: procedure.id, type: 'Pinned', body, at: new Date(now) })
  await recordStation(tx, { stationId, type: 'pinned', body: { deploymentId }, by, why, at: new Date(now) })
  return { did: `pinned ${station.name} to ${build.version}`, procedureId: procedure.id }
}

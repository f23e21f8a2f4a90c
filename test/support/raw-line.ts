// Rows of a procedure, its stations and builds, written straight into the tables: for tests below the service.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { addDeployment, addProcedure, addStation, linkStation } from '../../db/registry.ts'
import { stationPasts } from '../../db/schema/verdicts.ts'
import type { AttemptSettings } from '../../server/domain/attempt-rule.ts'
import type { Gate } from '../../server/domain/gates/gate.ts'
import type { UsualRates } from '../../server/domain/gates/mix.ts'
import {
  type DeploymentId,
  deploymentId,
  type ProcedureId,
  procedureId,
  type RolloutId,
  rolloutId,
  type StationId,
  stationId,
} from '../../server/domain/ids.ts'

export type RawLine = { procedureId: ProcedureId; stations: StationId[]; deployments: DeploymentId[] }

export async function rawLine(
  db: Db,
  size: { stations: number; deployments: number },
  settings: Partial<AttemptSettings> = {},
): Promise<RawLine> {
  const procedure = procedureId.parse(randomUUID())
  const createdAt = new Date('2026-05-01T00:00:00Z')
  await addProcedure(db, { id: procedure, name: `Procedure ${procedure}`, createdAt, ...settings })
  const stations = Array.from({ length: size.stations }, () => stationId.parse(randomUUID()))
  for (const id of stations) {
    await addStation(db, {
      id,
      name: id,
      site: 'Lyon',
      line: 'L1',
      createdAt,
    })
    await linkStation(db, procedure, id, createdAt)
  }
  const deployments = Array.from({ length: size.deployments }, () => deploymentId.parse(randomUUID()))
  for (const [index, id] of deployments.entries())
    await addDeployment(db, {
      id,
      procedureId: procedure,
      version: `v${index}`,
      commitSha: 'abcdef0',
      commitMessage: '',
      commitAuthor: 'Ana',
      environment: 'production',
      status: 'ready',
      createdAt,
    })
  return { procedureId: procedure, stations, deployments }
}

/**
 * A rollout's claim on runs of these stations in [from, to), without a life of its own. `usual` holds, by the key of a
 * counting, the usual number of every station.
 */
export async function rawRollout(
  db: Db,
  line: RawLine,
  claim: {
    canary: number
    base: number
    stations: StationId[]
    from: number
    to: number | null
    gates?: Gate[]
    usual?: Record<string, number>
    usualRates?: UsualRates
  },
): Promise<RolloutId> {
  const id = rolloutId.parse(randomUUID())
  const { gates = [], usual = {}, usualRates = {} } = claim
  const at = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString())
  await db.execute(
    sql`insert into rollouts (procedure_id, id, deployment_id, base_deployment_id, status, version, state, usual_rates, created_at, started_at, ended_at)
        values (${line.procedureId}::uuid, ${id}::uuid, ${line.deployments[claim.canary]}::uuid, ${line.deployments[claim.base]}::uuid,
          ${claim.to === null ? 'active' : 'aborted'}, 1, ${JSON.stringify({ plan: { gates } })}::text::jsonb, ${JSON.stringify(usualRates)}::text::jsonb, ${at(claim.from)}::timestamptz, ${at(claim.from)}::timestamptz, ${at(claim.to)}::timestamptz)`,
  )
  for (const station of claim.stations) {
    await db.execute(
      sql`insert into rollout_stations (procedure_id, rollout_id, station_id, progress)
          values (${line.procedureId}::uuid, ${id}::uuid, ${station}::uuid, '{"status":"queued","trouble":null,"waived":null}'::jsonb)`,
    )
    for (const [metric, number] of Object.entries(usual))
      await db.insert(stationPasts).values({
        procedureId: line.procedureId,
        rolloutId: id,
        stationId: station,
        metric,
        n: 0,
        bad: 0,
        expected: 0,
        usual: number,
      })
  }
  return id
}

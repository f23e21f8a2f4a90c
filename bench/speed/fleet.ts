// A procedure with two builds and many stations, put straight into a database before its service starts.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { openDatabase } from '../../db/client.ts'
import { deployments, procedures } from '../../db/schema/procedures.ts'
import { pins, stationKeys, stationProcedures, stations } from '../../db/schema/stations.ts'
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
import { startFirstpass } from '../../server/firstpass.ts'
import type { Where } from './place.ts'
import { adminToken, ask, type Service, settingsOf } from './servers/service.ts'

export type FleetStation = { id: StationId; key: string; deploymentId: DeploymentId }
export type Fleet = {
  procedureId: ProcedureId
  base: DeploymentId
  next: DeploymentId
  stations: FleetStation[]
}

/** All pinned to the first build. `at`: when they came to be. */
export async function seedFleet(
  where: Where,
  count: number,
  { at = new Date(), channel = null }: { at?: Date; channel?: string | null } = {},
): Promise<Fleet> {
  const procedure = procedureId.parse(randomUUID())
  const [base, next] = [deploymentId.parse(randomUUID()), deploymentId.parse(randomUUID())]
  const mark = randomBytes(3).toString('hex')
  const made = Array.from({ length: count }, (_, place) => ({
    id: stationId.parse(randomUUID()),
    name: `ST-${mark}-${String(place + 1).padStart(5, '0')}`,
    key: `fps_${randomBytes(24).toString('base64url')}`,
    line: `L${1 + (place % 4)}`,
  }))
  const build = (id: DeploymentId, version: string) => ({
    id,
    procedureId: procedure,
    version,
    commitSha: randomBytes(20).toString('hex'),
    commitMessage: `build ${version}`,
    commitAuthor: 'Ana',
    environment: 'production' as const,
    status: 'ready' as const,
    artifactUrl: `https://builds.example/${version}.tar.gz`,
    artifactSha256: randomBytes(32).toString('hex'),
    createdAt: at,
    completedAt: id === base ? at : null,
  })
  const database = await openDatabase(where)
  const { db } = database
  try {
    await db.insert(procedures).values({
      id: procedure,
      name: `Board ${mark}`,
      activeDeploymentId: base,
      slackChannel: channel,
      createdAt: at,
    })
    await db.insert(deployments).values([build(base, 'v1'), build(next, 'v2')])
    for (let from = 0; from < made.length; from += page) {
      const part = made.slice(from, from + page)
      await db
        .insert(stations)
        .values(part.map(({ id, name, line }) => ({ id, name, line, site: 'Lyon', createdAt: at })))
      await db.insert(stationKeys).values(
        part.map(({ id, key }) => ({
          hash: createHash('sha256').update(key).digest('hex'),
          stationId: id,
          prefix: key.slice(0, 8),
          createdAt: at,
        })),
      )
      await db
        .insert(stationProcedures)
        .values(part.map(({ id }) => ({ procedureId: procedure, stationId: id, linkedAt: at })))
      await db
        .insert(pins)
        .values(
          part.map(({ id }) => ({ procedureId: procedure, stationId: id, deploymentId: base, fromAt: at })),
        )
    }
  } finally {
    await database.close()
  }
  return {
    procedureId: procedure,
    base,
    next,
    stations: made.map(({ id, key }) => ({ id, key, deploymentId: base })),
  }
}

/** A statement takes at most 65,534 values. */
const page = 2_000

/** Half of the fleet is to take the second build, and is given it in what is returned; the judge has both arms to compare. */
export async function startRollout(
  service: Pick<Service, 'ask'>,
  fleet: Fleet,
): Promise<Fleet & { rolloutId: RolloutId }> {
  const half = Math.ceil(fleet.stations.length / 2)
  const stages = [
    { target: { stations: half }, soak: { minutes: 60, first_attempts: 10 } },
    { target: { share: 1 } },
  ]
  const started = z.object({ rollout: z.object({ id: rolloutId }) }).parse(
    await service.ask('POST', '/api/v1/rollouts', {
      procedure_id: fleet.procedureId,
      deployment_id: fleet.next,
      stages,
      reason: 'measured',
    }),
  )
  const { stations: shown } = shownRollout.parse(
    await service.ask('GET', `/api/v1/rollouts/${started.rollout.id}`),
  )
  const taken = new Set(shown.filter(({ status }) => status === 'pinned').map(({ id }) => id))
  return {
    ...fleet,
    rolloutId: started.rollout.id,
    stations: fleet.stations.map((station) => ({
      ...station,
      deploymentId: taken.has(station.id) ? fleet.next : fleet.base,
    })),
  }
}

/** A rollout that started at `at`, as if the service had run then. */
export async function pastRollout(
  where: Where,
  fleet: Fleet,
  at: Date,
): Promise<Fleet & { rolloutId: RolloutId }> {
  const service = await startFirstpass({
    env: { ...settingsOf(where), ADMIN_TOKEN: adminToken, PORT: '0', LOG_LEVEL: 'silent' },
    now: () => at.getTime(),
  })
  try {
    return await startRollout({ ask: (...asked) => ask(service.url, ...asked) }, fleet)
  } finally {
    await service.close()
  }
}

const shownRollout = z.object({ stations: z.array(z.object({ id: stationId, status: z.string() })) })

// Makes the factory known to an empty server: procedure, builds, stations, and a past to compare with.
import type { AdminApi } from './admin-api.ts'
import { baseBuild, baseVersion, candidateBuild, candidateVersion } from './builds.ts'
import type { StationProfile } from './fleet.ts'
import type { PastRun } from './history.ts'
import { runBody } from './run-body.ts'
import { timeLimitSeconds } from './test-result.ts'

type KnownStation = { id: string; name: string; key: string }
export type FactorySetUp = {
  procedureId: string
  base: { id: string; version: string }
  candidate: { id: string; version: string }
  stations: KnownStation[]
}

/** Runs of the past in one request; the server takes up to 1,000. */
const mostInBatch = 500

/** From this size on one station is held, as one is in most factories; a small fleet needs all that it has. */
const largeFleet = 20

export async function setUpFactory(input: {
  admin: AdminApi
  procedureName: string
  fleet: readonly StationProfile[]
  seed: number
  soakMinutes?: number | undefined
  slackChannel?: string | undefined
}): Promise<FactorySetUp> {
  const { admin, seed } = input
  const procedureId = await admin.procedure({
    name: input.procedureName,
    time_limit_seconds: timeLimitSeconds,
    ...(input.soakMinutes === undefined ? {} : { soak_minutes: input.soakMinutes }),
    ...(input.slackChannel === undefined ? {} : { slack_channel: input.slackChannel }),
  })
  const base = { id: await admin.deployment(baseBuild(procedureId, seed)), version: baseVersion }
  const stations: KnownStation[] = []
  for (const { name, site, line, tags, fixtures } of input.fleet) {
    const made = await admin.station({ name, site, line, tags, fixtures, procedure_ids: [procedureId] })
    stations.push({ id: made.id, name, key: made.key })
  }
  await admin.activate(procedureId, base.id, 'The build in use when the demo began')
  const held = stations.length < largeFleet ? undefined : stations.at(-1)
  if (held) await admin.hold(held.id, 'Probes are being replaced')
  // Last: its card says what runs now, and which stations a rollout would take.
  const candidate = {
    id: await admin.deployment(candidateBuild(procedureId, seed)),
    version: candidateVersion,
  }
  return { procedureId, base, candidate, stations }
}

export async function storePast(
  admin: AdminApi,
  setUp: FactorySetUp,
  seed: number,
  past: readonly PastRun[],
): Promise<void> {
  const idOf = new Map(setUp.stations.map((one) => [one.name, one.id]))
  for (let from = 0; from < past.length; from += mostInBatch)
    await admin.runs(
      past.slice(from, from + mostInBatch).map((run) => ({
        ...runBody(seed, run, setUp.procedureId),
        station_id: idOf.get(run.station),
      })),
    )
}

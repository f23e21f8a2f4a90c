// All that is known of one build, put together from what was recorded of it.
import { rolloutsOf, runsOf, stationsOfBuild } from '../db/build-facts.ts'
import { pushesOf, statusChangesOf } from '../db/builds.ts'
import type { Database } from '../db/client.ts'
import { deploymentById, procedureById } from '../db/registry.ts'
import { pushOf } from './catalogue.ts'
import type { DeploymentId, RolloutId } from './domain/ids.ts'
import { notEligible } from './eligible.ts'
import type { BuildRecord, Service } from './service.ts'

type Deps = { database: Database; pageUrl: (id: RolloutId) => string }

export function buildRecords({ database: { db }, pageUrl }: Deps) {
  return {
    async buildRecord(id: DeploymentId): Promise<BuildRecord | null> {
      const build = await deploymentById(db, id)
      const procedure = build && (await procedureById(db, build.procedureId))
      if (!build || !procedure) return null
      const [push] = await pushesOf(db, procedure.id, id)
      return {
        isActive: procedure.activeDeploymentId === id,
        notEligible: notEligible(build, procedure),
        push: push ? pushOf(push) : null,
        statusChanges: await statusChangesOf(db, build),
        rollouts: (await rolloutsOf(db, build)).map((each) => ({ ...each, url: pageUrl(each.id) })),
        runs: await runsOf(db, build),
        stations: await stationsOfBuild(db, build),
      }
    },
  } satisfies Partial<Service>
}

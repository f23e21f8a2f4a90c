// First-pass yield under the limits of a build: stored first attempts read a few stations at a time, and judged again.
import type { Database, Db } from '../db/client.ts'
import { lastFirstAttempts } from '../db/first-attempt-details.ts'
import { type Deployment, deploymentById, procedureById, stationsOf } from '../db/registry.ts'
import { breather } from './breather.ts'
import type { BuildDefinition } from './domain/definition/changes.ts'
import { type Known, knownFromDeclaration, knownFromRuns } from './domain/definition/known.ts'
import type { DeploymentId } from './domain/ids.ts'
import { limitChanges } from './domain/predicted-yield/limit-changes.ts'
import { measuredRun } from './domain/predicted-yield/measured-run.ts'
import type { PredictedYieldOfBuild } from './domain/predicted-yield/of-build.ts'
import { predicting } from './domain/predicted-yield/predicted-yield.ts'
import { isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { definitionWithPast } from './learn-definitions.ts'
import { refuse } from './refuse.ts'
import { deploymentSummary } from './rollout-lines.ts'
import type { PredictedYieldService } from './service/predicted-yield.ts'

const usualPerStation = 200
/** Of all stations together: some seconds of reading, with everybody else in between. */
const mostAttempts = 10_000
/** Read at one go. */
const atOnce = 200

export function predictedYields({ database }: { database: Database }): PredictedYieldService {
  const { db } = database
  return {
    async predictedYield(id, { against = null, perStation = usualPerStation } = {}) {
      const pair = await pairOf(db, id, against)
      if (isRefusal(pair)) return pair
      const { build, other, base, next, source } = pair
      const stations = await stationsOf(db, build.procedureId)
      const each = Math.max(1, Math.min(perStation, Math.floor(mostAttempts / Math.max(stations.length, 1))))
      const changes = limitChanges(base, next, source === 'declared')
      const prediction = predicting(base, changes, stations)
      const phases = [...new Set(changes.judged.map(({ phase }) => phase))]
      const step = Math.max(1, Math.floor(atOnce / each))
      const breathe = breather()
      let [firstAt, lastAt]: (number | null)[] = [null, null]
      for (let from = 0; from < stations.length && phases.length > 0; from += step) {
        const some = stations.slice(from, from + step).map((station) => station.id)
        const of = { procedureId: build.procedureId, deploymentId: other.id, stations: some, each, phases }
        for (const { detail, startedAt, ...attempt } of await lastFirstAttempts(db, of)) {
          prediction.take({ ...attempt, measured: measuredRun(detail) })
          firstAt = Math.min(firstAt ?? startedAt, startedAt)
          lastAt = Math.max(lastAt ?? startedAt, startedAt)
          await breathe()
        }
      }
      return {
        build: deploymentSummary(build),
        against: deploymentSummary(other),
        source,
        perStation: each,
        firstAt: firstAt ?? null,
        lastAt: lastAt ?? null,
        ...prediction.result(),
      } satisfies PredictedYieldOfBuild
    },
  }
}

type Pair = {
  build: Deployment
  other: Deployment
  base: Known
  next: Known
  source: 'declared' | 'runs'
}

async function pairOf(db: Db, id: DeploymentId, against: DeploymentId | null): Promise<Pair | Refusal> {
  const build = await deploymentById(db, id)
  if (!build)
    return refuse('not found', 'there is no such build', 'Look at the list of builds of its procedure.')
  const procedure = await procedureById(db, build.procedureId)
  const runsNow = procedure?.activeDeploymentId ?? null
  const otherId = against ?? (runsNow === id ? (procedure?.formerDeploymentId ?? null) : runsNow)
  const other = otherId === null ? null : await deploymentById(db, otherId)
  if (!other || other.procedureId !== build.procedureId || other.id === id)
    return refuse(
      'not now',
      `there is no build to compare ${build.version} with`,
      'Name another one of its procedure: against=<its id>.',
    )
  const next = newLimits(await definitionWithPast(db, build.procedureId, id))
  if (next === null)
    return refuse(
      'not ready',
      `nothing is known of the limits of ${build.version}`,
      `Declare them: PUT /api/v1/deployments/${id}/definition.`,
    )
  const base = baseLimits(await definitionWithPast(db, build.procedureId, other.id))
  if (base === null)
    return refuse(
      'not ready',
      `nothing is known of the limits of ${other.version}`,
      'Let stations report runs of it with their measurements and limits, or declare them.',
    )
  return { build, other, base, ...next }
}

/** What its author says comes first: it is what the stations are to have. */
function newLimits({ declared, learned }: BuildDefinition): Pick<Pair, 'next' | 'source'> | null {
  const said = declared && knownFromDeclaration(declared)
  if (said) return { next: said, source: 'declared' }
  return learned && learned.seen.length > 0 ? { next: knownFromRuns(learned), source: 'runs' } : null
}

function baseLimits({ declared, learned }: BuildDefinition): Known | null {
  if (learned && learned.seen.length > 0) return knownFromRuns(learned)
  return declared && knownFromDeclaration(declared)
}

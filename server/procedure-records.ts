// All that is known of one procedure, put together from its builds, its rollouts and its policy.
import { abortsOf } from '../db/build-facts.ts'
import type { Database } from '../db/client.ts'
import { dailyCounts } from '../db/daily-counts.ts'
import {
  type Deployment,
  deploymentsOf,
  type Procedure,
  procedureById,
  stationCount,
  stationsOf,
} from '../db/registry.ts'
import type { DayMark } from './domain/daily-counts.ts'
import { daysShown } from './domain/days-shown.ts'
import type { ProcedureId } from './domain/ids.ts'
import { day, type Instant } from './domain/instant.ts'
import { nextWindow } from './domain/next-window.ts'
import type { BuildOfProcedure, PolicyInForce, ProcedureRecord } from './domain/procedure-record.ts'
import { dateOf } from './domain/time-zone.ts'
import { notEligible } from './eligible.ts'
import { isOver } from './freezes.ts'
import type { ProcedureRecordService } from './service/procedure-records.ts'
import type { PolicyView, Service } from './service.ts'

type Deps = { database: Database; now: () => Instant; service: Pick<Service, 'history' | 'policy' | 'list'> }

const mostBuilds = 60
const mostPast = 40

export function procedureRecords({ database: { db }, now, service }: Deps): ProcedureRecordService {
  return {
    async procedureRecord(id) {
      const procedure = await procedureById(db, id)
      const policy = await service.policy(id)
      if (!procedure || !policy) return null
      const stations = await stationsOf(db, id)
      const sites = [...new Set(stations.map(({ site }) => site))].sort()
      const builds = await buildsOf(procedure)
      const [live] = await service.list({ live: true, procedureId: id, limit: 1 })
      return {
        ...described(procedure),
        stationCount: stations.length,
        live: live
          ? {
              id: live.id,
              status: live.status,
              version: live.deployment.version,
              stageIndex: live.stageIndex,
              stageCount: live.stageCount,
            }
          : null,
        builds: builds.filter(
          ({ isActive, isFormer, id: own }, index) =>
            index < mostBuilds || isActive || isFormer || own === live?.deployment.id,
        ),
        buildCount: builds.length,
        past: await service.history(id, mostPast),
        policy: inForce(policy, now()),
        window: nextWindow(policy.effective, sites, now()),
      }
    },
    async procedureYields(id) {
      const procedure = await procedureById(db, id)
      if (!procedure) return null
      const to = now()
      const from = to - daysShown(await stationCount(db, id)) * day
      return {
        of: procedure.name,
        zone: procedure.zone,
        from: dateOf(from, procedure.zone),
        to: dateOf(to, procedure.zone),
        days: await dailyCounts(db, { procedureId: id, from, to }),
        marks: (await rolloutMarks(id)).filter(({ at }) => at >= from),
      }
    },
  }

  /** Newest first. */
  async function buildsOf(procedure: Procedure): Promise<BuildOfProcedure[]> {
    const aborts = new Map((await abortsOf(db, procedure.id)).map((each) => [each.deploymentId, each]))
    return (await deploymentsOf(db, procedure.id)).map((each) => {
      const aborted = aborts.get(each.id)
      return {
        ...buildOf(each),
        isActive: each.id === procedure.activeDeploymentId,
        isFormer: each.id === procedure.formerDeploymentId,
        aborted: aborted ? { at: aborted.at, by: aborted.by, why: aborted.why } : null,
        notEligible: notEligible(each, procedure)?.why ?? null,
      }
    })
  }

  async function rolloutMarks(id: ProcedureId): Promise<DayMark[]> {
    const past = await service.history(id, mostPast)
    return past
      .map(({ at, rollout, what }) => ({ at, label: rollout ? `${rollout.version} ${how(rollout)}` : what }))
      .toSorted((a, b) => a.at - b.at)
  }
}

/** History has a rollout at its end, or, while it is live, at its start. */
function how({ status }: { status: string }): string {
  return ['aborting', 'aborted', 'completed'].includes(status) ? status : 'started'
}

function described(
  procedure: Procedure,
): Pick<
  ProcedureRecord,
  | 'id'
  | 'name'
  | 'identifier'
  | 'zone'
  | 'attemptRule'
  | 'repository'
  | 'productionBranch'
  | 'autoPush'
  | 'timeLimitSeconds'
  | 'revertLimitMinutes'
  | 'createdAt'
> {
  const { repository } = procedure
  return {
    id: procedure.id,
    name: procedure.name,
    identifier: procedure.identifier,
    zone: procedure.zone,
    attemptRule: procedure.attemptRule,
    repository: repository && [repository.owner, repository.name, repository.path].filter(Boolean).join('/'),
    productionBranch: procedure.productionBranch,
    autoPush: procedure.autoPush,
    timeLimitSeconds: procedure.timeLimitSeconds,
    revertLimitMinutes: procedure.revertLimitMinutes,
    createdAt: procedure.createdAt.getTime(),
  }
}

function buildOf(each: Deployment) {
  return {
    id: each.id,
    version: each.version,
    sha: each.commitSha,
    message: each.commitMessage,
    author: each.commitAuthor,
    status: each.status,
    environment: each.environment,
    labels: each.labels,
    createdAt: each.createdAt.getTime(),
    isKnownGood: each.completedAt !== null,
  }
}

function inForce({ effective, version, changed, freezes }: PolicyView, at: Instant): PolicyInForce {
  return {
    effective,
    version,
    changed,
    freezes: freezes
      .filter((each) => !isOver(each, at))
      .map((each) => ({ ...each, isOfAll: each.scope === 'organisation' })),
  }
}

// All that is shown of one build: its record, what it changes of the test, its log, and its days.
import { latestLogLines } from '../db/build-logs.ts'
import type { Database } from '../db/client.ts'
import { dailyCounts, lastHourOf } from '../db/daily-counts.ts'
import {
  type Deployment,
  deploymentById,
  deploymentsOf,
  procedureById,
  stationCount,
} from '../db/registry.ts'
import { commitAddress } from './commit-address.ts'
import type { BuildDetail } from './domain/build-detail.ts'
import { daysShown } from './domain/days-shown.ts'
import type { DeploymentId } from './domain/ids.ts'
import { day, type Instant } from './domain/instant.ts'
import { isRefusal } from './domain/rollout/commands.ts'
import { dateOf } from './domain/time-zone.ts'
import type { BuildDetailService } from './service/build-details.ts'
import type { BuildDiff, Service } from './service.ts'

type Deps = { database: Database; now: () => Instant; service: Pick<Service, 'buildRecord' | 'diff'> }

const mostLines = 200
const mostOthers = 100

export function buildDetails({ database: { db }, now, service }: Deps): BuildDetailService {
  return {
    async buildDetail(id, against) {
      const build = await deploymentById(db, id)
      const procedure = build && (await procedureById(db, build.procedureId))
      const record = await service.buildRecord(id)
      if (!build || !procedure || !record) return null
      const { lines, total } = await latestLogLines(db, build, mostLines)
      const others = await deploymentsOf(db, procedure.id)
      return {
        ...described(build),
        procedure: { id: procedure.id, name: procedure.name, zone: procedure.zone },
        commit: {
          sha: build.commitSha,
          message: build.commitMessage,
          branch: build.commitBranch,
          author: build.commitAuthor,
          url: commitAddress(procedure.repository, build.commitSha),
        },
        isActive: record.isActive,
        notEligible: record.notEligible,
        push: record.push,
        statusChanges: record.statusChanges,
        rollouts: record.rollouts,
        runs: record.runs,
        stations: record.stations,
        diff: await diffOf(id, against),
        others: others
          .filter((each) => each.id !== id)
          .slice(0, mostOthers)
          .map(({ id: other, version }) => ({ id: other, version })),
        log: lines.map(({ at, level, message }) => ({ at: at.getTime(), level, message })),
        earlierLines: total - lines.length,
      }
    },
    async buildDays(id) {
      const build = await deploymentById(db, id)
      const procedure = build && (await procedureById(db, build.procedureId))
      if (!build || !procedure) return null
      // Of a build that stopped running long ago the last weeks would be empty: its own last weeks are shown.
      const lastHour = await lastHourOf(db, build)
      const to = Math.min(now(), (lastHour ?? now()) + day)
      const from = Math.max(
        build.createdAt.getTime() - day,
        to - daysShown(await stationCount(db, procedure.id)) * day,
      )
      return {
        of: build.version,
        zone: procedure.zone,
        from: dateOf(from, procedure.zone),
        to: dateOf(to, procedure.zone),
        days: await dailyCounts(db, { procedureId: procedure.id, deploymentId: id, from, to }),
        marks: [],
      }
    },
  }

  async function diffOf(id: DeploymentId, against: DeploymentId | null): Promise<BuildDetail['diff']> {
    const found = await service.diff(id, against)
    if (isRefusal(found)) return { whyNot: `${found.why}. ${found.next}` }
    const known = ({ id: own, version, runs, passes, isDeclared }: BuildDiff['build']) => ({
      id: own,
      version,
      runs,
      passes,
      isDeclared,
    })
    return { build: known(found.build), against: known(found.against), shown: found.shown }
  }
}

function described(build: Deployment) {
  const { id, version, environment, status, source, labels, expectation, expectedYieldChange } = build
  return {
    id,
    version,
    environment,
    status,
    source,
    labels,
    expectation,
    expectedYieldChange,
    artifact: { url: build.artifactUrl, sha256: build.artifactSha256, metadata: build.artifactMetadata },
    promoted: build.promoted,
    createdAt: build.createdAt.getTime(),
    completedAt: build.completedAt?.getTime() ?? null,
  }
}

// Procedures, builds and groups as people look them up.
import type { Database } from '../db/client.ts'
import {
  allProcedures,
  type Deployment,
  deploymentById,
  deploymentsOf,
  type Procedure,
  procedureById,
  procedureByName,
  stationsOf,
} from '../db/registry.ts'
import {
  deploymentId as deploymentIdOf,
  type ProcedureId,
  procedureId as procedureIdOf,
  type RolloutId,
} from './domain/ids.ts'
import type { Group } from './domain/plan.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { notEligible } from './eligible.ts'
import { deploymentSummary, rolloutLines } from './rollout-lines.ts'
import type { DeploymentLine, ProcedureSummary } from './service.ts'

type Deps = { database: Database; pageUrl: (id: RolloutId) => string }

export function catalogue({ database, pageUrl }: Deps) {
  const { db } = database

  async function summary(procedure: Procedure): Promise<ProcedureSummary> {
    const stations = await stationsOf(db, procedure.id)
    const active = procedure.activeDeploymentId
      ? await deploymentById(db, procedure.activeDeploymentId)
      : null
    const [live] = await rolloutLines(db, { live: true, procedureId: procedure.id, limit: 1 }, pageUrl)
    return {
      id: procedure.id,
      name: procedure.name,
      channel: procedure.slackChannel,
      team: procedure.slackTeam,
      activeDeployment: active ? deploymentSummary(active) : null,
      stationCount: stations.length,
      sites: distinct(stations.map((station) => station.site)),
      lines: distinct(stations.map((station) => station.line)),
      tags: distinct(stations.flatMap((station) => station.tags)),
      live: live ?? null,
      autoPush: procedure.autoPush,
      soakMinutes: procedure.soakMinutes,
      zone: procedure.zone,
    }
  }

  async function procedureOf(idOrName: string): Promise<Procedure | null> {
    const id = procedureIdOf.safeParse(idOrName)
    return id.success ? procedureById(db, id.data) : procedureByName(db, idOrName.trim())
  }

  return {
    async procedures(search = ''): Promise<ProcedureSummary[]> {
      const found = (await allProcedures(db)).filter((procedure) => contains(procedure.name, search))
      return Promise.all(found.map(summary))
    },
    async procedure(idOrName: string): Promise<ProcedureSummary | null> {
      const found = await procedureOf(idOrName)
      return found ? summary(found) : null
    },
    async deployments(procedureId: ProcedureId, search = ''): Promise<DeploymentLine[]> {
      const procedure = await procedureById(db, procedureId)
      if (!procedure) return []
      const found = await deploymentsOf(db, procedureId)
      return found
        .filter((each) =>
          contains(`${each.version} ${each.commitSha} ${each.commitMessage} ${each.commitAuthor}`, search),
        )
        .map((each) => deploymentLine(each, procedure))
    },
    async deployment(procedureId: ProcedureId, idOrVersion: string): Promise<DeploymentLine | null> {
      const procedure = await procedureById(db, procedureId)
      if (!procedure) return null
      const words = idOrVersion.trim().toLowerCase()
      const found = await deploymentsOf(db, procedureId)
      const id = deploymentIdOf.safeParse(words)
      const byPrefix = found.filter(
        (each) => words.length >= 6 && each.commitSha.toLowerCase().startsWith(words),
      )
      const match =
        found.find((each) => id.success && each.id === id.data) ??
        found.find((each) => each.version.toLowerCase() === words) ??
        (byPrefix.length === 1 ? byPrefix[0] : undefined)
      return match ? deploymentLine(match, procedure) : null
    },
    /** "Lyon, line 2, esd": each word a site, a line or a tag of the procedure's stations. */
    async group(procedureId: ProcedureId, words: string): Promise<Group | Refusal> {
      const stations = await stationsOf(db, procedureId)
      const known = {
        sites: distinct(stations.map((station) => station.site)),
        lines: distinct(stations.map((station) => station.line)),
        tags: distinct(stations.flatMap((station) => station.tags)),
      }
      const group: Group = { sites: [], lines: [], tags: [] }
      for (const word of words
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')) {
        const kind = (['sites', 'lines', 'tags'] as const).find((each) =>
          known[each].some((name) => same(name, word)),
        )
        if (!kind) {
          const names = [...known.sites, ...known.lines, ...known.tags].join(', ')
          return {
            refused: 'invalid',
            why: `no station has a site, a line or a tag "${word}"`,
            next: `Known are: ${names}.`,
          }
        }
        group[kind].push(word)
      }
      return group
    },
  }
}

function deploymentLine(deployment: Deployment, procedure: Procedure): DeploymentLine {
  return {
    ...deploymentSummary(deployment),
    status: deployment.status,
    environment: deployment.environment,
    labels: deployment.labels,
    createdAt: deployment.createdAt.getTime(),
    notEligible: notEligible(deployment, procedure),
    isKnownGood: deployment.completedAt !== null,
  }
}

function distinct(names: string[]): string[] {
  return [...new Set(names)].sort()
}

function contains(text: string, search: string): boolean {
  return text.toLowerCase().includes(search.trim().toLowerCase())
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

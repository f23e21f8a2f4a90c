// Procedures, builds and groups as people look them up.
import { type Abort, abortsOf } from '../db/build-facts.ts'
import { type PushOfBuild, pushesOf } from '../db/builds.ts'
import type { Database } from '../db/client.ts'
import {
  allProcedures,
  type Deployment,
  deploymentById,
  deploymentsOf,
  type Procedure,
  procedureById,
  procedureByIdentifier,
  procedureByName,
  stationsOf,
} from '../db/registry.ts'
import { procedureOfRollout } from '../db/rollout-storage.ts'
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
import type { BuildPush, DeploymentLine, ProcedureInBrief, ProcedureSummary } from './service.ts'

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

  async function procedureNamed(idOrName: string): Promise<Procedure | null> {
    const id = procedureIdOf.safeParse(idOrName)
    if (id.success) return procedureById(db, id.data)
    const words = idOrName.trim()
    return (await procedureByName(db, words)) ?? procedureByIdentifier(db, words)
  }

  async function inBrief(id: ProcedureId): Promise<ProcedureInBrief | null> {
    const found = await procedureById(db, id)
    return found && { id, name: found.name, channel: found.slackChannel, team: found.slackTeam }
  }

  async function becameOf(procedureId: ProcedureId): Promise<Became> {
    return { aborts: await abortsOf(db, procedureId), pushes: await pushesOf(db, procedureId) }
  }

  return {
    async procedures(search = ''): Promise<ProcedureSummary[]> {
      const found = (await allProcedures(db)).filter((procedure) => contains(procedure.name, search))
      return Promise.all(found.map(summary))
    },
    async procedure(idOrName: string): Promise<ProcedureSummary | null> {
      const found = await procedureNamed(idOrName)
      return found ? summary(found) : null
    },
    procedureInBrief: inBrief,
    async procedureOf(rollout: RolloutId): Promise<ProcedureInBrief | null> {
      const id = await procedureOfRollout(db, rollout)
      return id && inBrief(id)
    },
    async deployments(procedureId: ProcedureId, search = ''): Promise<DeploymentLine[]> {
      const procedure = await procedureById(db, procedureId)
      if (!procedure) return []
      const found = await deploymentsOf(db, procedureId)
      const became = await becameOf(procedureId)
      return found
        .filter((each) =>
          contains(`${each.version} ${each.commitSha} ${each.commitMessage} ${each.commitAuthor}`, search),
        )
        .map((each) => deploymentLine(each, procedure, became))
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
      return match ? deploymentLine(match, procedure, await becameOf(procedureId)) : null
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

type Became = { aborts: Abort[]; pushes: PushOfBuild[] }

function deploymentLine(
  deployment: Deployment,
  procedure: Procedure,
  { aborts, pushes }: Became,
): DeploymentLine {
  const abort = aborts.find((each) => each.deploymentId === deployment.id)
  const push = pushes.find((each) => each.deploymentId === deployment.id)
  return {
    ...deploymentSummary(deployment),
    status: deployment.status,
    environment: deployment.environment,
    labels: deployment.labels,
    createdAt: deployment.createdAt.getTime(),
    promotedAt: deployment.promoted?.at ?? null,
    expectation: deployment.expectation,
    expectedYieldChange: deployment.expectedYieldChange,
    notEligible: notEligible(deployment, procedure)?.why ?? null,
    aborted: abort
      ? { on: dayIn(procedure.zone, abort.at), at: abort.at, by: abort.by, why: abort.why }
      : null,
    push: push ? pushOf(push) : null,
    isKnownGood: deployment.completedAt !== null,
  }
}

export function pushOf({ rolloutId, held }: Pick<PushOfBuild, 'rolloutId' | 'held'>): BuildPush {
  return rolloutId === null ? { rolloutId, held: held ?? '' } : { rolloutId, held: null }
}

/** "3 May" */
function dayIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone }).format(at)
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

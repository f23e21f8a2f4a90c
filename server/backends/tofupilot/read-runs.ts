// Reads the runs that TofuPilot has stored since the last time, and takes them in as if their stations had posted them.
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../../../db/client.ts'
import {
  foreignBuilds,
  noteReading,
  stationsByForeignId,
  type TofupilotLink,
} from '../../../db/tofupilot-links.ts'
import { buildsAsked } from '../../../db/tofupilot-pins.ts'
import type { DeploymentId } from '../../domain/ids.ts'
import { day, type Instant } from '../../domain/instant.ts'
import { readTime } from '../../domain/time-text.ts'
import { type ForeignRun, nativeRun } from '../../domain/tofupilot/foreign-run.ts'
import { builtBy, readFrom, readThrough } from '../../domain/tofupilot/reading.ts'
import type { Received, Stored } from '../../ingest.ts'
import type { TofupilotClient } from './client.ts'
import { failureOf } from './failure.ts'

type Deps = {
  database: Database
  client: TofupilotClient
  take: (received: Received[]) => Promise<Stored[]>
  now: () => Instant
  log: FastifyBaseLogger
}
type Asked = { deploymentId: DeploymentId; foreignId: string }

/** What is read again each time is known by its id: so many are remembered, and nothing is lost when they are forgotten. */
const mostRemembered = 20_000
/** Builds that no station has been asked to run lately, tried for a run of none of the others. */
const mostOthers = 20
/** A job that goes on for longer is taken for dead: what is left is read by the next one, from where this one has come. */
const mostPages = 50
const askedLatelyMs = 30 * day

export function runReader({ database, client, take, now, log }: Deps) {
  const { db } = database
  const seen = new Set<string>()

  /**
   * Each page is kept before the next one is asked for: a process that dies goes on from there.
   * @returns false: there is more to read.
   * @throws TofupilotFailure, and what keeps runs from being stored.
   */
  return async function readRuns(link: TofupilotLink): Promise<boolean> {
    const { procedureId, foreignId } = link
    let through = link.readThrough?.getTime() ?? null
    let passedOver = link.passedOver
    let pages = 0
    const after = readFrom(through, link.linkedAt.getTime())
    for await (const page of client.runs({ procedureId: foreignId, after })) {
      const fresh = page.filter(({ id }) => !seen.has(id))
      const taken = fresh.length === 0 ? 0 : await takePage(link, fresh)
      passedOver += fresh.length - taken
      for (const { id } of fresh) remember(id)
      through = readThrough(
        through,
        page.map(storedAt).filter((at) => at !== null),
      )
      await noteReading(db, procedureId, {
        readThrough: through === null ? null : new Date(through),
        passedOver,
      })
      if (++pages === mostPages) return false
    }
    return true
  }

  /** @returns how many were stored. */
  async function takePage(link: TofupilotLink, runs: ForeignRun[]): Promise<number> {
    const builds = await buildsOf(link, runs)
    const stations = await stationsByForeignId(
      db,
      runs.flatMap(({ created_by_station: station }) => station?.id ?? []),
    )
    const received: Received[] = []
    for (const run of runs) {
      const stationId = stations.get(run.created_by_station?.id ?? '')
      const read = nativeRun(await detailed(run), link.procedureId, builds.get(run.id) ?? null)
      if (stationId && 'run' in read) received.push({ input: read.run, stationId, deploymentHeader: null })
      else
        log.warn(
          { procedureId: link.procedureId, run: run.id, why: stationId ? read : 'it is of no station' },
          'a run in TofuPilot is passed over',
        )
    }
    const stored = received.length === 0 ? [] : await take(received)
    // Of one run alone: it would keep all that follow from being read. A database that is away throws.
    for (const answer of stored)
      if ('fault' in answer)
        log.error({ err: answer.fault, procedureId: link.procedureId }, 'a run in TofuPilot is passed over')
    return stored.filter((answer) => 'id' in answer).length
  }

  /**
   * TofuPilot tells the build of a run by its filter alone. The runs are listed first: one that is under no filter
   * afterwards is of none of these builds, and does not only come late.
   */
  async function buildsOf(link: TofupilotLink, runs: ForeignRun[]): Promise<Map<string, DeploymentId>> {
    const moments = runs.map(storedAt).filter((at) => at !== null)
    const span = { after: Math.min(...moments) - 1000, before: Math.max(...moments) + 1000 }
    const names = await foreignBuilds(db, link.procedureId)
    const lately = new Set(await buildsAsked(db, link.procedureId, now() - askedLatelyMs))
    const all = [...names].map(([deploymentId, foreignId]): Asked => ({ deploymentId, foreignId })).reverse()
    const usual = await found(
      link,
      all.filter(({ deploymentId }) => lately.has(deploymentId)),
      span,
    )
    if (runs.every(({ id }) => usual.has(id))) return usual
    const others = all.filter(({ deploymentId }) => !lately.has(deploymentId)).slice(0, mostOthers)
    return new Map([...usual, ...(await found(link, others, span))])
  }

  async function found(
    { foreignId: procedureId }: TofupilotLink,
    asked: Asked[],
    span: { after: Instant; before: Instant },
  ): Promise<Map<string, DeploymentId>> {
    const byBuild = new Map<DeploymentId, string[]>()
    for (const { deploymentId, foreignId } of asked) {
      const runs: string[] = []
      for await (const page of client.runs({ procedureId, deploymentId: foreignId, ...span }))
        runs.push(...page.map(({ id }) => id))
      byBuild.set(deploymentId, runs)
    }
    return builtBy(byBuild)
  }

  /** Lists have no phases. Of a run that did not pass they say why; without them it is counted all the same. */
  async function detailed(run: ForeignRun): Promise<ForeignRun> {
    if (run.outcome === 'PASS' || run.outcome === 'ABORTED') return run
    try {
      return { ...run, ...(await client.run(run.id)) }
    } catch (error) {
      if (failureOf(error).kind === 'refused') return run
      throw error
    }
  }

  function remember(id: string): void {
    seen.add(id)
    if (seen.size <= mostRemembered) return
    const [oldest] = seen
    if (oldest !== undefined) seen.delete(oldest)
  }
}

function storedAt({ created_at }: ForeignRun): Instant | null {
  return readTime(created_at)?.at ?? null
}

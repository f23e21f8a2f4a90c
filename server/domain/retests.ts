// Crossover retests: units that failed on one build, tested again on the other in matched pairs, to tell a build that
// fails good units from units that are bad.
import { z } from 'zod'
import { type Actor, actor } from './actor.ts'
import type { DeploymentId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { RetestStations } from './retest-choice.ts'
import { outcomes, type RunOutcome } from './run.ts'

const arm = z.enum(['canary', 'base'])
export type RetestArm = z.infer<typeof arm>

const retestRun = z.object({
  outcome: z.enum(outcomes),
  at: z.number(),
  station: z.string(),
  /** Of the build that ran; null when nobody knows. */
  version: z.string().nullable(),
})

const retestUnit = z.object({
  serial: z.string(),
  failedIn: arm,
  failed: retestRun.extend({ site: z.string(), failureMode: z.string().nullable() }),
  /** The other arm, its build, and the stations of the same site that have it now. */
  retestIn: arm,
  retestVersion: z.string(),
  retestStations: z.array(z.string()),
  /** The run that decides; null while there is none. */
  result: retestRun.nullable(),
  /** Runs since it was asked for that decide nothing: after the result, or on another build than asked. */
  notCounted: z.array(retestRun),
})
export type RetestUnit = z.infer<typeof retestUnit>

/**
 * worse: only the unit that the new build had failed passed, on base; better: only the one that base had failed, on the
 * new build; concordant: both passed or both failed again; void: a unit was tested on another build first.
 */
const pairState = z.enum(['waiting', 'one done', 'concordant', 'worse', 'better', 'void'])
export type PairState = z.infer<typeof pairState>

export const retestPair = z.object({
  /** 1, 2, 3 … in each rollout. */
  pair: z.int(),
  state: pairState,
  askedBy: actor,
  askedAt: z.number(),
  canaryFailed: retestUnit,
  baseFailed: retestUnit,
})
export type RetestPair = z.infer<typeof retestPair>

/** A unit as it was asked for, with the run that failed and all its runs that started since it was asked for. */
export type ListedUnit = {
  pair: number
  serial: string
  failedIn: RetestArm
  askedBy: Actor
  askedAt: Instant
  failed: RetestUnit['failed']
  /** Oldest first. */
  runs: {
    outcome: RunOutcome
    startedAt: Instant
    receivedAt: Instant
    deploymentId: DeploymentId | null
    version: string | null
    station: string
    /** Of a reference sample: it says nothing of the unit. */
    isSample: boolean
  }[]
}

export type Builds = Record<RetestArm, { id: DeploymentId; version: string }>

/** @throws where a pair has not one unit of each arm: pairs are stored whole. */
export function retestPairs(listed: ListedUnit[], builds: Builds, where: RetestStations): RetestPair[] {
  const byPair = Map.groupBy(listed, ({ pair }) => pair)
  return [...byPair].map(([pair, units]): RetestPair => {
    const canary = units.find(({ failedIn }) => failedIn === 'canary')
    const base = units.find(({ failedIn }) => failedIn === 'base')
    if (!canary || !base) throw new Error(`retest pair ${pair}: expected a unit of each arm`)
    const { askedBy, askedAt } = canary
    const canaryFailed = retestUnitOf(canary, builds, where)
    const baseFailed = retestUnitOf(base, builds, where)
    return { pair, state: stateOf(canaryFailed, baseFailed), askedBy, askedAt, canaryFailed, baseFailed }
  })
}

export function isOpen({ state }: RetestPair): boolean {
  return state === 'waiting' || state === 'one done'
}

export function hasPassed({ result }: RetestUnit): boolean {
  return result?.outcome === 'PASS'
}

function retestUnitOf(unit: ListedUnit, builds: Builds, where: RetestStations): RetestUnit {
  const { serial, failedIn, failed } = unit
  const retestIn = failedIn === 'canary' ? 'base' : 'canary'
  const [first, ...later] = unit.runs.filter((run) => tellsOf(run, unit.askedAt))
  const decides = first?.deploymentId === builds[retestIn].id
  const rest = decides || !first ? later : [first, ...later]
  return {
    serial,
    failedIn,
    failed,
    retestIn,
    retestVersion: builds[retestIn].version,
    retestStations: where.get(failed.site)?.[retestIn] ?? [],
    result: decides && first ? retestRunOf(first) : null,
    notCounted: rest.map(retestRunOf),
  }
}

type Ran = ListedUnit['runs'][number]

/** A station whose clock is ahead may have sent the failure itself with a start that is still to come. */
function tellsOf(run: Ran, askedAt: Instant): boolean {
  const isSince = run.startedAt >= askedAt && run.receivedAt >= askedAt
  return isSince && run.outcome !== 'ABORTED' && !run.isSample
}

function retestRunOf({ outcome, startedAt, station, version }: Ran): z.infer<typeof retestRun> {
  return { outcome, at: startedAt, station, version }
}

/**
 * A pair is void once one of its units was first tested on another build than asked. Where base's units are tried on
 * base once more before they come to the canary, the good ones pass and are gone, and those that come are the bad ones:
 * between builds that are alike this alone would look like proof that the new one fails good units.
 */
function stateOf(canaryFailed: RetestUnit, baseFailed: RetestUnit): PairState {
  const units = [canaryFailed, baseFailed]
  if (units.some(({ result, notCounted }) => result === null && notCounted.length > 0)) return 'void'
  const done = units.filter(({ result }) => result !== null).length
  if (done < 2) return done === 0 ? 'waiting' : 'one done'
  if (hasPassed(canaryFailed) === hasPassed(baseFailed)) return 'concordant'
  return hasPassed(canaryFailed) ? 'worse' : 'better'
}

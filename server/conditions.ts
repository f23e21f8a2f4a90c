// The conditions that gates ask about besides counts, read for one rollout.
import { buildsRun } from '../db/builds-run.ts'
import type { Db } from '../db/client.ts'
import { canaryFailureModes } from '../db/failure-modes.ts'
import { lastHeartbeats } from '../db/heartbeats.ts'
import { referenceRuns } from '../db/reference-runs.ts'
import type { StationPast } from '../db/rollout-storage.ts'
import { runsSince } from '../db/throughput.ts'
import type { Conditions, Heartbeat, Throughput } from './domain/gates/question.ts'
import { hour, type Instant } from './domain/instant.ts'
import { canaryStations, isTaken, type RolloutState, type Running } from './domain/rollout/state.ts'
import { noShadowCounts } from './domain/shadow-summary.ts'
import { shadowCountsOf } from './shadow-pairs.ts'
import { unheardOf } from './tofupilot-standing.ts'

/** Only what the plan's gates ask for is read. */
export async function conditionsOf(
  tx: Db,
  state: RolloutState,
  pasts: StationPast[],
  now: Instant,
): Promise<Conditions> {
  const { procedureId, id } = state
  const asks = (metric: string) => state.plan.gates.some((gate) => gate.metric === metric)
  return {
    heartbeats: asks('telemetry') ? await heartbeats(tx, state) : [],
    failureModes: asks('new failure mode') ? await canaryFailureModes(tx, procedureId, id) : [],
    references: asks('reference samples') ? await referenceRuns(tx, procedureId, id) : [],
    builds: asks('mixed builds') ? await buildsRun(tx, procedureId, id, confirmed(state)) : [],
    shadowPairs: asks('shadow pairs') ? await shadowCountsOf(tx, state) : noShadowCounts,
    unheard: (await unheardOf(tx, procedureId, now))?.why ?? null,
    throughput: 'liveSince' in state ? await throughput(tx, state, pasts, now) : null,
  }
}

/** Of the stations that are still in the rollout. */
async function heartbeats(tx: Db, state: RolloutState): Promise<Heartbeat[]> {
  const status = (stationId: Heartbeat['stationId']) => state.stations[stationId]?.status
  return (await lastHeartbeats(tx, state.procedureId, state.id))
    .filter(({ stationId }) => status(stationId) !== 'left')
    .map((each) => ({ ...each, arm: isTaken(status(each.stationId)) ? 'canary' : 'base' }))
}

function confirmed(state: RolloutState) {
  return canaryStations(state).flatMap((stationId) => {
    const station = state.stations[stationId]
    return station?.status === 'confirmed' ? [{ stationId, since: station.since }] : []
  })
}

/** Looked at over the last eight hours that the stage has been live: long enough for a share, short enough to notice. */
const lookedAt = 8 * hour

/** A station that was waived for its silence is in neither arm. */
async function throughput(
  tx: Db,
  state: Pick<Running, 'procedureId' | 'liveSince' | 'stations'>,
  pasts: StationPast[],
  now: Instant,
): Promise<Throughput | null> {
  if (state.liveSince === null || now - state.liveSince < hour) return null
  const armOf = (past: StationPast) => {
    const status = state.stations[past.stationId]?.status
    return status === 'confirmed' ? 'canary' : status === 'queued' ? 'base' : null
  }
  const counted = pasts.filter((past) => armOf(past) !== null)
  const since = Math.max(state.liveSince, now - lookedAt)
  const ids = counted.map((past) => past.stationId)
  const found = await runsSince(tx, state.procedureId, ids, since)
  const runs = new Map(found.map((each) => [each.stationId, each.runs]))
  const sum = (arm: 'canary' | 'base', count: (past: StationPast) => number) =>
    counted.filter((past) => armOf(past) === arm).reduce((total, past) => total + count(past), 0)
  const reported = (past: StationPast) => runs.get(past.stationId) ?? 0
  return {
    canaryRuns: sum('canary', reported),
    baseRuns: sum('base', reported),
    canaryPastRuns: sum('canary', (past) => past.pastRuns),
    basePastRuns: sum('base', (past) => past.pastRuns),
  }
}

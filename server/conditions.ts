// The conditions that gates ask about besides counts, read for one rollout.
import { buildsRun } from '../db/builds-run.ts'
import type { Db } from '../db/client.ts'
import { canaryFailureModes } from '../db/failure-modes.ts'
import { lastHeartbeats } from '../db/heartbeats.ts'
import { referenceRuns } from '../db/reference-runs.ts'
import type { StationPast } from '../db/rollout-storage.ts'
import { runsSince } from '../db/throughput.ts'
import type { Conditions, Throughput } from './domain/gates/question.ts'
import { hour, type Instant } from './domain/instant.ts'
import { canaryStations, isTaken, type RolloutState, type Running } from './domain/rollout/state.ts'

/** Only what the plan's gates ask for is read. */
export async function conditionsOf(
  tx: Db,
  state: RolloutState,
  pasts: StationPast[],
  now: Instant,
): Promise<Conditions> {
  const { procedureId, id } = state
  const asks = (metric: string) => state.plan.gates.some((gate) => gate.metric === metric)
  const heartbeats = asks('telemetry') ? await lastHeartbeats(tx, procedureId, id) : []
  return {
    heartbeats: heartbeats.map((each) => ({
      ...each,
      arm: isTaken(state.stations[each.stationId]?.status) ? 'canary' : 'base',
    })),
    failureModes: asks('new failure mode') ? await canaryFailureModes(tx, procedureId, id) : [],
    references: asks('reference samples') ? await referenceRuns(tx, procedureId, id) : [],
    builds: asks('mixed builds') ? await buildsRun(tx, procedureId, id, confirmed(state)) : [],
    throughput: 'liveSince' in state ? await throughput(tx, state, pasts, now) : null,
  }
}

function confirmed(state: RolloutState) {
  return canaryStations(state).flatMap((stationId) => {
    const station = state.stations[stationId]
    return station?.status === 'confirmed' ? [{ stationId, since: station.since }] : []
  })
}

/** Looked at over the last eight hours that the stage has been live: long enough for a share, short enough to notice. */
const lookedAt = 8 * hour

async function throughput(
  tx: Db,
  state: Pick<Running, 'procedureId' | 'liveSince' | 'stations' | 'order'>,
  pasts: StationPast[],
  now: Instant,
): Promise<Throughput | null> {
  if (state.liveSince === null || now - state.liveSince < hour) return null
  const isCanary = (past: StationPast) => state.stations[past.stationId]?.status === 'confirmed'
  const isBase = (past: StationPast) => state.stations[past.stationId]?.status === 'queued'
  const counted = pasts.filter((past) => isCanary(past) || isBase(past))
  const since = Math.max(state.liveSince, now - lookedAt)
  const runs = new Map(
    (
      await runsSince(
        tx,
        state.procedureId,
        counted.map((past) => past.stationId),
        since,
      )
    ).map((each) => [each.stationId, each.runs]),
  )
  const sum = (of: (past: StationPast) => boolean, count: (past: StationPast) => number) =>
    counted.filter(of).reduce((total, past) => total + count(past), 0)
  const reported = (past: StationPast) => runs.get(past.stationId) ?? 0
  return {
    canaryRuns: sum(isCanary, reported),
    baseRuns: sum(isBase, reported),
    canaryPastRuns: sum(isCanary, (past) => past.pastRuns),
    basePastRuns: sum(isBase, (past) => past.pastRuns),
  }
}

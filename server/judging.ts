// Judging: what stations have shown and what the gates say, brought before the decider, one rollout at a time.
import { isDeepStrictEqual } from 'node:util'
import { armCounts, countsAfterWatermark, stationClocks } from '../db/arm-counts.ts'
import type { Database, Db } from '../db/client.ts'
import { procedureById, stationsOf } from '../db/registry.ts'
import {
  type LoadedRollout,
  lastRecordedVerdictAt,
  liveRolloutIds,
  loadRollout,
  type StationPast,
  saveVerdict,
} from '../db/rollout-storage.ts'
import { type StationEvidence, stationEvidence } from '../db/station-evidence.ts'
import { applyCommand, type Deliveries } from './apply-command.ts'
import { firstpass } from './domain/actor.ts'
import { evaluateGates } from './domain/gates/evaluate-gates.ts'
import { gateStations, judgedCounts } from './domain/gates/gate-counts.ts'
import type { ProcedureId, RolloutId, StationId } from './domain/ids.ts'
import { type Instant, minute } from './domain/instant.ts'
import { type Fact, isRefusal } from './domain/rollout/commands.ts'
import { stageReadiness } from './domain/rollout/readiness.ts'
import { isRunning, isTerminal, type RolloutState, type Running } from './domain/rollout/state.ts'
import { takesPart } from './domain/takes-part.ts'
import type { Verdict } from './domain/gates/verdict.ts'
import { watermarks } from './domain/watermark.ts'
import { stageFacts } from './stage-facts.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

/** Brings one rollout up to date with its evidence: facts of stations, verdict, and what follows, in one transaction. */
export function judging({ database, now, deliveries }: Deps) {
  async function judge(id: RolloutId): Promise<void> {
    await database.db.transaction(async (tx: Db) => {
      const loaded = await loadRollout(tx, id, true)
      if (!loaded || isTerminal(loaded.state)) return
      const at = now()
      let { state } = await caughtUp(tx, loaded, at, deliveries)
      if (isRunning(state)) {
        const verdict = await verdictOf(tx, state, loaded, at)
        const readiness = stageReadiness(state, await stageFacts(tx, state, verdict), at)
        const judged = await applyCommand(
          tx,
          { state },
          { type: 'judge', verdict, readiness, by: firstpass },
          at,
          deliveries,
        )
        if (!isRefusal(judged)) state = judged.state
        await keep(tx, state, loaded.verdict, verdict)
      }
    })
  }

  async function keep(tx: Db, state: RolloutState, before: Verdict | null, verdict: Verdict): Promise<void> {
    const same = before !== null && sameNumbers(before, verdict)
    // Without new numbers the soak clock still goes on: the card is brought up to date once a minute.
    if (same && verdict.at - before.at < minute) return
    const last = await lastRecordedVerdictAt(tx, state)
    const notable = before?.overall !== verdict.overall || last === null || verdict.at - last >= minute
    await saveVerdict(tx, state, verdict, notable && !same)
    if ('stageIndex' in state) await deliveries.card(tx, state, Math.max(0, state.stageIndex))
  }

  return { judge, liveIds: (procedureId?: ProcedureId) => liveRolloutIds(database.db, procedureId) }
}

/**
 * Brings what stations have shown before the decider: who joined or left, what they were told, took and ran. A person's
 * command comes after it, so that an abort knows of every station that has the build.
 */
export async function caughtUp(
  tx: Db,
  loaded: LoadedRollout,
  now: Instant,
  deliveries: Deliveries,
): Promise<LoadedRollout> {
  let { state } = loaded
  const apply = async (fact: Fact): Promise<void> => {
    const applied = await applyCommand(tx, { state }, { ...fact, by: firstpass }, now, deliveries)
    if (!isRefusal(applied)) state = applied.state
  }
  if (isTerminal(state)) return loaded
  await apply({ type: 'start' })
  const evidence = await stationEvidence(tx, state.procedureId, state.id)
  for (const fact of stationFacts(state, evidence, await joining(tx, state), loaded.pasts, now))
    await apply(fact)
  return { ...loaded, state }
}

export async function verdictOf(
  tx: Db,
  state: Running,
  loaded: LoadedRollout,
  now: Instant,
): Promise<Verdict> {
  const procedure = await procedureById(tx, state.procedureId)
  const clocks = await stationClocks(tx, state.procedureId, state.id)
  const marks = watermarks(state, clocks, loaded.pasts, (procedure?.timeLimitSeconds ?? 3600) * 1000, now)
  const counts = await armCounts(tx, state.procedureId, state.id)
  const early = await countsAfterWatermark(tx, state.procedureId, state.id, marks)
  const stage = state.plan.stages[state.stageIndex]
  return evaluateGates(
    {
      gates: state.plan.gates,
      stations: gateStations(state, loaded.pasts, judgedCounts(counts, early)),
      accepted: state.accepted,
      open: state.breaches.filter((breach) => breach.closed === null),
      target: stage?.soak.firstAttempts ?? 0,
      overdue:
        stage !== undefined &&
        stage.soak.minutes > 0 &&
        now - state.stageStartedAt > overdueFactor * stage.soak.minutes * minute,
      previousDrift: loaded.verdict?.drift ?? {},
      driftNoise: loaded.driftNoise,
      watermark: marks,
    },
    now,
  )
}

/** A stage that has lasted this many times its soak without a pass is for a person to decide. */
const overdueFactor = 3

async function joining(tx: Db, state: RolloutState): Promise<StationId[]> {
  const linked = await stationsOf(tx, state.procedureId)
  return linked
    .filter(
      (station) =>
        takesPart(station, state.plan.group) && (state.stations[station.id]?.status ?? 'left') === 'left',
    )
    .map((station) => station.id)
}

function stationFacts(
  state: RolloutState,
  evidence: StationEvidence[],
  joined: StationId[],
  pasts: StationPast[],
  now: Instant,
): Fact[] {
  const usualGap = new Map(pasts.map((past) => [past.stationId, past.pastGapSeconds]))
  const facts: Fact[] = joined.map((stationId) => ({ type: 'join', stationId }))
  for (const { stationId, linked, pin, run, pickup, lastStartedAt } of evidence) {
    if (!linked) facts.push({ type: 'leave', stationId, why: 'unlinked from the procedure' })
    if (pin?.deploymentId === state.deploymentId && pin.servedAt !== null)
      facts.push({ type: 'served', stationId, at: pin.servedAt })
    if (pickup) facts.push({ type: 'pickup', stationId, ...pickup })
    if (run) facts.push({ type: 'run', stationId, ...run })
    const silence = staleness(state, stationId, lastStartedAt, usualGap.get(stationId) ?? null, now)
    if (silence) facts.push({ type: 'station stale', stationId, detail: silence })
  }
  return facts
}

/** Three of its own usual gaps without a run, and never less than half an hour: a break is no failure. */
function staleness(
  state: RolloutState,
  stationId: StationId,
  lastStartedAt: Instant | null,
  gapSeconds: number | null,
  now: Instant,
): string | null {
  const station = state.stations[stationId]
  if (!station || !('since' in station)) return null
  const silentMs = now - Math.max(lastStartedAt ?? 0, station.since)
  const limitMs = Math.max(3 * (gapSeconds ?? 200) * 1000, 30 * minute)
  if (silentMs < limitMs) return null
  const usually = gapSeconds === null ? '' : `, usually every ${duration(gapSeconds * 1000)}`
  return `no run for ${duration(silentMs)}${usually}`
}

function duration(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`
  if (ms < 90 * minute) return `${Math.round(ms / minute)} min`
  return `${Math.round(ms / (60 * minute))} h`
}

/** The database returns a verdict with its keys in another order. */
function sameNumbers(kept: Verdict, made: Verdict): boolean {
  const { at: _at, watermark: _watermark, ...numbers } = JSON.parse(JSON.stringify(made))
  const { at: _keptAt, watermark: _keptWatermark, ...before } = kept
  return isDeepStrictEqual(numbers, before)
}

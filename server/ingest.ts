// Runs as they arrive: attributed, stored and counted in one transaction, committed before the station is answered.

import { isAway } from '../db/away.ts'
import type { Database, Db } from '../db/client.ts'
import { gatesCounting } from '../db/gates-counting.ts'
import { acknowledgedAt } from '../db/pickups.ts'
import { changeStation, deploymentIdsOf, procedureById } from '../db/registry.ts'
import { storeRuns } from '../db/store-runs.ts'
import { breather } from './breather.ts'
import { aheadByRun, believable, isOff } from './domain/clock-ahead.ts'
import { metricsRead } from './domain/gates/metrics-read.ts'
import type { ProcedureId, RunId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { attribute, notBelieved, notBelievedKey, type Run, type RunInput, unitOf } from './domain/run.ts'
import { runFindings } from './domain/run-findings.ts'
import { mostMetrics } from './domain/run-metrics.ts'
import { shiftClock, usualShifts } from './domain/shifts.ts'
import { gathering } from './gathering.ts'
import { definitionLearner } from './learn-definitions.ts'
import { policyOf } from './policy-of.ts'
import { makeRunId } from './run-id.ts'

export type Received = {
  input: RunInput
  stationId: StationId
  deploymentHeader: string | null
  /** By how much its station's clock was ahead so far, where that was read anyway. */
  clockAheadMs?: number | null
}
/**
 * `clockAheadMs`: the run shows that its station's clock is ahead by at least that. `fault`: this run alone could not be
 * stored.
 */
export type Stored = { id: RunId; clockAheadMs?: number } | { refused: string } | { fault: Error }

type Deps = { database: Database; now: () => Instant; stored: (procedureId: ProcedureId) => void }

/** Committed together: what a flush costs by itself is then less than a hundredth of a run's own cost. */
const mostAtOnce = 1_000
/** Taken and not answered yet. What more there is keeps better with its station than in this process. */
const mostWaiting = 10_000

export function ingest({ database, now, stored }: Deps) {
  const clocks = new Map<string, ShiftClock>()
  const learn = definitionLearner()

  /** Kept, since a clock remembers the shift starts of the days that it was asked for. */
  function clockOf(zone: string): ShiftClock {
    const clock = clocks.get(zone) ?? shiftClock(usualShifts(zone))
    clocks.set(zone, clock)
    return clock
  }

  async function store(received: Received[]): Promise<Stored[]> {
    const byProcedure = Map.groupBy(
      received.map((_, index) => index),
      (index) => received[index]?.input.procedure_id,
    )
    const answers: Stored[] = received.map(() => ({ refused: 'not stored' }))
    for (const [procedureId, indices] of byProcedure) {
      if (!procedureId) continue
      const own = indices.flatMap((index) => received[index] ?? [])
      const taken = await database.db.transaction((tx) =>
        takeOfProcedure(tx, procedureId, own, now(), clockOf, learn),
      )
      for (const [place, index] of indices.entries())
        answers[index] = taken[place] ?? { refused: 'not stored' }
      if (taken.some((answer) => 'id' in answer)) stored(procedureId)
    }
    return answers
  }

  const { take, waiting, stop } = gathering<Received, Stored>({
    work: store,
    failed: (error) => ({ fault: error instanceof Error ? error : new Error(String(error)) }),
    isEverybodys: isAway,
    most: mostAtOnce,
    capacity: mostWaiting,
  })
  return {
    /** One answer for each run, in the order given. Runs of an unknown procedure are refused, the others stored. */
    take,
    waiting,
    stop,
  }
}

type ShiftClock = ReturnType<typeof shiftClock>

async function takeOfProcedure(
  tx: Db,
  procedureId: ProcedureId,
  received: Received[],
  now: Instant,
  clockOf: (zone: string) => ShiftClock,
  learn: ReturnType<typeof definitionLearner>,
): Promise<Stored[]> {
  const procedure = await procedureById(tx, procedureId)
  if (!procedure)
    return received.map(() => ({
      refused: `there is no procedure ${procedureId}: expected one that this service knows`,
    }))
  const known = await deploymentIdsOf(tx, procedureId)
  const runs: Run[] = []
  const breathe = breather()
  for (const each of received) {
    await breathe()
    runs.push(await runOf(tx, each, known, clockOf(procedure.zone), now))
  }
  const kept = await withNeededMetrics(tx, procedureId, runs, now)
  const added = await storeRuns(tx, procedureId, kept, new Date(now))
  const distinct = [...new Map(runs.map((run) => [run.id, run])).values()]
  await learn(
    tx,
    procedureId,
    distinct.filter((run) => added.has(run.id)),
  )
  await noteClocks(tx, received, now)
  return runs.map((run, place) => {
    const ahead = aheadByRun(received[place]?.input.ended_at.at ?? now, null, now)
    return { id: run.id, ...(isOff(ahead) ? { clockAheadMs: ahead } : {}) }
  })
}

/** Nothing is written while clocks are as they were known, which is nearly always. */
async function noteClocks(tx: Db, received: Received[], now: Instant): Promise<void> {
  const clocks = new Map<StationId, { before: number | null; after: number | null }>()
  for (const { input, stationId, clockAheadMs = null } of received) {
    const before = clocks.get(stationId)?.before ?? clockAheadMs
    const after = aheadByRun(input.ended_at.at, clocks.get(stationId)?.after ?? before, now)
    clocks.set(stationId, { before, after })
  }
  // In one order, so that two batches at once cannot wait for each other.
  for (const [stationId, { before, after }] of [...clocks].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (after !== before) await changeStation(tx, stationId, { clockAheadMs: after })
}

/** Of a run with very many metrics those that gates read are kept. Asked only then: other runs cost nothing more. */
async function withNeededMetrics(
  tx: Db,
  procedureId: ProcedureId,
  runs: Run[],
  now: Instant,
): Promise<Run[]> {
  const isFull = (run: Run) => Object.keys(run.metrics).length >= mostMetrics
  if (!runs.some(isFull)) return runs
  const { gates } = await policyOf(tx, procedureId)
  const needed = metricsRead([...gates, ...(await gatesCounting(tx, procedureId, now))])
  return runs.map((run) =>
    isFull(run) ? { ...run, metrics: runFindings(run.detail, run.outcome, needed).metrics } : run,
  )
}

async function runOf(
  tx: Db,
  { input, stationId, deploymentHeader }: Received,
  known: ReadonlySet<string>,
  shiftAt: ShiftClock,
  now: Instant,
): Promise<Run> {
  const { procedure_id, serial_number, outcome, started_at, ended_at, deployment_id, metadata, ...rest } =
    input
  const said = {
    body: deployment_id,
    header: deploymentHeader,
    metadata: metadata?.deployment_id,
    pickup: null,
  }
  const byBody = attribute(said, known)
  const unit = unitOf(serial_number)
  const times = believable({ startedAt: started_at.at, endedAt: ended_at.at }, now)
  const unbelieved = notBelieved(said, known)
  const detail = {
    ...rest,
    ...(metadata ? { metadata } : {}),
    ...(times.endedAt === ended_at.at ? {} : { said_times: saidTimes(input) }),
    ...(unbelieved.length > 0 ? { [notBelievedKey]: unbelieved } : {}),
  }
  const findings = runFindings(detail, outcome)
  const { shadow } = findings
  // What a station acknowledged is its build of production: a shadow run has to say itself which one it ran.
  const pickup =
    byBody.deploymentId === null && !shadow
      ? await acknowledgedAt(tx, procedure_id, stationId, started_at.at)
      : null
  return {
    ...findings,
    id: makeRunId({ stationId, procedureId: procedure_id, unit, startedAt: started_at.at, shadow }),
    procedureId: procedure_id,
    stationId,
    ...(byBody.deploymentId === null ? attribute({ ...said, pickup }, known) : byBody),
    serial: serial_number,
    unit,
    outcome,
    ...times,
    zoneless: started_at.zoneless || ended_at.zoneless,
    shift: shiftAt(times.startedAt),
    detail,
  }
}

/** What the station's clock said, kept where the run was stored at another time. */
function saidTimes({ started_at, ended_at }: RunInput) {
  return {
    started_at: new Date(started_at.at).toISOString(),
    ended_at: new Date(ended_at.at).toISOString(),
  }
}

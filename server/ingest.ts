// Runs as they arrive: what comes in together is attributed, stored and counted in one transaction, and committed before
// any of its stations is answered.

import { arrivalFacts, noteClocks } from '../db/arrival-facts.ts'
import { isAway, tookTooLong } from '../db/away.ts'
import type { Database, Db } from '../db/client.ts'
import { gatesCounting } from '../db/gates-counting.ts'
import { acknowledgedAt } from '../db/pickups.ts'
import { freeProcedures, storeRuns } from '../db/store-runs.ts'
import { type ArrivedRun, arrivedRun, asksItsPickup, type Received, runOf } from './arrived-run.ts'
import { breather } from './breather.ts'
import { aheadByRun, isOff } from './domain/clock-ahead.ts'
import { metricsRead } from './domain/gates/metrics-read.ts'
import type { DeploymentId, ProcedureId, RunId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Run } from './domain/run.ts'
import { runFindings } from './domain/run-findings.ts'
import { mostMetrics } from './domain/run-metrics.ts'
import { shiftClock, usualShifts } from './domain/shifts.ts'
import { gathering, QueueFull } from './gathering.ts'
import { lanes } from './lanes.ts'
import { definitionLearner } from './learn-definitions.ts'
import { places } from './places.ts'
import { policyOf } from './policy-of.ts'
import { nobodyLooks, type Observer } from './telemetry/observer.ts'
import { inTime } from './too-late.ts'

export type { Received } from './arrived-run.ts'
/**
 * `clockAheadMs`: the run shows that its station's clock is ahead by at least that. `fault`: this run alone could not be
 * stored.
 */
export type Stored = { id: RunId; clockAheadMs?: number } | { refused: string } | { fault: Error }

type Deps = {
  database: Database
  now: () => Instant
  /** Runs of the procedure have been committed. */
  stored: (procedureId: ProcedureId) => void
  /** In weights, see `bytesOfOne`. */
  capacity?: number
  observer?: Pick<Observer, 'around' | 'runs'>
}

/** Committed together: what a flush costs by itself is then less than a hundredth of a run's own cost. */
const mostAtOnce = 1_000
/** Taken and not answered yet. What more there is keeps better with its station than in this process. */
const mostWaiting = 10_000
/** A run weighs as one, and as one more for each of these: a group is then some megabytes of JSON, whatever its runs are. */
const bytesOfOne = 8_192
/** Whatever holds them up: longer than the database may take for a statement, shorter than most clients wait. */
const longestMs = 25_000
/** Of the four connections for storing runs those that may wait for a lock: the others' runs need one. */
const mostLanes = 3

export function ingest({ database, now, stored, capacity = mostWaiting, observer = nobodyLooks }: Deps) {
  const clocks = new Map<string, ShiftClock>()
  const learn = definitionLearner()

  /** Kept, since a clock remembers the shift starts of the days that it was asked for. */
  function clockOf(zone: string): ShiftClock {
    const clock = clocks.get(zone) ?? shiftClock(usualShifts(zone))
    clocks.set(zone, clock)
    return clock
  }

  async function store(arrived: ArrivedRun[]): Promise<Stored[]> {
    const at = now()
    const { answers, added, counts } = await flushed(arrived, () =>
      database.db.transaction((tx) => storeAll(tx, arrived, at)),
    )
    tell(added, counts)
    return answers
  }

  /** Without a wait for procedures that somebody else has: a rollout that is decided, another process, a rebuild of years. */
  async function storeFree(arrived: ArrivedRun[]): Promise<(Stored | null)[]> {
    const at = now()
    const ids = [...new Set(arrived.map(({ run }) => run.procedureId))].sort()
    const { free, answers, added, counts } = await flushed(arrived, () =>
      database.db.transaction(async (tx) => {
        const free = await freeProcedures(tx, ids)
        const own = arrived.filter(({ run }) => free.has(run.procedureId))
        return { free, ...(await storeAll(tx, own, at)) }
      }),
    )
    tell(added, counts)
    const inOrder = answers.values()
    return arrived.map(({ run }) => (free.has(run.procedureId) ? (inOrder.next().value ?? null) : null))
  }

  const flushed = <Result>(arrived: ArrivedRun[], does: () => Promise<Result>) =>
    observer.around({ name: 'flush', about: { runs: arrived.length } }, does)

  function tell(added: Set<ProcedureId>, { fresh, repeated, refused }: Counts): void {
    for (const procedureId of added) stored(procedureId)
    observer.runs('stored', fresh)
    observer.runs('repeated', repeated)
    observer.runs('refused', refused)
  }

  async function storeAll(tx: Db, arrived: ArrivedRun[], at: Instant) {
    if (arrived.length === 0)
      return { answers: [], added: new Set<ProcedureId>(), counts: { fresh: 0, repeated: 0, refused: 0 } }
    const procedures = Map.groupBy(arrived, ({ run }) => run.procedureId)
    const facts = await arrivalFacts(tx, {
      procedures: new Map(
        [...procedures].map(([id, own]) => [id, new Set(own.flatMap(({ saidIds }) => saidIds))]),
      ),
      stations: new Set(arrived.map(({ run }) => run.stationId)),
    })
    const known = new Map([...facts.procedures].map(([id, { deployments }]) => [id, new Set(deployments)]))
    const pickups = await pickupsOf(tx, arrived, known)
    const runs: Run[] = []
    const breathe = breather()
    for (const each of arrived) {
      await breathe()
      const procedure = facts.procedures.get(each.run.procedureId)
      if (!procedure) continue
      const shift = clockOf(procedure.zone)(each.run.startedAt)
      runs.push(runOf(each, known.get(each.run.procedureId) ?? new Set(), pickups.get(each) ?? null, shift))
    }
    const kept = await withNeededMetrics(tx, runs, at)
    const added = await storeRuns(tx, kept, new Date(at))
    const distinct = new Map(runs.map((run) => [run.id, run]))
    const fresh = [...distinct.values()].filter((run) => added.has(run.id))
    for (const [procedureId, own] of Map.groupBy(fresh, (run) => run.procedureId))
      await learn(tx, procedureId, own)
    await noteNewClocks(tx, arrived, facts.clocksAhead, at)
    return {
      answers: arrived.map((each) => answerTo(each, facts.procedures.has(each.run.procedureId), at)),
      added: new Set(runs.map((run) => run.procedureId)),
      counts: {
        fresh: fresh.length,
        repeated: runs.length - fresh.length,
        refused: arrived.length - runs.length,
      },
    }
  }

  const shared = {
    isEverybodys: (error: unknown) => isAway(error) || tookTooLong(error),
    weigh: ({ bytes }: ArrivedRun) => 1 + Math.floor(bytes / bytesOfOne),
    failed: (error: unknown) => ({ fault: error instanceof Error ? error : new Error(String(error)) }),
    most: mostAtOnce,
  }
  const inPlace = places(mostLanes)
  const all = gathering<ArrivedRun, Stored | null>({ ...shared, work: storeFree, capacity })
  const { take, waiting: waitingInLanes } = lanes<ProcedureId, ArrivedRun, Stored>({
    keyOf: ({ run }) => run.procedureId,
    tryAll: all.take,
    openLane: () =>
      gathering<ArrivedRun, Stored>({
        ...shared,
        work: (held) => inPlace(() => store(held)),
        capacity: Number.POSITIVE_INFINITY,
      }),
  })
  const waiting = () => all.waiting() + waitingInLanes()
  const underWay = new Set<Promise<unknown>>()
  let stopped = false

  async function takeArrived(received: Received[]): Promise<Stored[]> {
    const at = now()
    const breathe = breather()
    const arrived: ArrivedRun[] = []
    for (const each of received) {
      await breathe()
      arrived.push(arrivedRun(each, at))
    }
    if (waiting() > capacity) throw new QueueFull(waiting())
    const answers = await take(arrived)
    return arrived.map((each) => answers.get(each) ?? { refused: 'not stored' })
  }

  return {
    /** One answer for each run, in the order given. Runs of an unknown procedure are refused, the others stored. */
    async take(received: Received[]): Promise<Stored[]> {
      if (stopped) throw new QueueFull(waiting())
      const taking = takeArrived(received)
      underWay.add(taking)
      const done = () => void underWay.delete(taking)
      taking.then(done, done)
      return inTime(taking, longestMs)
    },
    waiting,
    /** Takes nothing more; resolves when all that was taken is answered. */
    async stop(): Promise<void> {
      stopped = true
      await Promise.allSettled(underWay)
    },
  }
}

type Counts = { fresh: number; repeated: number; refused: number }
type ShiftClock = ReturnType<typeof shiftClock>

/** Asked for those alone that do not say a build that can be believed. What is found is added to what is known. */
async function pickupsOf(
  tx: Db,
  arrived: ArrivedRun[],
  known: Map<ProcedureId, Set<DeploymentId>>,
): Promise<Map<ArrivedRun, DeploymentId | null>> {
  const asking = arrived.filter((each) => {
    const own = known.get(each.run.procedureId)
    return own !== undefined && asksItsPickup(each, own)
  })
  const found = await acknowledgedAt(
    tx,
    asking.map(({ run, saidStartedAt }) => ({
      procedureId: run.procedureId,
      stationId: run.stationId,
      moment: saidStartedAt,
    })),
  )
  for (const [index, { run }] of asking.entries()) {
    const pickup = found[index]
    if (pickup) known.get(run.procedureId)?.add(pickup)
  }
  return new Map(asking.map((each, index) => [each, found[index] ?? null]))
}

function answerTo({ run, saidEndedAt }: ArrivedRun, isKnown: boolean, now: Instant): Stored {
  if (!isKnown)
    return { refused: `there is no procedure ${run.procedureId}: expected one that this service knows` }
  const ahead = aheadByRun(saidEndedAt, null, now)
  return { id: run.id, ...(isOff(ahead) ? { clockAheadMs: ahead } : {}) }
}

/** Nothing is written while clocks are as they were known, which is nearly always. */
async function noteNewClocks(
  tx: Db,
  arrived: ArrivedRun[],
  known: ReadonlyMap<StationId, number | null>,
  now: Instant,
): Promise<void> {
  const after = new Map<StationId, number | null>()
  for (const { run, saidEndedAt } of arrived) {
    const before = after.get(run.stationId) ?? known.get(run.stationId) ?? null
    after.set(run.stationId, aheadByRun(saidEndedAt, before, now))
  }
  const changed = [...after].filter(([id, ahead]) => ahead !== (known.get(id) ?? null))
  if (changed.length === 0) return
  await noteClocks(
    tx,
    changed.map(([stationId, clockAheadMs]) => ({ stationId, clockAheadMs })),
  )
}

/** Of a run with very many metrics those that gates read are kept. Asked only then: other runs cost nothing more. */
async function withNeededMetrics(tx: Db, runs: Run[], now: Instant): Promise<Run[]> {
  const isFull = (run: Run) => Object.keys(run.metrics).length >= mostMetrics
  const full = new Set(runs.filter(isFull).map((run) => run.procedureId))
  if (full.size === 0) return runs
  const needed = new Map<ProcedureId, Set<string>>()
  for (const id of full) {
    const { gates } = await policyOf(tx, id)
    needed.set(id, metricsRead([...gates, ...(await gatesCounting(tx, id, now))]))
  }
  return runs.map((run) =>
    isFull(run)
      ? { ...run, metrics: runFindings(run.detail, run.outcome, needed.get(run.procedureId)).metrics }
      : run,
  )
}

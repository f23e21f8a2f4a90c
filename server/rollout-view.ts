// The rollout as people see it, put together from its state, its tallies and the registry.
import { type ArmCounts, armCounts } from '../db/arm-counts.ts'
import { canaryHours } from '../db/canary-hours.ts'
import type { Db } from '../db/client.ts'
import { passMedians } from '../db/pass-durations.ts'
import { deploymentById, procedureById, type Station, stationsById } from '../db/registry.ts'
import { eventsOf, loadRollout } from '../db/rollout-storage.ts'
import { lastRuns } from '../db/run-habits.ts'
import { alarmViews } from '../db/station-alarms.ts'
import { unattributedOfRollout } from '../db/unattributed-runs.ts'
import { changesOf, heldChanges } from './build-changes.ts'
import { changesInView } from './domain/definition/changes-view.ts'
import { economics, itemForecasts } from './domain/economics.ts'
import { failureSummaryOf } from './domain/failures/failure-summary.ts'
import type { RolloutId, StationId } from './domain/ids.ts'
import { type Instant, minute } from './domain/instant.ts'
import type { Policy } from './domain/policy.ts'
import { summary } from './domain/retest-summary.ts'
import { mayUse } from './domain/rights.ts'
import { countedApprovals } from './domain/rollout/approvals.ts'
import { type Readiness, stageReadiness, startReadiness, unmet } from './domain/rollout/readiness.ts'
import { isRunning, isTaken, isTerminal, type RolloutState } from './domain/rollout/state.ts'
import { nextStep, waitsFor } from './domain/rollout/waiting.ts'
import type { ArmMetrics, RolloutView } from './domain/rollout-view.ts'
import { stageViews } from './domain/stage-views.ts'
import { wilsonInterval } from './domain/statistics/wilson-interval.ts'
import { addCounts, type Counts, noCounts } from './domain/tally.ts'
import { unattributedOf, whyUnattributed } from './domain/unattributed.ts'
import { rolloutFailures } from './failures.ts'
import { policyOf } from './policy-of.ts'
import { retestPairsOf } from './retests.ts'
import { abortReverting } from './reverting.ts'
import { deploymentSummary, procedureInView } from './rollout-lines.ts'
import { shadowSummaryOf } from './shadow-pairs.ts'
import { startClosed } from './stage-closed.ts'
import { stageFacts } from './stage-facts.ts'
import { stationViews } from './station-views.ts'
import { backendWaits } from './tofupilot-standing.ts'

/**
 * Read in one snapshot: a decision that commits between two queries would show a stage with another stage's numbers.
 * @param pageUrl absolute address of a rollout's page.
 */
export function rolloutView(
  db: Db,
  id: RolloutId,
  now: Instant,
  pageUrl: (id: RolloutId) => string,
): Promise<RolloutView | null> {
  return db.transaction((tx) => viewInSnapshot(tx, id, now, pageUrl), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

async function viewInSnapshot(
  db: Db,
  id: RolloutId,
  now: Instant,
  pageUrl: (id: RolloutId) => string,
): Promise<RolloutView | null> {
  const loaded = await loadRollout(db, id)
  if (!loaded) return null
  const { state, verdict } = loaded
  const [procedure, deployment, base, stations, counts, medians, events] = [
    await procedureById(db, state.procedureId),
    await deploymentById(db, state.deploymentId),
    await deploymentById(db, state.baseDeploymentId),
    await stationsById(db, state.order),
    await armCounts(db, state.procedureId, id),
    await passMedians(db, { procedureId: state.procedureId, rolloutId: id, range: null }),
    await eventsOf(db, id),
  ]
  if (!procedure || !deployment || !base)
    throw new Error(`rollout ${id} names a procedure or a deployment that is gone`)
  const changes = await changesOf(db, state)
  const readiness: Readiness = isRunning(state)
    ? stageReadiness(state, await stageFacts(db, state, verdict, now, heldChanges(changes)), now)
    : startReadiness(state, await startClosed(db, state, now), now)
  const hours = isRunning(state) ? await canaryHours(db, state.procedureId, id, state.stageStartedAt) : []
  const retests = await retestPairsOf(db, state)
  const policy = await policyOf(db, state.procedureId)
  return {
    id,
    url: pageUrl(id),
    procedure: procedureInView(procedure),
    deployment: deploymentSummary(deployment),
    base: deploymentSummary(base),
    status: state.status,
    pause: state.status === 'paused' ? state.pause : null,
    abort: state.status === 'aborting' || state.status === 'aborted' ? state.abort : null,
    version: state.version,
    preset: state.plan.preset,
    owner: state.owner,
    reason: state.reason,
    expectation: state.plan.expectation,
    expectedYieldChange: state.plan.expectedYieldChange,
    retryOf: state.retryOf,
    createdAt: state.createdAt,
    startedAt: 'startedAt' in state ? state.startedAt : null,
    startAt: state.status === 'pending' ? state.startAt : null,
    endedAt: 'endedAt' in state ? state.endedAt : null,
    stageIndex: 'stageIndex' in state ? state.stageIndex : -1,
    stages: stageViews(state, events),
    stations: stationViews(loaded, stations, counts, {
      runs: await lastRuns(db, state.procedureId),
      timeLimitMs: procedure.timeLimitSeconds * 1000,
      policy,
      now,
    }),
    canaryArm: armMetrics(counts, 'canary', medians.canary),
    baseArm: armMetrics(counts, 'base', medians.base),
    otherRuns: counts.filter((each) => each.arm === 'other').reduce((sum, each) => sum + each.runs, 0),
    unattributed: await unattributedView(db, state, counts),
    verdict,
    readiness,
    approvals: approvalsOf(state, policy, now),
    forecasts: itemForecasts(state, readiness, hours, now),
    economics: economics(state, verdict, readiness, { counts: canaryCounts(counts), hours }, now),
    failures:
      state.status === 'pending'
        ? null
        : failureSummaryOf(await rolloutFailures(db, state, counts, policy.failureRules)),
    alerts: policy.alerts,
    waitsFor: [
      ...(isTerminal(state) ? [] : await backendWaits(db, state, now)),
      ...waitsFor(state, readiness, (stationId) => nameOf(stations, stationId), now),
    ],
    next: nextStep(state, unmet(readiness).length === 0),
    breaches: 'breaches' in state ? state.breaches : [],
    watchUntil: state.status === 'completed' ? state.watchUntil : null,
    alarms: state.status === 'completed' ? state.alarms : [],
    reverting: await abortReverting(
      db,
      {
        state,
        events,
        names: new Map(stations.map(({ id: stationId, name }) => [stationId, name])),
        limitMinutes: procedure.revertLimitMinutes,
      },
      {
        takenBack: { id: deployment.id, version: deployment.version },
        to: { id: base.id, version: base.version },
      },
      now,
    ),
    stationAlarms: await alarmViews(db, {
      procedureId: state.procedureId,
      open: true,
      ...(isTerminal(state) ? { rolloutId: id } : { stations: state.order }),
    }),
    changes: changesInView(changes),
    retests: retests.length === 0 ? null : summary(retests),
    shadow: await shadowSummaryOf(db, state),
    lastDecision: state.lastDecision,
  }
}

/** A completed rollout counts its stations' runs for as long as it is watched, and is no longer concerned later. */
async function unattributedView(
  db: Db,
  state: RolloutState,
  counts: ArmCounts[],
): Promise<RolloutView['unattributed']> {
  if (!('startedAt' in state) || state.startedAt === null) return unattributedOf([], 0)
  const { procedureId, id: rolloutId, startedAt } = state
  const endedAt = 'endedAt' in state ? state.endedAt : null
  const found = await unattributedOfRollout(db, { procedureId, rolloutId, startedAt, endedAt })
  const isCanary = (id: StationId) => isTaken(state.stations[id]?.status)
  return unattributedOf(
    found.map((run) => ({
      ...run.station,
      runs: run.runs,
      isCanary: isCanary(run.station.id),
      reason: whyUnattributed(run),
    })),
    counts.filter(({ stationId }) => isCanary(stationId)).reduce((sum, { runs }) => sum + runs, 0),
  )
}

function canaryCounts(counts: ArmCounts[]): Counts {
  return counts.filter(({ arm }) => arm === 'canary').reduce<Counts>(addCounts, noCounts)
}

function approvalsOf(state: RolloutState, policy: Policy, now: Instant): RolloutView['approvals'] {
  const { plan } = state
  const lasts = plan.approvalsLastMinutes
  const given = state.status === 'pending' || isRunning(state) ? countedApprovals(state, now) : []
  const needed = isRunning(state) ? (plan.stages[state.stageIndex]?.approvals ?? 0) : plan.startApprovals
  return {
    needed: state.status === 'pending' || isRunning(state) ? needed : 0,
    given: given.map(({ by, at }) => ({ by, at, expiresAt: lasts === null ? null : at + lasts * minute })),
    asked: state.status === 'pending' || isRunning(state) ? state.asked : null,
    fourEyes: plan.fourEyes,
    approvers: mayUse(policy.rights, 'approve'),
  }
}

function nameOf(stations: Station[], id: StationId): string {
  return stations.find((station) => station.id === id)?.name ?? id
}

function armMetrics(counts: ArmCounts[], arm: 'canary' | 'base', passSeconds: number | null): ArmMetrics {
  const own = counts.filter((each) => each.arm === arm)
  const sum = own.reduce<Counts>(addCounts, noCounts)
  const interval = sum.units > 0 ? wilsonInterval(sum.passed, sum.units, 0.95) : null
  return {
    stations: own.filter((each) => each.runs > 0).length,
    units: sum.units,
    passed: sum.passed,
    firstPassYield: share(sum.passed, sum.units),
    firstPassYieldLow: interval?.lower ?? null,
    firstPassYieldHigh: interval?.upper ?? null,
    runs: sum.runs,
    errors: sum.errors,
    errorRate: share(sum.errors, sum.runs),
    timeouts: sum.timeouts,
    timeoutRate: share(sum.timeouts, sum.runs),
    passRuns: sum.passRuns,
    passSeconds,
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

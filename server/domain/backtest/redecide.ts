// A rollout that was, judged again by other gates: when they would have stopped it, on the runs that there were.
import { countings } from '../gates/counting.ts'
import { evaluateGates } from '../gates/evaluate-gates.ts'
import type { GateQuestion } from '../gates/question.ts'
import type { DeploymentId, RolloutId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Plan } from '../plan.ts'
import type { HistoryRun, StationHistory } from './history.ts'
import { looks, regularLooks } from './looks.ts'
import { pastAt } from './past-at.ts'
import { actingGates } from './played.ts'
import { question, stops } from './replay.ts'
import { sinceStart } from './since-start.ts'
import { pastMs } from './starts.ts'

/** `stations`: their runs from 14 days before it started until it ended. */
export type PastRollout = {
  id: RolloutId
  deploymentId: DeploymentId
  baseDeploymentId: DeploymentId
  startedAt: Instant
  endedAt: Instant
  stations: StationHistory[]
}

export type Redecided = {
  id: RolloutId
  /** Names of the gates that would have stopped it; none: on these runs it would not have been. */
  stoppedBy: string[]
  /** Null: it would not have been stopped. */
  at: Instant | null
  /** First attempts on the new build until then, or of all there were. */
  firstAttempts: number
}

/**
 * Every gate acts, as in a stage that it is there for, and each station counts as it did: for base until its own switch,
 * from then on for the new build. Which stations had it when is as it was: with another plan they would have been
 * others, and after a real stop there is nothing more to see.
 */
export function redecided(past: PastRollout, plan: Plan): Redecided {
  const gates = actingGates(plan).map((gate) => ({ ...gate, stages: null }))
  const { id, startedAt, stations } = past
  const onBase = stations.map((station) => ({
    ...station,
    runs: station.runs.filter(
      (run) => run.startedAt < startedAt && run.deploymentId === past.baseDeploymentId,
    ),
  }))
  const frozen = pastAt({ at: startedAt, stations: onBase }, gates)
  const armOf = (run: HistoryRun) => (run.deploymentId === past.deploymentId ? 'canary' : 'base')
  const runs = runsOf(past)
  const counts = sinceStart({ asked: countings(gates), past: frozen, armOf, isTurned: () => false })
  const looking = looks(gates, regularLooks(runs.filter((run) => armOf(run) === 'canary').length))
  const [stage] = plan.stages
  const fixed = question({
    stage: { index: 0, firstAttempts: stage?.soak.firstAttempts ?? 0 },
    past: frozen,
  })
  let previous: GateQuestion['previous'] = null
  let firstAttempts = 0
  for (const run of runs) {
    const bad = counts.count(run)
    if (armOf(run) !== 'canary') continue
    if (run.isFirstAttempt) firstAttempts += 1
    const due = looking.due(bad, counts.canaryBad)
    if (due.length === 0) continue
    const asked = { gates: due, stations: counts.stations(countings(due).map(({ key }) => key)) }
    const verdict = evaluateGates({ ...fixed, ...asked, previous }, run.startedAt)
    const stoppedBy = verdict.gates.filter(stops).map(({ name }) => name)
    if (stoppedBy.length > 0) return { id, stoppedBy, at: run.startedAt, firstAttempts }
    looking.seen(verdict.gates)
    previous = verdict
  }
  return { id, stoppedBy: [], at: null, firstAttempts }
}

/** Of either build since the start, in the order of their starts; what ran a third build counts nowhere. */
function runsOf({ stations, startedAt, endedAt, deploymentId, baseDeploymentId }: PastRollout): HistoryRun[] {
  return stations
    .flatMap(({ runs }) => runs)
    .filter((run) => run.startedAt >= startedAt && run.startedAt < endedAt)
    .filter((run) => run.deploymentId === deploymentId || run.deploymentId === baseDeploymentId)
    .sort((a, b) => a.startedAt - b.startedAt || (a.stationId < b.stationId ? -1 : 1))
}

/** From when on its stations' runs are needed. */
export function neededSince(startedAt: Instant): Instant {
  return startedAt - pastMs
}

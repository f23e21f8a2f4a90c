// Each alarm of a gate in a rollout, and whether it was right.
import { abortOf, type EndedRollout } from './outcome.ts'

/**
 * confirmed: the rollout was aborted, or rolled back by its gate, while the breach was open; or it completed in spite
 * of it and was rolled back later; or units tested on both builds proved it.
 * false: a person acknowledged it with a reason, and the rollout completed and stayed.
 * open: nobody has answered, and the rollout lives.
 * undecided: all else. It closed by itself; it was acknowledged and the rollout was aborted for something else, or
 * superseded; or it was acknowledged and the rollout still lives.
 */
export type AlarmResult = 'confirmed' | 'false' | 'open' | 'undecided'

/** A breach that was opened. `observed`: its gate only observes in that stage, so that it stopped nothing. */
export type Alarm = { gate: string; at: number; observed: boolean; result: AlarmResult }

/** Evidence that builds which are alike reach in at most one of twenty rollouts. */
const enough = Math.log(20)

export function alarmsOf(rollout: EndedRollout): Alarm[] {
  return rollout.events.flatMap((event, place): Alarm[] => {
    if (event.type !== 'BreachOpened') return []
    const { gate, at, mode } = event
    const answer = rollout.events
      .slice(place + 1)
      .find((later) => 'gate' in later && later.type !== 'WatchAlarmed' && later.gate === gate)
    const observed = mode === 'observe'
    const result = observed ? observedResult(rollout) : resultOf(rollout, gate, answer?.type ?? null)
    return [{ gate, at, observed, result }]
  })
}

function resultOf(rollout: EndedRollout, gate: string, answer: string | null): AlarmResult {
  const { outcome, pairedLogEvidence } = rollout
  // Units that failed on one build and passed on the other speak of what fails units, and of nothing else.
  const isOfYield = rollout.gates.some(({ name, metric }) => name === gate && metric === 'first-pass yield')
  if (isOfYield && (pairedLogEvidence ?? 0) >= enough) return 'confirmed'
  if (outcome === 'rolled back after completion') return 'confirmed'
  if (outcome === 'superseded') return 'undecided'
  const stood = answer !== 'BreachAcknowledged' && answer !== 'BreachRecovered'
  if (outcome === 'live') return stood ? 'open' : 'undecided'
  if (abortOf(rollout)) return stood ? 'confirmed' : 'undecided'
  return answer === 'BreachAcknowledged' ? 'false' : 'undecided'
}

/** Nobody answers what only observes: the end of the rollout does. */
function observedResult({ outcome }: EndedRollout): AlarmResult {
  if (outcome === 'live') return 'open'
  if (outcome === 'superseded') return 'undecided'
  return outcome === 'completed' ? 'false' : 'confirmed'
}

// When gates are asked: an answer after every run would be the same stops at twenty times the cost.
import { countingsOf } from '../../server/domain/gates/counting.ts'
import type { CountedGate } from '../../server/domain/gates/gate.ts'
import type { Evidence } from './gate-judge.ts'

/**
 * How much a run can raise a gate's evidence is limited: by a bad run at most by one over the chance that
 * it is bad at the tolerated rate, by a good one, of a rise of the good outcome, by one over the chance
 * that it is good. From the evidence at the last look follows how many runs cannot have brought it to its
 * line. Half of the tolerated rate stands for stations that are better than the others, and a little for
 * each run for what base does meanwhile. Close to the line a gate is asked after every run.
 *
 * A test plays rollouts with `isEveryLook` and finds the same stops.
 */
export function gateLooks(gates: readonly CountedGate[], { isEveryLook = false } = {}) {
  const watched = gates.map((gate) => ({
    gate,
    keys: countingsOf(gate).map(({ key }) => key),
    bad: 0,
    wait: atOnce,
  }))
  return {
    /** After each canary run, with the keys by which it is bad: the gates that are to be asked now. */
    due(badBy: ReadonlySet<string>): CountedGate[] {
      return watched.flatMap((each) => {
        const isBad = each.keys.some((key) => badBy.has(key))
        if (isBad) each.bad += 1
        const left = each.wait.left - (isBad ? each.wait.byBad : each.wait.byGood)
        each.wait = { ...each.wait, left }
        const mayStop = each.gate.metric === 'first-pass yield rise' || each.bad >= leastBad
        return mayStop && (left <= 0 || isEveryLook) ? [each.gate] : []
      })
    },
    /** A station has gone from base to canary, and base says something else now: ask all. */
    changed(): void {
      for (const each of watched) each.wait = atOnce
    },
    seen(gate: CountedGate, evidence: Evidence): void {
      const own = watched.find((each) => each.gate === gate)
      if (own) own.wait = waitAfter(gate, evidence)
    },
  }
}

/** By how much the evidence, a logarithm, may still rise, and by how much a run of either kind raises it at most. */
type Wait = { readonly left: number; readonly byBad: number; readonly byGood: number }
const atOnce: Wait = { left: 0, byBad: 0, byGood: 0 }

/** A gate stops on three bad runs at least; only the rise of the good outcome stops on good ones. */
const leastBad = 3
const closeToTheLine = 1.5
const byBase = 0.02
const betterStations = 2

function waitAfter({ alpha, metric }: CountedGate, { logEvidence, toleratedRate }: Evidence): Wait {
  if (toleratedRate === null) return { left: 1, byBad: byBase, byGood: byBase }
  const left = Math.max(0, Math.log(1 / alpha) - closeToTheLine - logEvidence)
  if (metric === 'first-pass yield rise') {
    const good = betterStations * -Math.log1p(-Math.min(toleratedRate, 0.9))
    return { left, byBad: byBase, byGood: good + byBase }
  }
  // What an error budget tolerates shrinks with every run: by the budget over the counts so far, over the counts.
  const byGood = metric === 'error budget' ? 2 * toleratedRate : 0
  const byBad = Math.log(betterStations / toleratedRate)
  return { left, byBad: byBad + byGood + byBase, byGood: byGood + byBase }
}

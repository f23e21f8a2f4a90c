// When a replay asks its gates: after every run would be the same stops at many times the cost.
import { countingsOf } from '../gates/counting.ts'
import type { CountedGate } from '../gates/gate.ts'
import type { GateVerdict } from '../gates/verdict.ts'

/** Regular looks of one replay. */
const mostRegular = 100
/** As a factor of evidence 4.5. Over 288 replays every stop was at the run at which asking after each one stops. */
const closeToTheLine = 1.5
/** A gate never stops on fewer bad ones; only yield's rise counts the good ones. */
const leastBad = 3

/**
 * A gate is asked after every run that it counts as bad, after every run while its evidence is close to its line, and
 * after every k-th run besides: a good run lowers the evidence against a build, and what base does in the meantime
 * moves it little. Yield's rise grows with the good ones, by a little each.
 */
export function looks(gates: CountedGate[], every: number) {
  const keys = new Map(gates.map((gate) => [gate, countingsOf(gate).map(({ key }) => key)]))
  let close = new Set<string>()
  let run = 0
  return {
    /**
     * After each canary run.
     * @param badBy the keys by which it is bad.
     * @param bad how many canary runs are by now.
     */
    due(badBy: ReadonlySet<string>, bad: (key: string) => number): CountedGate[] {
      run += 1
      const isRegular = run % every === 0
      return gates.filter((gate) => {
        const own = keys.get(gate) ?? []
        if (gate.metric !== 'first-pass yield rise' && own.every((key) => bad(key) < leastBad)) return false
        return isRegular || close.has(gate.name) || own.some((key) => badBy.has(key))
      })
    },
    seen(verdicts: GateVerdict[]): void {
      const near = (each: GateVerdict) => each.logEvidence > each.logThreshold - closeToTheLine
      const asked = new Set(verdicts.map(({ name }) => name))
      close = new Set([
        ...[...close].filter((name) => !asked.has(name)),
        ...verdicts.filter(near).map(({ name }) => name),
      ])
    },
  }
}

/** After every how many canary runs all gates are asked. */
export function regularLooks(canaryRuns: number): number {
  return Math.max(1, Math.ceil(canaryRuns / mostRegular))
}

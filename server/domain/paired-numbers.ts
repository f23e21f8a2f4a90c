// Numbers that both runs of a shadow pair report: how the new build's lie to base's on the very same unit.
import { z } from 'zod'
import type { MatchedRuns, PairableRun } from './shadow-pairs.ts'
import { pairedLogEvidence } from './statistics/paired-evidence.ts'

export const pairedNumber = z.object({
  name: z.string(),
  /** Pairs in which both runs report it. */
  pairs: z.int(),
  higher: z.int(),
  lower: z.int(),
  /** Of the new build's less base's. */
  medianDifference: z.number(),
  medianOfBase: z.number(),
  /** By the plan's gates on it: pairs that differ by more than is tolerated; `worse` the wrong way, `better` the other. */
  beyond: z.array(z.object({ gate: z.string(), worse: z.int(), better: z.int(), logEvidence: z.number() })),
})
export type PairedNumber = z.infer<typeof pairedNumber>

/** What a gate of the plan tolerates of a number. */
export type NumberGate = {
  name: string
  read: string
  shiftRelative: number
  shiftBy: number
  direction: 'increase' | 'decrease' | 'either'
}

/** Passed runs only, since failed ones end sooner. */
const durationName = 'duration_s'
const mostNumbers = 100

/** By name; at most 100, those of the plan's gates first. */
export function pairedNumbers(matched: MatchedRuns[], gates: NumberGate[]): PairedNumber[] {
  const values = new Map<string, { ofNew: number; ofBase: number }[]>()
  for (const { shadow, production } of matched) {
    const [ofNew, ofBase] = [numbersOf(shadow), numbersOf(production)]
    for (const [name, value] of ofNew) {
      const other = ofBase.get(name)
      if (other === undefined) continue
      const known = values.get(name)
      if (known) known.push({ ofNew: value, ofBase: other })
      else values.set(name, [{ ofNew: value, ofBase: other }])
    }
  }
  const isGated = (name: string) => gates.some(({ read }) => read === name)
  return [...values]
    .sort(([a], [b]) => Number(isGated(b)) - Number(isGated(a)) || (a < b ? -1 : 1))
    .slice(0, mostNumbers)
    .map(([name, pairs]) => ({
      name,
      pairs: pairs.length,
      higher: pairs.filter(({ ofNew, ofBase }) => ofNew > ofBase).length,
      lower: pairs.filter(({ ofNew, ofBase }) => ofNew < ofBase).length,
      medianDifference: median(pairs.map(({ ofNew, ofBase }) => ofNew - ofBase)),
      medianOfBase: median(pairs.map(({ ofBase }) => ofBase)),
      beyond: gates.filter(({ read }) => read === name).map((gate) => beyond(gate, pairs)),
    }))
}

function numbersOf(run: PairableRun): Map<string, number> {
  const seconds = (run.endedAt - run.startedAt) / 1000
  const duration: [string, number][] = run.outcome === 'PASS' ? [[durationName, seconds]] : []
  return new Map([...duration, ...Object.entries(run.metrics)])
}

/** Each build is held against the other by the same rule: between builds that are alike either is as often beyond. */
function beyond(
  gate: NumberGate,
  pairs: { ofNew: number; ofBase: number }[],
): PairedNumber['beyond'][number] {
  const exceeds = (one: number, other: number) =>
    one - other > gate.shiftRelative * Math.abs(other) + gate.shiftBy
  const over = pairs.filter(({ ofNew, ofBase }) => exceeds(ofNew, ofBase)).length
  const under = pairs.filter(({ ofNew, ofBase }) => exceeds(ofBase, ofNew)).length
  const [worse, better] = gate.direction === 'decrease' ? [under, over] : [over, under]
  const up = pairedLogEvidence(worse, better)
  // Looked at both ways, each has half: the mean of two evidences is an evidence.
  const both = Math.log((Math.exp(up) + Math.exp(pairedLogEvidence(better, worse))) / 2)
  return { gate: gate.name, worse, better, logEvidence: gate.direction === 'either' ? both : up }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

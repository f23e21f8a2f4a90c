// A recorded verdict computed again from what is kept of its question, and every number compared.
import { engine, evaluateGates } from './gates/evaluate-gates.ts'
import type { GateQuestion } from './gates/question.ts'
import type { Verdict } from './gates/verdict.ts'

/** A number or a word that came out otherwise. `path`: as "gates / first-pass yield / logEvidence". */
export type Difference = { path: string; recorded: unknown; recomputed: unknown }
export type Recomputed = {
  /** `another engine`: today's method has another name, and what it says is told apart. */
  outcome: 'the same' | 'differs' | 'another engine'
  engine: { recorded: string; now: string }
  differences: Difference[]
  /** What today's engine says of the same question. */
  verdict: Verdict
}

/** Last digits of a logarithm may come out otherwise on another processor or runtime. */
const tolerance = 1e-9

export function recomputed(recorded: Verdict, question: GateQuestion): Recomputed {
  const verdict = evaluateGates(question, recorded.at)
  const differences = differencesOf(plain(recorded), plain(verdict), [])
  const isSameEngine = recorded.engine === engine
  return {
    outcome: isSameEngine ? (differences.length === 0 ? 'the same' : 'differs') : 'another engine',
    engine: { recorded: recorded.engine, now: engine },
    differences,
    verdict,
  }
}

/** As JSON has it, which is how it was stored. */
function plain(verdict: Verdict): unknown {
  return JSON.parse(JSON.stringify(verdict))
}

function differencesOf(recorded: unknown, made: unknown, path: string[]): Difference[] {
  if (typeof recorded === 'number' && typeof made === 'number' && isClose(recorded, made)) return []
  if (isObject(recorded) && isObject(made)) {
    const keys = [...new Set([...Object.keys(recorded), ...Object.keys(made)])]
    return keys.flatMap((key) =>
      differencesOf(recorded[key], made[key], [...path, nameOf(recorded[key]) ?? nameOf(made[key]) ?? key]),
    )
  }
  return recorded === made
    ? []
    : [{ path: path.join(' / '), recorded: recorded ?? null, recomputed: made ?? null }]
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one), Math.abs(other))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Gates go by their names, not by their places. */
function nameOf(value: unknown): string | null {
  return isObject(value) && typeof value.name === 'string' ? value.name : null
}

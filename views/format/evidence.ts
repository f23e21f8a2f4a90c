// Evidence against its threshold: "81 of 50" says how far a gate is from stopping the rollout.
import { count } from './count.ts'

const most = 1_000_000

/** Both are natural logarithms. */
export function evidence(logEvidence: number, logThreshold: number): string {
  return `${evidenceSize(logEvidence)} of ${evidenceSize(logThreshold)}`
}

export function evidenceSize(logarithm: number): string {
  const value = Math.exp(logarithm)
  if (value > most) return `over ${count(most)}`
  if (value < 0.1) return 'under 0.1'
  return value < 9.95 ? String(Number(value.toFixed(1))) : count(value)
}

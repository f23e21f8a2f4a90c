// Gates that count whatever can be counted, and what is usual of it.
import { gates } from '../../server/domain/gates/gate.ts'
import type { UsualRates } from '../../server/domain/gates/mix.ts'

/** A gate of every kind that counts. */
export const everyGate = gates.parse([
  { metric: 'first-pass yield' },
  { metric: 'error rate' },
  { metric: 'timeout rate' },
  { metric: 'duration', direction: 'either', shiftRelative: 0.13 },
  { metric: 'duration', name: 'much longer', shiftRelative: 0.1, shiftBy: 7_000.3 },
  { metric: 'measurement coverage' },
  { metric: 'custom', name: 'current', statistic: 'mean', read: 'mA', shiftBy: 2 },
  { metric: 'custom', name: 'retries', statistic: 'rate', read: 'retries', above: 1 },
  { metric: 'custom', name: 'cool', statistic: 'behaviour', expression: 'mA < 9.0 && outcome != "ERROR"' },
])
/** Whatever `everyGate` measures, of every station. */
export const usual = {
  'duration, increase': 42_000.1,
  'duration, decrease': 42_000,
  'much longer': 40_000,
  'measurement coverage': 4,
  current: 5.5,
}
export const usualRates: UsualRates = {
  'first-pass yield': { '': 0.02, '0 A': 0.013, '1 B': 0.1 },
  'duration, increase': { '': 0.5, '2 ': 0.71 },
  cool: { '': 0.1 / 3, '1 C': 0.2 / 7 },
}

// What a gate says in one line, for people.
import type { CountedGate } from './gate.ts'

/** What a gate counts. */
export function unitOf(gate: CountedGate): string {
  switch (gate.metric) {
    case 'first-pass yield':
    case 'first-pass yield rise':
    case 'error budget':
      return 'first attempts'
    case 'error rate':
    case 'timeout rate':
      return 'runs'
    case 'duration':
    case 'measurement coverage':
      return 'PASS runs'
    case 'custom':
      return 'runs that report it'
    case 'shadow pairs':
      return 'pairs'
  }
}

/** People read yield as the share that passes, errors and timeouts as the share that fails. */
export function headline(gate: CountedGate, observed: number, expected: number, n: number): string {
  const isYield = gate.metric === 'first-pass yield' || gate.metric === 'first-pass yield rise'
  const shown = (rate: number) => `${((isYield ? 1 - rate : rate) * 100).toFixed(1)} %`
  const points = (isYield ? expected - observed : observed - expected) * 100
  const sign = points < 0 ? '−' : '+'
  const of = bad(gate)
  return `${gate.name}${of === '' ? '' : `, ${of}`} ${shown(observed)} against expected ${shown(expected)}, ${sign}${Math.abs(points).toFixed(1)} points on ${n} ${unitOf(gate)}`
}

/** Which runs a rate speaks of, where the gate's name does not say it. */
function bad(gate: CountedGate): string {
  switch (gate.metric) {
    case 'duration':
      return `runs ${beyond(gate)} their station's usual time`
    case 'measurement coverage':
      return 'runs that measure less than usual'
    case 'custom':
      switch (gate.statistic) {
        case 'mean':
        case 'quantile':
          return `runs ${beyond(gate)} their station's usual ${gate.read}`
        case 'rate':
        case 'behaviour':
          return ''
      }
      return ''
    case 'first-pass yield':
    case 'first-pass yield rise':
    case 'error rate':
    case 'timeout rate':
    case 'error budget':
    case 'shadow pairs':
      return ''
  }
}

function beyond(gate: {
  direction: 'increase' | 'decrease' | 'either'
  shiftRelative: number
  shiftBy: number
}): string {
  const sizes = [
    ...(gate.shiftRelative > 0 ? [`${Number((gate.shiftRelative * 100).toPrecision(3))} %`] : []),
    ...(gate.shiftBy > 0 ? [`${gate.shiftBy}`] : []),
  ]
  const way = { increase: 'over', decrease: 'under', either: 'off' }[gate.direction]
  return sizes.length === 0 ? way : `${sizes.join(' and ')} ${way}`
}

// The axis of what a gate has counted on the canary stations.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { capitalised } from '../format/words.ts'
import { gatesOf } from './gate-differences.ts'

export function countAxis(charts: RolloutCharts, gate: string) {
  return {
    field: 'n',
    type: 'quantitative',
    title: `${capitalised(unitOf(charts, gate))} counted on the canary stations`,
    scale: { zero: true, nice: false },
    axis: { format: '~s', tickMinStep: 1 },
  } as const
}

export function unitOf(charts: RolloutCharts, gate: string): string {
  return gatesOf(charts).find((each) => each.gate === gate)?.unit ?? 'runs'
}

// How many stations a stage takes of n: a share is rounded up, at least one, never all before the last stage.
import type { Plan, StageTarget } from './plan.ts'

/** Stations of stage `index` of a fleet of `stationCount`; never fewer than the stage before. */
export function stageSize(plan: Plan, index: number, stationCount: number): number {
  const sizes = plan.stages.slice(0, index + 1).map((stage, position) => {
    const last = position === plan.stages.length - 1
    return last ? stationCount : bounded(stage.target, stationCount)
  })
  return Math.min(stationCount, Math.max(0, ...sizes))
}

function bounded(target: StageTarget, stationCount: number): number {
  // 0.07 × 100 is 7.000000000000001: without the rounding the ceiling would take an eighth station.
  const wanted =
    'stations' in target ? target.stations : Math.ceil(Number((target.share * stationCount).toFixed(6)))
  return Math.min(Math.max(wanted, 1), Math.max(stationCount - 1, 1))
}

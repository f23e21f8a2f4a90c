// How large a stage is, in words.
import type { StageTarget } from './plan.ts'

/** "25 %", "1 station", "all stations". */
export function targetLabel(target: StageTarget): string {
  if ('stations' in target) return target.stations === 1 ? '1 station' : `${target.stations} stations`
  return target.share === 1 ? 'all stations' : `${Number((target.share * 100).toFixed(2))} %`
}

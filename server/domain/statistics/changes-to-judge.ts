import type { DEFAULT_OPTIONS } from './evaluation-options.ts'
import { toleratedChange } from './tolerated-change.ts'

/** The margin, and the two sizes of change that the posterior is asked about. */
export function changesToJudge(
  expectedRate: number,
  settings: typeof DEFAULT_OPTIONS,
): { margin: number; unacceptable: number; severe: number } {
  const change = (relative: number, points: number) => toleratedChange(expectedRate, { relative, points })
  return {
    margin: change(settings.marginRelative, settings.marginPoints),
    unacceptable: change(settings.unacceptableRelative, settings.unacceptablePoints),
    severe: change(settings.severeRelative, settings.severePoints),
  }
}

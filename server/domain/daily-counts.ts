// What was counted in a day: the day is one of the procedure's own zone.
import type { DeploymentId } from './ids.ts'
import type { Instant } from './instant.ts'

export type DailyCounts = {
  build: { id: DeploymentId; version: string }
  /** As 2026-05-22. */
  day: string
  units: number
  passed: number
  runs: number
  errors: number
  timeouts: number
  passRuns: number
}

/** Something that happened, drawn over the days. */
export type DayMark = { at: Instant; label: string }

/** `from` and `to` are days, the last one included. */
export type DailyYields = {
  /** Of what: the name of the procedure or the station, the version of the build. */
  of: string
  zone: string
  from: string
  to: string
  days: DailyCounts[]
  marks: DayMark[]
}

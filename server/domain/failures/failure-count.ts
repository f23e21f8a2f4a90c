// Failures as they are counted: kinds, and how often each category and mode happened in each arm.
import type { Instant } from '../instant.ts'
import type { RunOutcome } from '../run.ts'
import type { FailureCategory } from './failure-rule.ts'

/** Failures that are the same but for the value measured. */
export type FailureKind = {
  mode: string
  outcome: RunOutcome
  text: string | null
  runs: number
  inCanary: boolean
}
export type SortedKind = FailureKind & { category: FailureCategory; action: string | null }

type FailureArm = 'canary' | 'base'

/** `of`: a whole arm, a category of it, or a mode of that. A mode of null: kinds too rare to be sorted. */
type Place = { arm: FailureArm } & (
  | { of: 'arm'; category: null; mode: null }
  | { of: 'category'; category: FailureCategory; mode: null }
  | { of: 'mode'; category: FailureCategory; mode: string | null }
)
export type FailureCount = Place & { runs: number; units: number; stations: number; firstAt: Instant }
export type CountedFailures = {
  counts: FailureCount[]
  /** The stations where most of each category and mode happened, at most three, the worst first. */
  stations: {
    arm: FailureArm
    category: FailureCategory
    mode: string | null
    of: string
    station: string
    runs: number
  }[]
}

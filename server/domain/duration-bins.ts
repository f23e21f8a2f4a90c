// Durations by size, in steps of the same ratio: one histogram for tests of a second and tests of an hour.
import type { Arm } from './tally.ts'

export type DurationBin = { arm: Exclude<Arm, 'other'>; bin: number; runs: number }

/** Steps to a doubling: each is 9 % longer than the one before, about what a duration gate tolerates. */
export const stepsToDouble = 8

/** Seconds from which a bin counts; it ends where the next begins. */
export function binStart(bin: number): number {
  return 2 ** (bin / stepsToDouble)
}

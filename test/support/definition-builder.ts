// Runs and declarations to learn a definition from, in few words.
import { type Declared, declaredPhases, definitionInput } from '../../server/domain/definition/declared.ts'
import {
  type Learned,
  learnedFrom,
  mergeLearned,
  nothingLearned,
} from '../../server/domain/definition/learned.ts'
import { readRun } from '../../server/domain/definition/read-run.ts'
import { ines, noon } from './fixed-values.ts'

export type Measured = {
  name: string
  units?: string
  lower_limit?: number
  upper_limit?: number | null
  validators?: readonly unknown[]
}
/** Measurements by phase, in order. */
export type Said = Record<string, Measured[]>

export const rail = (lower_limit: number, upper_limit = 3.4): Measured => ({
  name: 'rail_3v3',
  units: 'V',
  lower_limit,
  upper_limit,
})
export const sleep: Measured = { name: 'sleep_current', units: 'uA', upper_limit: 12 }

export const phasesOf = (said: Said) =>
  Object.entries(said).map(([name, measurements]) => ({ name, measurements }))

export function runOf(said: Said, product: string | null = null, hasPassed = true): Learned {
  return learnedFrom(readRun({ phases: phasesOf(said) }), product, hasPassed)
}

export function learned(...runs: Learned[]): Learned {
  return runs.reduce(mergeLearned, nothingLearned)
}

/** So many runs that all show the same. */
export function times(count: number, said: Said, product: string | null = null): Learned {
  return learned(...Array.from({ length: count }, () => runOf(said, product)))
}

export function declared(said: Said | null, changes: string[] = []): Declared {
  const phases = said && declaredPhases(definitionInput.parse({ phases: phasesOf(said) }))
  return { phases, changes, by: ines, at: noon }
}

// Which runs still teach something about their build: its first ones, and any that shows what no run before it did.
import { type Learned, mergeLearned, totalOf } from './learned.ts'
import { limitsKey } from './limits.ts'
import { mostMeasurements, mostPhases, type RunDefinition, type RunMeasurement } from './read-run.ts'

/** Of each product. A run that stopped at its first failure lacks the phases after it. */
const enoughRuns = 30
const enoughPasses = 10
/** A product that hardly ever passes is not waited for. */
const mostRuns = 200
/** Further products of a build are not learned. */
const mostProducts = 50
/** Over all products, for what is another thing in every run. */
const mostLessons = 3_000

/** What is known already, to be asked for each run without the database. */
export type Lesson = { knows: Set<string>; products: Map<string, boolean>; isOver: boolean }

export function lessonOf(learned: Learned): Lesson {
  const knows = new Set<string>()
  for (const phase of learned.phases) {
    for (const { product } of phase.seen) knows.add(atom(product, phase.name))
    for (const { name, units, seen, limits, varies } of phase.measurements) {
      for (const { product } of seen) knows.add(atom(product, phase.name, name))
      for (const unit of units) knows.add(unitAtom(phase.name, name, unit))
      for (const each of limits)
        for (const product of each.products)
          knows.add(atom(product, phase.name, name, limitsKey(each.limits)))
      for (const { product } of varies) knows.add(atom(product, phase.name, name, varying))
    }
  }
  const { runs } = totalOf(learned.seen)
  const products = learned.seen.map((each): [string, boolean] => [each.product, isEnough(each)])
  return { knows, products: new Map(products), isOver: runs >= mostLessons }
}

export function teaches(lesson: Lesson, run: RunDefinition, product: string | null): boolean {
  if (lesson.isOver) return false
  const own = product ?? ''
  const hasEnough = lesson.products.get(own)
  if (hasEnough === undefined) return lesson.products.size < mostProducts
  return !hasEnough || run.phases.some((phase) => isNews(lesson, phase, own))
}

/** All of it at once, or of what is known only how often it was looked at, where it would be more than is kept. */
export function withLesson(before: Learned, taught: Learned): Learned {
  const after = mergeLearned(before, taught)
  const measurements = after.phases.reduce((sum, phase) => sum + phase.measurements.length, 0)
  const isTooMuch = after.phases.length > mostPhases || measurements > mostMeasurements
  return isTooMuch ? { ...before, seen: after.seen, isCut: true } : after
}

/** Whether a build's own runs have said enough for nothing else to be read for it. */
export function hasLearned(learned: Learned | null): boolean {
  return learned?.seen.some(isEnough) ?? false
}

function isEnough({ runs, passes }: { runs: number; passes: number }): boolean {
  return (runs >= enoughRuns && passes >= enoughPasses) || runs >= mostRuns
}

function isNews({ knows }: Lesson, phase: RunDefinition['phases'][number], product: string): boolean {
  const { name, measurements } = phase
  return (
    !knows.has(atom(product, name)) ||
    measurements.some((each) => isNewMeasurement(knows, each, name, product))
  )
}

function isNewMeasurement(
  knows: Set<string>,
  { name, units, limits }: RunMeasurement,
  phase: string,
  product: string,
): boolean {
  if (!knows.has(atom(product, phase, name))) return true
  if (units !== null && !knows.has(unitAtom(phase, name, units))) return true
  if (knows.has(atom(product, phase, name, varying))) return false
  return limits.some((each) => !knows.has(atom(product, phase, name, limitsKey(each))))
}

const varying = 'varies'
/** No name has a line break. */
const atom = (...parts: string[]) => parts.join('\n')
const unitAtom = (phase: string, name: string, unit: string) => `units\n${phase}\n${name}\n${unit}\n`

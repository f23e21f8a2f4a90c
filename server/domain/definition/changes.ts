// The changes of a build that is rolled out: against base, and against what its author declared; which of them are meant,
// which a person has accepted, and which keep the rollout where it is.
import type { Actor } from '../actor.ts'
import { type Declared, isNamed, placeOf } from './declared.ts'
import { diff } from './diff.ts'
import type { Difference } from './difference.ts'
import { isSeen, type Known, knownFromDeclaration, knownFromRuns, limitsFor } from './known.ts'
import { type Learned, totalOf } from './learned.ts'

/** `key`: of the very change that was accepted; a further one is another. */
export type AcceptedChange = { key: string; words: string; by: Actor; at: number; why: string }
export type BuildDefinition = {
  declared: Declared | null
  learned: Learned | null
  accepted: AcceptedChange[]
}
export const nothingKnown: BuildDefinition = { declared: null, learned: null, accepted: [] }

export type BuildChange = Difference & {
  /** Short, for buttons and requests. */
  id: string
  /** `declaration`: its runs are not what its author declared. */
  against: 'base' | 'declaration'
  status: 'undeclared' | 'declared' | 'accepted'
  accepted: AcceptedChange | null
  /** A limit that units are held to, neither declared nor accepted: a person has to look at it. */
  holds: boolean
  /** False: only its declaration says so; it has not run yet. */
  isSeen: boolean
}

/** What holds first, then what else nobody declared, each in the order of the phases. Empty while nothing is known. */
export function buildChanges(base: BuildDefinition, next: BuildDefinition): BuildChange[] {
  const before = fromRuns(base) ?? fromDeclaration(base)
  const runs = fromRuns(next)
  const declared = fromDeclaration(next)
  const unlike = declared && runs ? diff(declared, runs).filter(({ isLimit }) => isLimit) : []
  const seen = before && runs ? diff(before, runs) : []
  const meant = before && declared ? diff(before, declared) : []
  const changes = [
    ...seen.map((each) => ofBase(each, next, declared, unlike)),
    ...unlike
      .filter((each) => !seen.some((other) => isAbout(other, each)))
      .map((each) => withStatus(ofDeclaration(each), 'declaration', next, false, true)),
    ...meant
      .filter((each) => !runs || !hasShown(runs, each))
      .filter((each) => !seen.some((other) => isAbout(other, each)))
      .map((each) => withStatus(each, 'base', next, true, false)),
  ]
  return changes.toSorted((a, b) => rank(a) - rank(b))
}

/** How much is known of a build, for whoever reads the changes. */
export function knowledgeOf({ learned, declared }: BuildDefinition): {
  runs: number
  passes: number
  isDeclared: boolean
} {
  return { ...totalOf(learned?.seen ?? []), isDeclared: declared?.phases != null }
}

function fromRuns({ learned }: BuildDefinition): Known | null {
  return learned && learned.seen.length > 0 ? knownFromRuns(learned) : null
}

function fromDeclaration({ declared }: BuildDefinition): Known | null {
  return declared && knownFromDeclaration(declared)
}

function ofBase(
  difference: Difference,
  next: BuildDefinition,
  declared: Known | null,
  unlike: Difference[],
): BuildChange {
  const contrary = unlike.find((other) => isAbout(difference, other))
  const words =
    contrary?.kind === 'limits' ? `${difference.words} (declared ${contrary.old})` : difference.words
  const isMeant = contrary === undefined && declared !== null && agrees(declared, difference)
  return withStatus({ ...difference, words }, 'base', next, isMeant, true)
}

function ofDeclaration(difference: Difference): Difference {
  const { kind, old, now, phase, measurement, key } = difference
  const words =
    kind === 'limits' || kind === 'units'
      ? `${placeOf(phase, measurement)}: declared ${old}, runs say ${now}`
      : `${difference.words}, though it was declared`
  return { ...difference, words, key: `declared ${key}` }
}

function withStatus(
  difference: Difference,
  against: BuildChange['against'],
  next: BuildDefinition,
  isMeant: boolean,
  isSeen: boolean,
): BuildChange {
  const accepted = next.accepted.find(({ key }) => key === difference.key) ?? null
  const named = placesOf(difference).some(([phase, measurement]) =>
    isNamed(next.declared?.changes ?? [], phase, measurement),
  )
  const status = isMeant || named ? 'declared' : accepted ? 'accepted' : 'undeclared'
  const holds = status === 'undeclared' && difference.isLimit
  return { ...difference, id: shortId(difference.key), against, status, accepted, holds, isSeen }
}

/** Under both names, where it has another one now. */
function placesOf({ phase, measurement, formerly }: Difference): [string, string | null][] {
  if (formerly === null) return [[phase, measurement]]
  return [[phase, measurement], measurement === null ? [formerly, null] : [phase, formerly]]
}

function isAbout(one: Difference, other: Difference): boolean {
  if (one.phase !== other.phase || one.measurement !== other.measurement) return false
  return one.kind === other.kind || one.isLimit
}

/** Whether the declaration says the same; where its limits are other ones, that was found before. */
function agrees(declared: Known, { kind, phase, measurement, formerly, now, products }: Difference): boolean {
  const own = declared.phases.find(({ name }) => name === phase)
  const measured = own?.measurements.find(({ name }) => name === measurement)
  switch (kind) {
    case 'phase added':
      return own !== undefined
    case 'phase removed':
      return own === undefined
    case 'phase renamed':
      return own !== undefined && !declared.phases.some(({ name }) => name === formerly)
    case 'measurement added':
      return measured !== undefined
    case 'measurement removed':
      return measured === undefined || every(products, (product) => !isSeen(measured.seen, product))
    case 'measurement renamed':
      return measured !== undefined && !own?.measurements.some(({ name }) => name === formerly)
    case 'units':
      return measured !== undefined && measured.units.join(' or ') === now
    case 'limits':
      return measured !== undefined && every(products, (product) => limitsFor(measured, product) !== null)
  }
}

function every(products: string[], holds: (product: string) => boolean): boolean {
  return (products.length === 0 ? [''] : products).every(holds)
}

function hasShown(runs: Known, { phase, measurement }: Difference): boolean {
  const own = runs.phases.find(({ name }) => name === phase)
  return measurement === null
    ? own !== undefined
    : (own?.measurements.some(({ name }) => name === measurement) ?? false)
}

function rank({ holds, status }: BuildChange): number {
  if (holds) return 0
  return { undeclared: 1, accepted: 2, declared: 3 }[status]
}

/** FNV-1a, twice: it tells the changes of one build apart and proves nothing. */
function shortId(key: string): string {
  const hash = (start: number) => {
    let value = start
    for (let index = 0; index < key.length; index++)
      value = Math.imul(value ^ key.charCodeAt(index), 0x01000193)
    return (value >>> 0).toString(16).padStart(8, '0')
  }
  return hash(0x811c9dc5) + hash(0x1b873593)
}

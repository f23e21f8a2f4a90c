// What one build's definition changes against another's: phases, measurements, units and limits, each with old and new.
import { isHeld, measurementsOf, removed } from './diff-measurements.ts'
import { type Difference, said } from './difference.ts'
import type { Known, KnownPhase } from './known.ts'
import { missingFor } from './missing.ts'

/** In the order of the phases. A build against itself has no difference. */
export function diff(before: Known, after: Known): Difference[] {
  const renamed = renamedPhases(before, after)
  const found = before.phases.flatMap((old) => {
    const now = after.phases.find(({ name }) => name === old.name) ?? renamed.get(old)
    if (!now) return phaseRemoved(before, after, old)
    return [
      ...(now.name === old.name ? [] : [renamedPhase(old, now)]),
      ...measurementsOf(before, after, { old, now }),
    ]
  })
  const taken = new Set([...renamed.values()].map(({ name }) => name))
  const added = after.phases.filter(
    ({ name }) => !taken.has(name) && !before.phases.some((old) => old.name === name),
  )
  return [...found, ...added.flatMap((now) => phaseAdded(before, after, now))]
}

/** A phase that is gone and one that is new, which measures mostly the same. */
function renamedPhases(before: Known, after: Known): Map<KnownPhase, KnownPhase> {
  const gone = before.phases.filter(
    (old) =>
      !after.phases.some(({ name }) => name === old.name) &&
      missingFor(before, after, old.seen, null).length > 0,
  )
  const fresh = after.phases.filter((now) => !before.phases.some(({ name }) => name === now.name))
  const pairs = new Map<KnownPhase, KnownPhase>()
  for (const old of gone) {
    const free = fresh.filter((now) => ![...pairs.values()].includes(now))
    const [best] = free
      .map((now) => ({ now, likeness: likeness(old, now) }))
      .filter(({ likeness }) => likeness >= 0.5)
      .sort((a, b) => b.likeness - a.likeness || (a.now.name < b.now.name ? -1 : 1))
    if (best) pairs.set(old, best.now)
  }
  return pairs
}

/** Of all names of measurements that either has, those that both have. */
function likeness(one: KnownPhase, other: KnownPhase): number {
  const names = new Set(one.measurements.map(({ name }) => name))
  const shared = other.measurements.filter(({ name }) => names.has(name)).length
  const all = names.size + other.measurements.length - shared
  return all === 0 ? 0 : shared / all
}

function phaseRemoved(before: Known, after: Known, old: KnownPhase): Difference[] {
  const absent = missingFor(before, after, old.seen, null)
  if (absent.length === 0) return []
  return [
    said({
      kind: 'phase removed',
      phase: old.name,
      what: 'is gone',
      products: absent,
      isPartial: absent.length < old.seen.size,
    }),
    ...old.measurements.filter(isHeld).flatMap((each) => {
      const gone = missingFor(before, after, each.seen, null)
      return gone.length === 0 ? [] : [removed(old.name, each, gone)]
    }),
  ]
}

function phaseAdded(before: Known, after: Known, now: KnownPhase): Difference[] {
  const fresh = missingFor(after, before, now.seen, null, 1)
  if (fresh.length === 0) return []
  const isPartial = fresh.length < now.seen.size
  return [said({ kind: 'phase added', phase: now.name, what: 'is new', products: fresh, isPartial })]
}

function renamedPhase(old: KnownPhase, now: KnownPhase): Difference {
  const names = { formerly: old.name, old: old.name, now: now.name }
  return said({ kind: 'phase renamed', phase: now.name, ...names, what: `was ${old.name} before` })
}

// Containment for every door: which units a build that is not to be trusted has judged, and who answered for them.
import type { Database, Db } from '../db/client.ts'
import { containedUnits } from '../db/contained-units.ts'
import {
  type ContainmentScope,
  containmentCounts,
  containmentScope,
  unattributedOnBuild,
} from '../db/containment.ts'
import { addSignOff, signOffsOf } from '../db/containment-sign-offs.ts'
import { announceRollout } from '../db/rollout-marks.ts'
import { loadRollout } from '../db/rollout-storage.ts'
import { runsKeptSince } from '../db/run-deletion.ts'
import type { Deliveries } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import {
  type Containment,
  changedSince,
  containmentState,
  looksFirstAt,
  type Occasion,
  occasionsOf,
} from './domain/containment.ts'
import type { RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import { refuse } from './refuse.ts'
import type { ContainedAsked } from './service/containment.ts'
import type { Service } from './service.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }
type Counted = Pick<Containment, 'counts' | 'unattributed'>

/** A list that took longer than this to count is not counted again before that many times as long has passed. */
const slowMs = 250
const restFactor = 20

export function containments({ database, now, deliveries }: Deps) {
  const { db } = database
  const known = new Map<RolloutId, { until: number; counted: Counted }>()

  /** Pages that look every few seconds must not keep the database busy with a list of a million units. */
  async function counted(scope: ContainmentScope): Promise<Counted> {
    const started = performance.now()
    const kept = known.get(scope.rolloutId)
    if (kept && started < kept.until) return kept.counted
    const fresh = await count(db, scope)
    const took = performance.now() - started
    for (const [id, { until }] of known) if (until <= performance.now()) known.delete(id)
    known.delete(scope.rolloutId)
    if (took > slowMs)
      known.set(scope.rolloutId, { until: performance.now() + restFactor * took, counted: fresh })
    return fresh
  }

  async function signOff(
    tx: Db,
    id: RolloutId,
    { note, digest }: { note: string; digest: string | null },
    by: Actor,
  ): Promise<{ did: string } | Refusal> {
    if (note.trim() === '')
      return refuse('invalid', 'a sign-off needs a note', 'Say what was done with the units, in a few words.')
    // Two who sign the same list at the same moment: the second finds that it is signed.
    const loaded = await loadRollout(tx, id, true)
    const scope = loaded && (await containmentScope(tx, id))
    if (!loaded || !scope)
      return refuse('not found', 'there is no such rollout', 'Look at the list of rollouts.')
    const list = await whole(tx, scope, loaded.state, await count(tx, scope))
    const no = refusalOf(list, digest)
    if (no) return no
    const { units, escapes, falseScrap } = list.counts
    const signed = {
      by,
      at: now(),
      note: note.trim(),
      units,
      passed: escapes.units,
      failed: falseScrap.units,
      open: escapes.open + falseScrap.open,
      digest: list.counts.digest,
    }
    await addSignOff(tx, { procedureId: scope.procedureId, rolloutId: id }, signed)
    await deliveries.send(tx, { kind: 'containment', rolloutId: id })
    await announceRollout(tx, id)
    return {
      did: `signed off the containment of ${units === 1 ? '1 unit' : `${units} units`} judged by ${scope.version}`,
    }
  }

  return {
    async containment(id: RolloutId, onlyIfAsked = false) {
      const loaded = await loadRollout(db, id)
      const scope = loaded && (await containmentScope(db, id))
      if (!loaded || !scope) return null
      if (onlyIfAsked && occasionsWith(loaded.state, scope).length === 0) return null
      return whole(db, scope, loaded.state, await counted(scope))
    },
    async containedUnits(id: RolloutId, asked: ContainedAsked) {
      const scope = await containmentScope(db, id)
      if (!scope) return null
      const found = await containedUnits(db, scope, { ...asked, limit: asked.limit + 1 })
      const units = found.slice(0, asked.limit)
      return { units, next: found.length > asked.limit ? (units.at(-1)?.runId ?? null) : null }
    },
    async signOffContainment(id: RolloutId, signed: { note: string; digest: string | null }, by: Actor) {
      const done = await db.transaction((tx) => signOff(tx, id, signed, by))
      if ('refused' in done) return done
      known.delete(id)
      const loaded = await loadRollout(db, id)
      const scope = await containmentScope(db, id)
      if (!loaded || !scope) throw new Error(`rollout ${id} is gone right after its list was signed off`)
      return { ...done, containment: await whole(db, scope, loaded.state, await counted(scope)) }
    },
  } satisfies Partial<Service>
}

async function count(db: Db, scope: ContainmentScope): Promise<Counted> {
  return { counts: await containmentCounts(db, scope), unattributed: await unattributedOnBuild(db, scope) }
}

async function whole(
  db: Db,
  scope: ContainmentScope,
  state: RolloutState,
  { counts, unattributed }: Counted,
): Promise<Containment> {
  const occasions = occasionsWith(state, scope)
  const signOffs = await signOffsOf(db, scope.rolloutId)
  const keptSince = await runsKeptSince(db)
  const deletedBefore = keptSince !== null && scope.from !== null && scope.from < keptSince ? keptSince : null
  return {
    rolloutId: scope.rolloutId,
    build: { id: scope.deploymentId, version: scope.version },
    from: scope.from,
    until: scope.until,
    occasions,
    first: looksFirstAt(state),
    counts,
    unattributed,
    deletedBefore,
    signOffs,
    state: containmentState(occasions, counts, signOffs[0], deletedBefore !== null),
  }
}

function occasionsWith(state: RolloutState, { rollback }: ContainmentScope): Occasion[] {
  const own = occasionsOf(state)
  return rollback ? [...own, { kind: 'rollback', gate: null, ...rollback }] : own
}

/** Null: it can be signed. */
function refusalOf(list: Containment, digest: string | null): Refusal | null {
  if (list.state === 'nothing to contain')
    return refuse(
      'not now',
      list.counts.units === 0
        ? `${list.build.version} has judged no unit`
        : `nothing was breached, aborted or rolled back of ${list.build.version}`,
      'There is nothing to contain.',
    )
  const [latest] = list.signOffs
  if (list.state === 'signed off' && latest)
    return refuse(
      'not now',
      `${latest.by.name} has signed off this very list: ${latest.note}`,
      'It asks again when the list changes.',
    )
  if (digest !== null && digest !== list.counts.digest)
    return refuse(
      'stale',
      `the list has changed since you looked${latest ? `: ${changedSince(list)}` : ` and holds ${list.counts.units} units now`}`,
      'Look at the list as it is now, then sign it off.',
    )
  return null
}

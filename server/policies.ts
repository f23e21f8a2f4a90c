// Policies for every door: read, change as a whole, freeze and unfreeze. Every change is a version with its author.
import type { Database, Db } from '../db/client.ts'
import {
  appendPolicy,
  lockPolicy,
  type PolicyVersion,
  policiesInForce,
  policyHistory,
} from '../db/policies.ts'
import { procedureById } from '../db/registry.ts'
import type { Actor } from './domain/actor.ts'
import { type Freeze, freeze as freezeSchema } from './domain/freeze.ts'
import type { Instant } from './domain/instant.ts'
import { effectivePolicy, organisationPolicy, type PolicyScope, procedurePolicy } from './domain/policy.ts'
import { isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { moment } from './domain/rollout/outdated.ts'
import { freezeId, freezesTheSame, heldFreeze, isInForce, isOver, placeOf, unknownSite } from './freezes.ts'
import { refuse } from './refuse.ts'
import type { OwnPolicy, PolicyDone, PolicyRefusal, PolicyView, Service } from './service.ts'

type PolicyService = Pick<Service, 'policy' | 'policyHistory' | 'setPolicy' | 'freeze' | 'unfreeze'>

/** What a change makes of a policy: the policy after it, or null where it already is so. */
type Made = { policy: OwnPolicy | null; why: string | null; did: string }

export function policies({ database, now }: { database: Database; now: () => Instant }): PolicyService {
  /** One change at a time: `make` gets what is in force, and what it makes is the next version. */
  async function change<No extends Refusal>(
    scope: PolicyScope,
    by: Actor,
    make: (held: PolicyVersion | null, name: string, tx: Db) => Promise<Made | No> | Made | No,
  ): Promise<PolicyDone | No | Refusal> {
    const made = await database.db.transaction(async (tx: Db) => {
      await lockPolicy(tx, scope)
      const name = await nameOf(tx, scope)
      if (name === null)
        return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
      const held = await inForce(tx, scope)
      const next = await make(held, name, tx)
      if (isRefusal(next) || next.policy === null) return next
      const version = (held?.version ?? 0) + 1
      await appendPolicy(tx, { scope, version, body: next.policy, by, why: next.why, at: new Date(now()) })
      return next
    })
    return isRefusal(made) ? made : { policy: await view(database.db, scope, now()), did: made.did }
  }

  return {
    async policy(scope) {
      return (await nameOf(database.db, scope)) === null ? null : view(database.db, scope, now())
    },
    async policyHistory(scope) {
      const versions = await policyHistory(database.db, scope)
      return versions.map((each) => ({
        version: each.version,
        policy: ownPolicy(scope, each),
        by: each.by,
        why: each.why,
        at: each.at.getTime(),
      }))
    },
    setPolicy(scope, { policy, readVersion, why }, by) {
      return change<PolicyRefusal>(scope, by, (held, name) => {
        const outdated = movedOn(held, readVersion)
        if (outdated) return outdated
        const parsed = schemaOf(scope).safeParse(policy)
        if (!parsed.success) return invalid('policy', parsed.error.issues)
        const before = ownPolicy(scope, held).freezes
        const freezes = parsed.data.freezes.map((each) => ({
          ...each,
          by: before.find((other) => freezeId(other) === freezeId(each))?.by ?? by,
        }))
        const version = (held?.version ?? 0) + 1
        return {
          policy: { ...parsed.data, freezes, gates: asWritten(policy) },
          why,
          did: `changed the policy of ${name} (version ${version})`,
        }
      })
    },
    freeze(scope, { until, why, sites }, by) {
      return change(scope, by, async (held, name, tx) => {
        const from = new Date(now()).toISOString()
        const parsed = freezeSchema.safeParse({ from, to: until, why, sites, by })
        if (!parsed.success)
          return invalid(
            'freeze',
            parsed.error.issues.map(({ path, message }) => ({
              path: path[0] === 'to' ? ['until'] : path,
              message,
            })),
          )
        const added = parsed.data
        const stranger = await unknownSite(tx, added.sites)
        if (stranger) return stranger
        const before = ownPolicy(scope, held)
        const kept = before.freezes.filter((each) => !isOver(each, now()))
        const same = kept.some((each) => isInForce(each, now()) && freezesTheSame(each, added))
        const end = added.to === null ? 'until it is lifted' : `until ${new Date(added.to).toISOString()}`
        return {
          policy: same ? null : { ...before, freezes: [...kept, added] },
          why: added.why,
          did: `froze ${placeOf(name, added)} ${end}: ${added.why}`,
        }
      })
    },
    unfreeze(scope, { id, why }, by) {
      return change(scope, by, async (held, name, tx) => {
        const before = ownPolicy(scope, held)
        const lifted = before.freezes.filter((each) =>
          id === null ? isInForce(each, now()) : freezeId(each) === id,
        )
        const what = lifted.map((each) => `${placeOf(name, each)}: ${each.why}`).join('; ')
        const did = lifted.length === 0 ? `found no such freeze of ${name}` : `lifted the freeze of ${what}`
        const stays = scope === 'organisation' ? [] : await organisationFreezes(tx)
        return {
          policy:
            lifted.length === 0
              ? null
              : { ...before, freezes: before.freezes.filter((each) => !lifted.includes(each)) },
          why,
          did: [did, ...stays.map((each) => `still frozen by the organisation: ${each.why}`)].join('; '),
        }
      })
    },
  }

  async function organisationFreezes(tx: Db): Promise<Freeze[]> {
    const { organisation } = await policiesInForce(tx, 'organisation')
    const { freezes } = organisationPolicy.parse(organisation?.body ?? {})
    return freezes.filter((each) => isInForce(each, now()))
  }
}

async function view(db: Db, scope: PolicyScope, now: Instant): Promise<PolicyView> {
  const { organisation, procedure } = await policiesInForce(db, scope)
  const held = scope === 'organisation' ? organisation : procedure
  const ofAll = organisationPolicy.parse(organisation?.body ?? {})
  const ofOne = procedurePolicy.parse(procedure?.body ?? {})
  return {
    scope,
    version: held?.version ?? 0,
    own: ownPolicy(scope, held),
    effective: effectivePolicy(ofAll, ofOne),
    freezes: [
      ...ofAll.freezes.map((each) => heldFreeze(each, 'organisation', now)),
      ...ofOne.freezes.map((each) => heldFreeze(each, scope, now)),
    ],
    changed: held && { by: held.by, at: held.at.getTime(), why: held.why },
  }
}

async function inForce(db: Db, scope: PolicyScope): Promise<PolicyVersion | null> {
  const { organisation, procedure } = await policiesInForce(db, scope)
  return scope === 'organisation' ? organisation : procedure
}

/** Null when the procedure does not exist. */
async function nameOf(db: Db, scope: PolicyScope): Promise<string | null> {
  if (scope === 'organisation') return 'the organisation'
  return (await procedureById(db, scope))?.name ?? null
}

function schemaOf(scope: PolicyScope) {
  return scope === 'organisation' ? organisationPolicy : procedurePolicy
}

function ownPolicy(scope: PolicyScope, held: PolicyVersion | null): OwnPolicy {
  const body = held?.body ?? {}
  return { ...schemaOf(scope).parse(body), gates: asWritten(body) }
}

/** Parsed, each gate would have its part of the alarm budget, and nothing would be left for one that is added. */
function asWritten(policy: unknown): unknown {
  return typeof policy === 'object' && policy !== null && 'gates' in policy ? (policy.gates ?? null) : null
}

function movedOn(held: PolicyVersion | null, readVersion: number): Refusal | null {
  if ((held?.version ?? 0) === readVersion) return null
  if (held === null)
    return refuse(
      'stale',
      `version ${readVersion} was never there: nobody has set this policy yet`,
      readAgain,
    )
  return refuse(
    'stale',
    `the policy has moved on: ${held.by.name} changed it ${moment(held.at.getTime())}; it is version ${held.version} now, and version ${readVersion} was read`,
    readAgain,
  )
}

const readAgain = 'Read it again, then change it.'

function invalid(what: string, faults: { path: PropertyKey[]; message: string }[]): PolicyRefusal {
  const why = faults.map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`).join('; ')
  return { ...refuse('invalid', why, 'Mend it and send it again.'), faults }
}

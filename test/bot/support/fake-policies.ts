// Policies that are kept in memory: versions, staleness and inheritance as the real ones have them.
import type { Actor } from '../../../server/domain/actor.ts'
import { freeze as freezeSchema, isFrozen } from '../../../server/domain/freeze.ts'
import {
  effectivePolicy,
  type OrganisationPolicy,
  organisationPolicy,
  type PolicyScope,
  type ProcedurePolicy,
  procedurePolicy,
} from '../../../server/domain/policy.ts'
import type { Rights } from '../../../server/domain/rights.ts'
import type { PolicyView, Service } from '../../../server/service.ts'
import { noon } from '../../support/fixed-values.ts'

type Held = { version: number; body: object; by: Actor }
export type Frozen = { scope: PolicyScope; until: string | null; why: string; sites: string[] }
export type Unfrozen = { scope: PolicyScope; id: string | null; why: string | null }
type PolicyFunctions = Pick<Service, 'policy' | 'policyHistory' | 'setPolicy' | 'freeze' | 'unfreeze'>

export type FakePolicies = PolicyFunctions & {
  frozen: Frozen[]
  unfrozen: Unfrozen[]
  /** What is in force from now on, as somebody set it. */
  given(scope: PolicyScope, policy: Partial<OrganisationPolicy> | Partial<ProcedurePolicy>, by?: Actor): void
  onlyFor(rights: Rights): void
}

const owner: Actor = { kind: 'person', id: 'U0LINELEAD', name: 'Priya Raman', door: 'slack' }

export function fakePolicies(): FakePolicies {
  const held = new Map<PolicyScope, Held>()
  const frozen: Frozen[] = []
  const unfrozen: Unfrozen[] = []

  function view(scope: PolicyScope): PolicyView {
    const ofAll = organisationPolicy.parse(held.get('organisation')?.body ?? {})
    const ofOne = procedurePolicy.parse(scope === 'organisation' ? {} : (held.get(scope)?.body ?? {}))
    const mine = held.get(scope)
    return {
      scope,
      version: mine?.version ?? 0,
      own: scope === 'organisation' ? ofAll : ofOne,
      effective: effectivePolicy(ofAll, ofOne),
      freezes: [
        ...ofAll.freezes.map((each) => ({ ...each, of: 'organisation' as const })),
        ...(scope === 'organisation' ? [] : ofOne.freezes.map((each) => ({ ...each, of: scope }))),
      ].map(({ of, ...each }, index) => ({
        ...each,
        id: `freeze-${index}`,
        scope: of,
        inForce: isFrozen(each, each.sites, noon),
      })),
      changed: mine ? { by: mine.by, at: noon, why: null } : null,
    }
  }

  function write(scope: PolicyScope, body: object, by: Actor): void {
    held.set(scope, { version: (held.get(scope)?.version ?? 0) + 1, body, by })
  }

  return {
    frozen,
    unfrozen,
    given: (scope, policy, by = owner) => write(scope, policy, by),
    onlyFor: (rights) => write('organisation', { rights }, owner),
    policy: async (scope) => view(scope),
    policyHistory: async () => [],
    setPolicy: async (scope, { policy, readVersion }, by) => {
      const now = held.get(scope)
      if ((now?.version ?? 0) !== readVersion)
        return {
          refused: 'stale',
          why: `the policy has moved on: ${now?.by.name} changed it at 2026-11-20T12:00:00.000Z; it is version ${now?.version} now, and version ${readVersion} was read`,
          next: 'Read it again, then change it.',
        }
      const schema = scope === 'organisation' ? organisationPolicy : procedurePolicy
      const parsed = schema.safeParse(policy)
      if (!parsed.success) {
        const why = parsed.error.issues
          .map((each) => `policy.${each.path.join('.')}: ${each.message}`)
          .join('; ')
        return { refused: 'invalid', why, next: 'Mend it and send it again.' }
      }
      write(scope, parsed.data, by)
      return { policy: view(scope), did: `changed the policy (version ${readVersion + 1})` }
    },
    freeze: async (scope, asked, by) => {
      const from = new Date(noon).toISOString()
      const parsed = freezeSchema.safeParse({ from, to: asked.until, why: asked.why, sites: asked.sites, by })
      if (!parsed.success)
        return {
          refused: 'invalid',
          why: parsed.error.issues[0]?.message ?? '',
          next: 'Mend it and send it again.',
        }
      const added = parsed.data
      frozen.push({ scope, ...asked })
      const before = view(scope).own
      write(scope, { ...before, freezes: [...before.freezes, added] }, by)
      return {
        policy: view(scope),
        did: `froze ${scope} until ${asked.until ?? 'it is lifted'}: ${asked.why}`,
      }
    },
    unfreeze: async (scope, asked, by) => {
      unfrozen.push({ scope, ...asked })
      write(scope, { ...view(scope).own, freezes: [] }, by)
      return { policy: view(scope), did: `lifted the freeze of ${scope}` }
    },
  }
}

// What the rollouts of a procedure keep to now, read from what is in force for it and for the organisation.
import type { Db } from '../db/client.ts'
import { policiesInForce } from '../db/policies.ts'
import type { ProcedureId } from './domain/ids.ts'
import { effectivePolicy, organisationPolicy, type Policy, procedurePolicy } from './domain/policy.ts'

/** Where nobody has set one, the defaults: the standard class, always open, and no gate rolls back by itself. */
export async function policyOf(db: Db, procedureId: ProcedureId): Promise<Policy> {
  const { organisation, procedure } = await policiesInForce(db, procedureId)
  return effectivePolicy(
    organisationPolicy.parse(organisation?.body ?? {}),
    procedurePolicy.parse(procedure?.body ?? {}),
  )
}

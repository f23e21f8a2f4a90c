// What the author of a build expects of it holds for its rollouts, unless whoever starts one says otherwise.
import type { Deployment } from '../db/registry.ts'
import type { PlanInput } from './domain/plan.ts'

/** Words and points are taken apart: naming the one leaves the other as it was declared. */
export function withDeclared(
  plan: PlanInput,
  { expectation, expectedYieldChange }: Pick<Deployment, 'expectation' | 'expectedYieldChange'>,
): PlanInput {
  return {
    ...plan,
    ...(plan.expectation === undefined && expectation !== null ? { expectation } : {}),
    ...(plan.expectedYieldChange === undefined && expectedYieldChange !== null
      ? { expectedYieldChange }
      : {}),
  }
}

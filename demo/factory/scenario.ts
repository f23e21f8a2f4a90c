// The stories of the demo: what the new build does in each, and what else happens.
import type { BuildBehaviour } from './build-behaviour.ts'
import type { Incident } from './incident.ts'
import type { ProcedurePolicy } from './procedure-policy.ts'

export type Scenario = {
  name: ScenarioName
  /** A few words for a list. */
  summary: string
  /** What is wrong, in plain English. */
  description: string
  /** What a person will see after starting the rollout. */
  expect: string
  candidate: BuildBehaviour
  incident: Incident | null
  /** What the rollouts of the procedure must keep to beside the usual. */
  policy: ProcedurePolicy | null
  /** What shows it best, after `/rollout start` and the names of procedure and build. */
  startWords: string
}

export const scenarioNames = [
  'healthy',
  'regression',
  'broken',
  'slow',
  'silent',
  'escape',
  'bad-station',
  'new-failure',
  'other-product',
  'blind',
  'drops',
  'approvals',
  'stuck-station',
  'limits',
] as const
export type ScenarioName = (typeof scenarioNames)[number]

// A policy: what the rollouts of one procedure, or of all of them, must keep to. Versions of it are kept; a rollout
// that runs keeps the plan it was started with.
import { z } from 'zod'
import { type Alerts, alerts } from './alerts.ts'
import { builtInRules } from './failures/built-in-rules.ts'
import { type FailureRule, failureRules, type HeldRule, type RuleSource } from './failures/failure-rule.ts'
import { freeze } from './freeze.ts'
import { type Gate, gates } from './gates/gate.ts'
import type { ProcedureId } from './ids.ts'
import { type OpeningHours, openingHours } from './opening-hours.ts'
import type { Plan } from './plan.ts'
import { type Rights, rights } from './rights.ts'
import { riskClass, riskClasses } from './risk-classes.ts'
import { shifts } from './shifts.ts'

/** Whose policy: all procedures', or one's. */
export type PolicyScope = 'organisation' | ProcedureId

/** `pause`: a rollout is paused outside of the hours; `go on`: it only takes no further station then. */
const overnight = z.enum(['pause', 'go on'])
const approvals = z.int().min(0).max(10).nullable().default(null)

const either = {
  /** Null: the set of the risk class. */
  gates: gates.nullable().default(null),
  hours: z.array(openingHours).default([]),
  freezes: z.array(freeze).default([]),
  /** Null: those of the organisation; where that has none, a day is not cut. */
  shifts: shifts.nullable().default(null),
  /** The longest time a stage may take, in minutes; then a person decides. */
  stageMinutes: z
    .number()
    .gt(0)
    .max(60 * 24 * 365)
    .nullable()
    .default(null),
  /** People who must approve, where a plan names nobody: its start, and every advance. */
  startApprovals: approvals,
  stageApprovals: approvals,
  /** An approval that is older no longer counts; null: it lasts as long as its stage. */
  approvalsLastMinutes: z
    .number()
    .gt(0)
    .max(60 * 24 * 90)
    .nullable()
    .default(null),
  /** Who may do what in Slack. What is not named: as the organisation says; where that is silent, every full member. */
  rights: rights.nullable().default(null),
  /** Who is called for a breach. Null: as the organisation says; where that is silent, the owner alone. */
  alerts: alerts.nullable().default(null),
  /** Which bucket a failure belongs in, before all rules that are further away. */
  failureRules: failureRules.default([]),
}

export const organisationPolicy = z.strictObject({
  riskClass: riskClass.default('standard'),
  /** Whether a gate in mode `roll back` may take every station back to base by itself. */
  autoRollback: z.boolean().default(false),
  /** Whoever started a rollout may not approve it. */
  fourEyes: z.boolean().default(false),
  overnight: overnight.default('go on'),
  ...either,
})
export type OrganisationPolicy = z.infer<typeof organisationPolicy>

/** Null everywhere: the organisation's. Else a freeze of one procedure would also lower its risk class. */
export const procedurePolicy = z.strictObject({
  riskClass: riskClass.nullable().default(null),
  autoRollback: z.boolean().nullable().default(null),
  fourEyes: z.boolean().nullable().default(null),
  overnight: overnight.nullable().default(null),
  ...either,
})
export type ProcedurePolicy = z.infer<typeof procedurePolicy>

/** What a procedure's rollouts keep to: nothing is left open but what nobody limits. */
export type Policy = Omit<OrganisationPolicy, 'gates' | 'rights' | 'alerts' | 'failureRules'> & {
  gates: Gate[]
  rights: Rights
  alerts: Alerts
  /** The procedure's, then the organisation's, then those that are built in: the first that matches decides. */
  failureRules: HeldRule[]
  passes: Plan['passes']
  /** Beside `hours`, the procedure's own: a site is open when it is by both. */
  organisationHours: OpeningHours[]
}

/**
 * The procedure's word over the organisation's. Hours and freezes of both hold: an organisation that closes cannot be
 * opened by a procedure, nor the other way round.
 */
export function effectivePolicy(organisation: OrganisationPolicy, procedure: ProcedurePolicy): Policy {
  const named = procedure.riskClass ?? organisation.riskClass
  // The organisation's gates are those of its own class: a procedure of another one gets that one's.
  const inherited = named === organisation.riskClass ? organisation.gates : null
  return {
    riskClass: named,
    gates: procedure.gates ?? inherited ?? gates.parse(riskClasses[named].gates),
    passes: riskClasses[named].passes,
    autoRollback: procedure.autoRollback ?? organisation.autoRollback,
    fourEyes: procedure.fourEyes ?? organisation.fourEyes,
    hours: procedure.hours,
    organisationHours: organisation.hours,
    freezes: [...organisation.freezes, ...procedure.freezes],
    overnight: procedure.overnight ?? organisation.overnight,
    shifts: procedure.shifts ?? organisation.shifts,
    stageMinutes: procedure.stageMinutes ?? organisation.stageMinutes,
    startApprovals: procedure.startApprovals ?? organisation.startApprovals,
    stageApprovals: procedure.stageApprovals ?? organisation.stageApprovals,
    approvalsLastMinutes: procedure.approvalsLastMinutes ?? organisation.approvalsLastMinutes,
    // Verb by verb: a procedure that says who may stop opens nothing that the organisation keeps for somebody.
    rights: { ...organisation.rights, ...procedure.rights },
    alerts: procedure.alerts ?? organisation.alerts ?? alerts.parse({}),
    failureRules: [...held(procedure, 'procedure'), ...held(organisation, 'organisation'), ...builtInRules],
  }
}

function held(policy: { failureRules: FailureRule[] }, from: RuleSource): HeldRule[] {
  return policy.failureRules.map((rule) => ({ ...rule, from }))
}

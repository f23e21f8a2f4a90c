// What a scenario asks of the rollouts of its procedure beside the usual.

export type ProcedurePolicy =
  | { riskClass: 'high' }
  /** People who must approve each stage, whoever started it not among them. */
  | { stageApprovals: number }
  /** Added to the gates in force; a condition, since it takes no part of their alarm budget. */
  | { gate: { metric: 'telemetry'; name: string; expression: string } }

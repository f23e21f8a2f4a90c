// The ids of the start form's blocks and elements. They stay the same through every refresh: Slack keeps what was typed.

export const startBlocks = {
  procedure: 'procedure',
  /** A build belongs to one procedure: another procedure gets another menu, with nothing chosen. */
  deployment: (procedureId: string | null) =>
    procedureId === null ? 'deployment' : `deployment:${procedureId}`,
  /** A tick for one rollout is none for the next. */
  replaces: (rolloutId: string) => `replaces:${rolloutId}`,
  preset: 'preset',
  stages: 'stages',
  group: 'group',
  reason: 'reason',
  /** What a build's author declared belongs to that build: another one gets fields of its own. */
  expectation: (declaredBy: string | null) => ofBuild('expectation', declaredBy),
  points: (declaredBy: string | null) => ofBuild('points', declaredBy),
  startApprovals: 'start_approvals',
  stageApprovals: 'stage_approvals',
  fourEyes: 'four_eyes',
  picked: (procedureId: string | null, picks: number) => `stations:${procedureId ?? ''}:${picks}`,
  progression: 'progression',
  startAt: 'start_at',
  buttons: 'buttons',
} as const

function ofBuild(block: string, build: string | null): string {
  return build === null ? block : `${block}:${build}`
}

export const startActions = {
  procedure: 'start_procedure',
  deployment: 'start_deployment',
  replaces: 'start_replaces',
  preset: 'start_preset',
  stages: 'start_stages',
  group: 'start_group',
  reason: 'start_reason',
  expectation: 'start_expectation',
  points: 'start_points',
  startApprovals: 'start_start_approvals',
  stageApprovals: 'start_stage_approvals',
  fourEyes: 'start_four_eyes',
  picked: 'start_stations',
  progression: 'start_progression',
  startAt: 'start_at',
  /** Buttons: show the further settings, take the canaries that are suggested. */
  more: 'start_more',
  suggested: 'start_suggested',
} as const

/** Each of these changes what the form says of the plan. */
export const refreshing: string[] = [
  startActions.procedure,
  startActions.deployment,
  startActions.replaces,
  startActions.preset,
  startActions.stages,
  startActions.group,
  startActions.points,
  startActions.startApprovals,
  startActions.stageApprovals,
  startActions.fourEyes,
  startActions.picked,
  startActions.progression,
  startActions.startAt,
  startActions.more,
  startActions.suggested,
]

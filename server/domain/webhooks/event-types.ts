// What a webhook can be told of: one type for each kind of event, by the words of the record.
import { z } from 'zod'
import type { RolloutEvent } from '../rollout/events.ts'

/** The compiler demands each event of a rollout, and no other. */
export const rolloutTypes = {
  RolloutCreated: 'rollout.created',
  StartApproved: 'rollout.start_approved',
  ApprovalAsked: 'rollout.approval_asked',
  ApprovalReminded: 'rollout.approval_reminded',
  RolloutStarted: 'rollout.started',
  StageStarted: 'rollout.stage_started',
  StageWentLive: 'rollout.stage_went_live',
  StageUnmeasured: 'rollout.stage_unmeasured',
  StageMeasured: 'rollout.stage_measured',
  StageApproved: 'rollout.stage_approved',
  StageAdvanced: 'rollout.stage_advanced',
  StageSet: 'rollout.stage_set',
  StageUndone: 'rollout.stage_undone',
  RolloutPaused: 'rollout.paused',
  RolloutResumed: 'rollout.resumed',
  BreachOpened: 'rollout.breach_opened',
  BreachWorsened: 'rollout.breach_worsened',
  BreachAcknowledged: 'rollout.breach_acknowledged',
  BreachEscalated: 'rollout.breach_escalated',
  BreachRecovered: 'rollout.breach_recovered',
  StationServed: 'rollout.station_served',
  StationPulled: 'rollout.station_pulled',
  StationConfirmed: 'rollout.station_confirmed',
  StationTroubled: 'rollout.station_troubled',
  StationCleared: 'rollout.station_cleared',
  StationWaived: 'rollout.station_waived',
  StationJoined: 'rollout.station_joined',
  StationLeft: 'rollout.station_left',
  StationExcluded: 'rollout.station_excluded',
  StationExposedAgain: 'rollout.station_exposed_again',
  StationReverted: 'rollout.station_reverted',
  RetestsAsked: 'rollout.retests_asked',
  ChangesFound: 'rollout.changes_found',
  ChangesAccepted: 'rollout.changes_accepted',
  DefinitionDeclared: 'rollout.definition_declared',
  RolloutAborted: 'rollout.aborted',
  AbortFinished: 'rollout.abort_finished',
  RolloutCompleted: 'rollout.completed',
  WatchAlarmed: 'rollout.watch_alarmed',
} as const satisfies Record<RolloutEvent['type'], string>

const others = [
  'procedure.activated',
  'procedure.attempt_rule_changed',
  'procedure.build_status',
  'procedure.channel_changed',
  'procedure.pinned',
  'procedure.push_switched',
  'procedure.pushed',
  'procedure.rollback_proven',
  'procedure.rolled_back',
  'procedure.runs_deleted',
  'procedure.tallies_rebuilt',
  'containment.signed_off',
  'policy.changed',
  'alarm.opened',
  'alarm.closed',
  'station.registered',
  'station.changed',
  'station.linked',
  'station.unlinked',
  'station.key_made',
  'station.key_revoked',
  'station.pinned',
  'station.held',
  'station.given_back',
  'station.excluded',
  'station.taken_back_in',
  'station.put_into_an_experiment',
  'station.taken_out_of_an_experiment',
  'access.token_made',
  'access.token_rotated',
  'access.token_revoked',
  'access.webhook_made',
  'access.webhook_changed',
  'access.webhook_secret_rotated',
  'access.webhook_deleted',
  'access.webhook_disabled',
] as const

export const webhookTypes: readonly string[] = [...Object.values(rolloutTypes), ...others]
/** Sent by hand, to try an endpoint: not to be chosen, since whoever tries it gets it. */
export const testType = 'webhook.test'

const groups = [...new Set(webhookTypes.map((type) => `${type.split('.')[0]}.*`))]

/** Types, groups as `rollout.*`, or `*` for all. */
export const chosenTypes = z
  .array(
    z
      .string()
      .refine(
        (type) => type === '*' || groups.includes(type) || webhookTypes.includes(type),
        'expected a type of event such as rollout.breach_opened, a group such as rollout.*, or *; GET /api/v1/webhooks/types lists them',
      ),
  )
  .min(1, 'expected one or more types of events, or "*"')
  .max(200)

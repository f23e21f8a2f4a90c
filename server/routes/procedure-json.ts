// A procedure as the interface shows it.
import { z } from 'zod'
import type { Procedure } from '../../db/registry.ts'
import { attemptRule, attemptWords } from '../domain/attempt-rule.ts'
import { deploymentId, procedureId } from '../domain/ids.ts'

export const procedureAnswer = z.object({
  id: procedureId,
  name: z.string(),
  zone: z.string(),
  attempt_rule: attemptRule,
  first_attempt: z.string().describe('Which run of a unit its yield counts, in words.'),
  time_limit_seconds: z.int(),
  soak_minutes: z.number().nullable(),
  slack_channel: z.string().nullable(),
  slack_team: z.string().nullable(),
  active_deployment_id: deploymentId.nullable(),
  former_deployment_id: deploymentId.nullable(),
  auto_push: z.boolean(),
  identifier: z.string().nullable(),
  repository: z
    .object({
      owner: z.string(),
      name: z.string(),
      provider: z.enum(['github', 'gitlab']),
      gitlab_project_id: z.string().nullable(),
      path: z.string(),
    })
    .nullable(),
  production_branch: z.string(),
  revert_limit_minutes: z.number(),
  created_at: z.string(),
})

export function procedureJson(procedure: Procedure): z.infer<typeof procedureAnswer> {
  return {
    id: procedure.id,
    name: procedure.name,
    zone: procedure.zone,
    attempt_rule: procedure.attemptRule,
    first_attempt: attemptWords(procedure.attemptRule).meaning,
    time_limit_seconds: procedure.timeLimitSeconds,
    soak_minutes: procedure.soakMinutes,
    slack_channel: procedure.slackChannel,
    slack_team: procedure.slackTeam,
    active_deployment_id: procedure.activeDeploymentId,
    former_deployment_id: procedure.formerDeploymentId,
    auto_push: procedure.autoPush,
    identifier: procedure.identifier,
    repository: procedure.repository && {
      owner: procedure.repository.owner,
      name: procedure.repository.name,
      provider: procedure.repository.provider,
      gitlab_project_id: procedure.repository.gitlabProjectId,
      path: procedure.repository.path,
    },
    production_branch: procedure.productionBranch,
    revert_limit_minutes: procedure.revertLimitMinutes,
    created_at: procedure.createdAt.toISOString(),
  }
}

// People as Slack knows them: user groups, and users by name where there are no groups.
import { z } from 'zod'

export const slackUserId = z
  .string()
  .regex(/^[UW][A-Z0-9]{2,30}$/, 'expected the id of a Slack user, such as U024BE7LH')
export const slackGroupId = z
  .string()
  .regex(/^S[A-Z0-9]{2,30}$/, 'expected the id of a Slack user group, such as S0615G0KT')
export const slackChannelId = z
  .string()
  .regex(/^[CG][A-Z0-9]{2,30}$/, 'expected the id of a Slack channel, such as C024BE91L')

/** Whoever is in one of the groups or is named. Nobody, when both are empty. */
export const people = z.strictObject({
  groups: z.array(slackGroupId).max(20).default([]),
  /** Counts also while Slack cannot say who is in the groups, or the workspace's plan has none. */
  users: z.array(slackUserId).max(200).default([]),
})
export type People = z.infer<typeof people>

// Who is called when something is wrong, where, and who next when nobody answers.
import { z } from 'zod'
import { slackChannelId, slackGroupId } from './people.ts'

export const alerts = z.strictObject({
  /** Severe breaches are told here too; null: in the rollout's own channel alone. */
  channel: slackChannelId.nullable().default(null),
  /** Called beside the owner. */
  onCall: slackGroupId.nullable().default(null),
  /** Called when nobody has acknowledged, resumed or aborted in time. */
  second: slackGroupId.nullable().default(null),
  /** Minutes a breach waits for an answer before the second group is called. */
  escalateAfterMinutes: z
    .number()
    .gt(0)
    .max(60 * 24 * 7)
    .default(30),
})
export type Alerts = z.infer<typeof alerts>

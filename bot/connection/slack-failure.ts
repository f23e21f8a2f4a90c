// What a failed call to Slack means for the one who made it: wait, re-post, send plainer blocks, or a bug.
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'

export type SlackFailure =
  | { kind: 'wait'; seconds: number; why: string }
  /** Nobody but a person can change it: the bot is not in the channel, the channel is gone or closed to it. */
  | { kind: 'locked out'; why: string }
  /** The same, for all of the workspace: no call with this token is any use. */
  | { kind: 'token refused'; why: string }
  | { kind: 'message gone'; why: string }
  | { kind: 'blocks refused'; why: string }
  | { kind: 'unknown'; why: string }

const lockedOut = [
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  // What chat.update calls an archived channel.
  'is_inactive',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'channel_is_limited_access',
  'posting_to_channel_denied',
  'access_denied',
  'team_access_not_granted',
  'enterprise_is_restricted',
  'missing_scope',
  'no_permission',
]
const tokenRefused = ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive']
const gone = ['message_not_found', 'thread_not_found', 'cant_update_message', 'edit_window_closed']
const refusedBlocks = ['invalid_blocks', 'invalid_blocks_format', 'msg_too_long', 'msg_blocks_too_long']
const passing = [
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'ekm_access_denied',
  'update_failed',
]

export function slackFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError)
    return { kind: 'wait', seconds: Math.max(1, error.retryAfter), why: 'Slack asks for fewer calls' }
  if (error instanceof WebAPIRequestError)
    return { kind: 'wait', seconds: 5, why: `Slack cannot be reached: ${error.original.message}` }
  if (error instanceof WebAPIHTTPError)
    return error.statusCode >= 500
      ? { kind: 'wait', seconds: 5, why: `Slack answers with status ${error.statusCode}` }
      : { kind: 'unknown', why: `status ${error.statusCode}` }
  if (error instanceof WebAPIPlatformError) return platformFailure(error.data.error)
  return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) }
}

function platformFailure(code: string): SlackFailure {
  if (lockedOut.includes(code)) return { kind: 'locked out', why: code }
  if (tokenRefused.includes(code)) return { kind: 'token refused', why: code }
  if (gone.includes(code)) return { kind: 'message gone', why: code }
  if (refusedBlocks.includes(code)) return { kind: 'blocks refused', why: code }
  if (code === 'ratelimited' || code === 'rate_limited' || code === 'message_limit_exceeded')
    return { kind: 'wait', seconds: 30, why: 'Slack asks for fewer calls' }
  if (passing.includes(code)) return { kind: 'wait', seconds: 10, why: `Slack has a fault: ${code}` }
  return { kind: 'unknown', why: code }
}

// How an act of a person ended: acknowledged by the app, refused by Slack's client, or failed on the way.
import type { AppAnswer } from './to-app.ts'

export type FailedDelivery =
  | 'operation_timeout'
  | 'http_client_error'
  | 'http_service_error'
  | 'dispatch_failed'

export type Outcome =
  | { ok: true; ackMs: number; body: unknown; triggerId?: string | undefined }
  | {
      ok: false
      error: 'refused' | FailedDelivery
      says: string
      /** Of a modal's inputs, by block id. */
      errors?: Record<string, string>
      triggerId?: string | undefined
    }

export function refused(says: string, errors?: Record<string, string>): Outcome {
  return { ok: false, error: 'refused', says, ...(errors && { errors }) }
}

export function failure(answer: AppAnswer): { error: FailedDelivery; says: string } | undefined {
  if (answer.kind === 'timeout')
    return { error: 'operation_timeout', says: 'Operation timed out. Apps need to respond within 3 seconds.' }
  if (answer.kind === 'unreachable')
    return { error: 'dispatch_failed', says: `The app could not be reached: ${answer.why}` }
  if (answer.status >= 200 && answer.status < 300) return undefined
  const error = answer.status >= 500 ? 'http_service_error' : 'http_client_error'
  return { error, says: `This app responded with status code ${answer.status}.` }
}

export function outcome(answer: AppAnswer, triggerId?: string): Outcome {
  const failed = failure(answer)
  if (failed) return { ok: false, ...failed, triggerId }
  return { ok: true, ackMs: answer.ms, body: answer.kind === 'answered' ? answer.body : undefined, triggerId }
}

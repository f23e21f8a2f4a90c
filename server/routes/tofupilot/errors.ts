// Errors as TofuPilot's clients read them: `message` and a `code` of its own names; version 1 reads `error.message`.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal } from '../../domain/rollout/commands.ts'
import type { Faults } from '../../domain/tofupilot/read-native.ts'
import { answerTo, HttpNo, letItBeSent, refusalBody, refusalStatus } from '../errors.ts'

const codes: Record<number, string> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
}

/** All routes of the scope answer so, what it does not know too. */
export function foreignErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error: Error, request, reply) => sendForeignError(error, request, reply))
  scope.addHook('onSend', async (_request, reply) => plainJson(reply))
}

/** The Python client of version 1 reads an error only of exactly this type, without a character set. */
export function plainJson(reply: FastifyReply): void {
  if (String(reply.getHeader('content-type')).startsWith('application/json'))
    reply.header('content-type', 'application/json')
}

export function sendForeignError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status: found, message, extra, retryAfterSeconds } = answerTo(error, request)
  // Queries and parameters that do not fit their schema: a 422 is of a run that contradicts itself alone.
  const status = 'validation' in error ? 400 : found
  if (retryAfterSeconds !== null) reply.header('retry-after', String(retryAfterSeconds))
  letItBeSent(status, request, reply)
  const issues = Array.isArray(extra.issues)
    ? extra.issues.map((issue) => ({ message: issue.message }))
    : null
  return reply
    .code(status)
    .type('application/json')
    .send({
      message,
      code: codes[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR'),
      ...(issues ? { issues } : {}),
      ...(request.url.startsWith('/api/v1/') ? { error: { message } } : {}),
    })
}

export function nothingThere(request: FastifyRequest): HttpNo {
  return new HttpNo(404, 'not_found', `no route ${request.url.split('?')[0]}: /docs lists what there is`)
}

export function faulty({ status, issues }: Faults): HttpNo {
  return new HttpNo(status, 'invalid', issues.join('; '), { issues: issues.map((message) => ({ message })) })
}

export function refused(refusal: Refusal): HttpNo {
  return new HttpNo(refusalStatus[refusal.refused], refusal.refused, refusalBody(refusal).message)
}

// Every error has one shape: what was expected, what came, what to do. `issues` names each fault of a body.
import type { FastifyError, FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Refusal } from '../domain/rollout/commands.ts'

export const errorBody = z.object({
  code: z.string(),
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type ErrorBody = z.infer<typeof errorBody>

/** An expected "no" that a route answers by throwing; it is no fault of the service. */
export class HttpNo extends Error {
  readonly statusCode: number
  readonly code: string
  readonly extra: Record<string, unknown>
  constructor(statusCode: number, code: string, message: string, extra: Record<string, unknown> = {}) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.extra = extra
  }
}

export const refusalStatus: Record<Refusal['refused'], number> = {
  stale: 409,
  terminal: 409,
  'not now': 409,
  'not ready': 409,
  invalid: 422,
  'not allowed': 403,
  'not found': 404,
}

export function refusalBody(refusal: Refusal): ErrorBody {
  return { code: refusal.refused.replaceAll(' ', '_'), message: `${sentence(refusal.why)} ${refusal.next}` }
}

export function errorHandling(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | HttpNo | Error, request, reply) => {
    if (error instanceof HttpNo)
      return reply.code(error.statusCode).send({ code: error.code, message: error.message, ...error.extra })
    if (hasZodFastifySchemaValidationErrors(error)) {
      const issues = error.validation.map((issue) => ({
        path: `${error.validationContext ?? 'body'}${issue.instancePath.replaceAll('/', '.')}`,
        message: issue.message ?? 'is wrong',
      }))
      return reply.code(422).send({
        code: 'invalid',
        message: issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '),
        issues,
      })
    }
    if (isAway(error)) {
      request.log.warn({ err: error }, 'the database is away')
      return reply.code(503).header('retry-after', '5').send({
        code: 'database_away',
        message: 'The database does not answer now: nothing was stored. Send it again in 5 seconds.',
      })
    }
    if (isUnstorable(error))
      return reply.code(422).send({
        code: 'invalid',
        message: 'Expected well-formed text without the character U+0000: the database cannot keep it.',
      })
    const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
    if (status >= 500) {
      request.log.error({ err: error }, 'a request failed')
      return reply.code(500).send({
        code: 'fault',
        message: `The service failed to answer; it has been logged under ${request.id}.`,
      })
    }
    const code = 'code' in error && typeof error.code === 'string' ? error.code.toLowerCase() : 'refused'
    return reply.code(status).send({ code, message: error.message })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      code: 'not_found',
      message: `There is no ${request.method} ${request.url.split('?')[0]}; /docs lists what there is.`,
    }),
  )
}

/** What heals by itself is a 503: stations keep a run that got a 4xx until a person acts. */
function isAway(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each ? String(each.code) : ''
    if (/^(08|57P|53|40001|40P01)/.test(code)) return true
    if (
      [
        'ECONNREFUSED',
        'ECONNRESET',
        'ETIMEDOUT',
        'EPIPE',
        'CONNECTION_CLOSED',
        'CONNECTION_ENDED',
        'CONNECTION_DESTROYED',
        'CONNECT_TIMEOUT',
      ].includes(code)
    )
      return true
    if (each.message === 'the embedded database has been closed') return true
  }
  return false
}

/** U+0000 in a text or in JSON, and half a surrogate pair in JSON. */
function isUnstorable(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each ? String(each.code) : ''
    if (code === '22021' || code === '22P05') return true
    if (code === '22P02' && 'detail' in each && /surrogate/i.test(String(each.detail))) return true
  }
  return false
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

// Every error has one shape: what was expected, what came, what to do. `issues` names each fault of a body.
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { isAway, tookTooLong } from '../../db/away.ts'
import { takesNothing } from '../../db/run-partitions.ts'
import { clientAddress } from '../client-address.ts'
import type { Refusal } from '../domain/rollout/commands.ts'
import { QueueFull } from '../gathering.ts'
import type { RefusedKeys } from '../refused-keys.ts'
import { TooLate } from '../too-late.ts'

export const errorBody = z
  .object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Error' })
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

/** How an error is answered: expected ones as they are, all others logged and told without their inside. */
export type Answered = {
  status: number
  code: string
  message: string
  extra: Record<string, unknown>
  retryAfterSeconds: number | null
}

declare module 'fastify' {
  interface FastifyInstance {
    refusedKeys: RefusedKeys | null
  }
}

/**
 * @param options.refused counts keys and tokens that open nothing; absent: they are refused as often as they come.
 * @param options.headers of answers that are no route's.
 */
export function errorHandling(
  app: FastifyInstance,
  { refused = null, headers = {} }: { refused?: RefusedKeys | null; headers?: OutgoingHttpHeaders } = {},
): void {
  app.decorate('refusedKeys', refused)
  app.setErrorHandler((error: Error, request, reply) => sendError(error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .headers(headers)
      .send({
        code: 'not_found',
        message: `There is no ${request.method} ${request.url.split('?')[0]}; /docs lists what there is.`,
      }),
  )
}

/** Under the codes of the native protocol. @param beside what else the answer holds, of the message that may be told. */
export function sendError(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  beside: (message: string) => Record<string, unknown> = () => ({}),
): FastifyReply {
  const { status, code, message, extra, retryAfterSeconds } = answerTo(error, request)
  if (retryAfterSeconds !== null) reply.header('retry-after', String(retryAfterSeconds))
  letItBeSent(status, request, reply)
  return reply.code(status).send({ code, message, ...extra, ...beside(message) })
}

/** Of a body that is too large: up to so much is read and dropped, so that its sender comes to read the answer. */
const largestDropped = 67_108_864

/**
 * Whoever is still sending when the connection closes sees it break instead of a 413, and sends it all again.
 * Called with the answer's status before it is sent.
 */
export function letItBeSent(status: number, request: FastifyRequest, reply: FastifyReply): void {
  if (status !== 413 || !(Number(request.headers['content-length']) <= largestDropped)) return
  reply.removeHeader('connection')
  request.raw.resume()
}

export function answerTo(error: FastifyError | HttpNo | Error, request: FastifyRequest): Answered {
  const answer = (status: number, code: string, message: string, extra: Record<string, unknown> = {}) => ({
    status,
    code,
    message,
    extra,
    retryAfterSeconds: status === 503 ? comeAgainSeconds() : status === 429 ? 1 : null,
  })
  if (error instanceof QueueFull) {
    const message = `More runs come in than can be stored now: ${error.message}. Send it again in 2 seconds.`
    return { ...answer(503, 'busy', message), retryAfterSeconds: 2 }
  }
  if (error instanceof HttpNo)
    return tooManyGuesses(error, request) ?? answer(error.statusCode, error.code, error.message, error.extra)
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map((issue) => ({
      path: `${error.validationContext ?? 'body'}${issue.instancePath.replaceAll('/', '.')}`,
      message: issue.message ?? 'is wrong',
    }))
    const message = issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')
    return answer(422, 'invalid', message, { issues })
  }
  if (isAway(error)) {
    request.log.warn({ err: error }, 'the database is away')
    const message = 'The database does not answer now: nothing was stored. Send it again in some seconds.'
    return answer(503, 'database_away', message)
  }
  if (tookTooLong(error)) {
    request.log.error({ err: error }, 'a statement was cut off')
    const message = 'The database is busy with something larger. Send it again in 5 seconds.'
    return answer(503, 'busy', message)
  }
  if (error instanceof TooLate) {
    request.log.error({ err: error }, 'runs were not stored in time')
    const message = `Not stored in time: ${error.message}. Send it again: what was stored after all stays one run.`
    return answer(503, 'busy', message)
  }
  if (isUnstorable(error))
    return answer(
      422,
      'invalid',
      'Expected well-formed text without the character U+0000: the database cannot keep it.',
    )
  if (isOfDeletedTime(error))
    return answer(
      422,
      'invalid',
      'Expected a run of a time whose runs are still kept: those of before were deleted, and it cannot be told from one of them. Nothing of it was stored.',
    )
  if (isTooLarge(error))
    return answer(
      422,
      'invalid',
      'Expected a run that the database can keep: a text of it is too large, or too deep.',
    )
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status >= 500) {
    request.log.error({ err: error }, 'a request failed')
    return answer(500, 'fault', `The service failed to answer; it has been logged under ${request.id}.`)
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code.toLowerCase() : 'refused'
  return answer(status, code, status === 413 ? tooLarge(request) : error.message)
}

/** Null: as it is. Whoever goes on with a key that opens nothing is told to wait; who has one that opens is not met here. */
function tooManyGuesses({ statusCode }: HttpNo, { server, ip, log }: FastifyRequest): Answered | null {
  const { refusedKeys } = server
  if (statusCode !== 401 || !refusedKeys) return null
  const address = clientAddress(ip)
  const early = refusedKeys.refused(address)
  if (early === 0) return null
  if (refusedKeys.isToldNow(address))
    log.warn({ address }, 'many keys and tokens that open nothing come from this address')
  const seconds = Math.ceil(early / 1_000)
  const message = `Too many keys and tokens that open nothing came from this address: expected one that does, or come again in ${seconds} s.`
  return { status: 429, code: 'too_often', message, extra: {}, retryAfterSeconds: seconds }
}

/** From 3 to 8: a fleet that is told one moment comes back in that one. */
function comeAgainSeconds(): number {
  return 3 + Math.floor(Math.random() * 6)
}

function tooLarge({ routeOptions, headers }: FastifyRequest): string {
  const came = headers['content-length'] === undefined ? 'more' : `${headers['content-length']} bytes`
  return `Expected a body of at most ${routeOptions.bodyLimit} bytes, got ${came}: send it in parts, or leave out what nobody reads.`
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

function isOfDeletedTime(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    // The two drivers name it differently.
    const name =
      'constraint_name' in each ? each.constraint_name : 'constraint' in each ? each.constraint : null
    if ('code' in each && each.code === '23514' && name === takesNothing) return true
  }
  return false
}

/** Within what this service asks for, and beyond what PostgreSQL keeps: a text in an index, the depth of JSON. */
function isTooLarge(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    if ('code' in each && String(each.code).startsWith('54')) return true
  return false
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

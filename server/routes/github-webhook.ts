// GitHub's webhook: the signature is checked on the bytes that came, before anything of them is read.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Taken } from '../code-host-events.ts'
import type { CodeHostEvent } from '../domain/code-host.ts'
import { open } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { readGithubEvent } from './github-payloads.ts'

type Deps = {
  /** Null: not set up. */
  secret: string | null
  take: (delivery: string, event: CodeHostEvent) => Promise<Taken>
}

/** GitHub's own limit of a payload. */
const bodyLimit = 25 * 1024 * 1024

const answered = z.object({
  event: z.string(),
  taken_before: z.boolean(),
  did: z.array(z.string()),
  ignored: z.string().nullable(),
})

export function githubWebhook({ secret, take }: Deps): FastifyPluginAsync {
  return async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    )
    scope.post(
      '/webhooks/github',
      {
        schema: {
          tags: ['webhooks'],
          summary: 'What GitHub tells of a repository: registers builds and makes them ready',
          description:
            'Events push, workflow_run and deployment_status of the repositories of procedures, signed with GITHUB_WEBHOOK_SECRET (X-Hub-Signature-256). 202 says why an event was ignored.',
          security: open,
          response: { 200: answered, 202: answered, 400: errorBody, 401: errorBody, 503: errorBody },
        },
      },
      async (request, reply) => {
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        verify(secret, raw, request)
        const event = header(request, 'x-github-event')
        const delivery = header(request, 'x-github-delivery')
        const answer = (taken: Partial<Taken>) => ({
          event,
          taken_before: taken.takenBefore ?? false,
          did: taken.did ?? [],
          ignored: taken.ignored ?? null,
        })
        if (event === 'ping')
          return answer({ did: ['ready to take push, workflow_run and deployment_status'] })
        const taken = await take(`github:${delivery}`, read(event, raw, request))
        return reply.code(taken.ignored === null ? 200 : 202).send(answer(taken))
      },
    )
  }
}

/** @throws 401 unless the secret made the signature of these very bytes; 503 while there is no secret. */
function verify(secret: string | null, raw: Buffer, request: FastifyRequest): void {
  if (secret === null)
    throw new HttpNo(
      503,
      'not_configured',
      'GITHUB_WEBHOOK_SECRET is not set: nothing can be verified, and nothing is taken. Set it to the secret of the webhook.',
    )
  const expected = createHmac('sha256', secret).update(raw).digest()
  const [, hex = ''] =
    /^sha256=([0-9a-f]{64})$/i.exec(String(request.headers['x-hub-signature-256'] ?? '')) ?? []
  const came = Buffer.from(hex, 'hex')
  if (came.length === expected.length && timingSafeEqual(came, expected)) return
  const what = hex === '' ? 'none' : 'another one'
  throw new HttpNo(
    401,
    'unauthorized',
    `Expected X-Hub-Signature-256 of this body by GITHUB_WEBHOOK_SECRET, got ${what}. The webhook and the service need the same secret.`,
  )
}

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name]
  if (typeof value === 'string' && /^[\w.-]{1,100}$/.test(value)) return value
  throw new HttpNo(400, 'invalid', `Expected the header ${name}, as GitHub sends it.`)
}

/** As JSON, or as a form with the JSON in `payload`: a webhook is set up for the one or the other. */
function read(event: string, raw: Buffer, request: FastifyRequest): CodeHostEvent {
  const body = raw.toString('utf8')
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')
  try {
    return readGithubEvent(
      event,
      JSON.parse(isForm ? (new URLSearchParams(body).get('payload') ?? '') : body),
    )
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    const what =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
        : 'it is no JSON'
    throw new HttpNo(400, 'invalid', `Expected the payload of a ${event} event of GitHub: ${what}.`)
  }
}

// The Web API over HTTP: faults first, then the token, its scopes and the method; every call is logged.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Shared } from '../state/shared.ts'
import type { World } from '../state/world.ts'
import { type Answer, type Args, refuse } from './answer.ts'
import { authMethods, type Credentials } from './auth.ts'
import { methodArguments, uploadedBytes } from './body.ts'
import { chatMethods } from './chat.ts'
import { conversationMethods } from './conversations.ts'
import { fileMethods } from './files.ts'
import { basicCredentials, exchangeCode } from './oauth.ts'
import { exchangeSignIn } from './openid.ts'
import { peopleMethods } from './people.ts'
import { takeResponse } from './response-url.ts'
import { missingScope } from './scopes.ts'
import { underFaults } from './strike.ts'
import { viewMethods } from './views.ts'

export type Served = {
  shared: Shared
  worlds: World[]
  /** Absent where the app is not distributed. */
  credentials: Credentials | undefined
  /** Absent while Socket Mode is off. */
  socketMode: { appToken: string; issueUrl: () => string } | undefined
  baseUrl: () => string
}

export function apiRoutes(server: FastifyInstance, served: Served): void {
  const { shared, worlds, credentials, baseUrl } = served
  const methods = {
    ...authMethods(credentials),
    ...chatMethods,
    ...viewMethods,
    ...peopleMethods,
    ...conversationMethods,
    ...fileMethods,
  }

  server.route({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: async (request: FastifyRequest<{ Params: { method: string } }>, reply) => {
      const args = methodArguments(request.body, request.query)
      const name = request.params.method
      return answered(name, args, reply, shared, async () => {
        if (name === 'apps.connections.open') return openConnection(request, served)
        if (name === 'oauth.v2.access')
          return exchangeCode(args, basicCredentials(request.headers.authorization), credentials, worlds)
        if (name === 'openid.connect.token')
          return exchangeSignIn(args, basicCredentials(request.headers.authorization), credentials, {
            signIns: shared.signIns,
            issuer: baseUrl(),
          })
        return called(name, args, request)
      })
    },
  })

  async function called(name: string, args: Args, request: FastifyRequest): Promise<Answer> {
    const token = bearer(request) ?? args.token
    if (typeof token !== 'string' || token === '') return refuse('not_authed')
    if (token.startsWith('xapp-')) return refuse('not_allowed_token_type')
    const installation = shared.installations.find(token)
    if ('error' in installation) return refuse(installation.error)
    const world = worlds.find((one) => one.team.teamId === installation.teamId)
    const run = methods[name]
    if (!world || !run) return { ...refuse('unknown_method'), req_method: name }
    const waitSeconds = shared.rateLimits.admit(name, installation.teamId, channelIn(args))
    if (waitSeconds !== null) return { ...refuse('ratelimited'), retryAfter: waitSeconds }
    const isPrivate = (id: string) => world.directory.conversation(id)?.isPrivate ?? false
    const needed = missingScope(name, args, installation.scopes, isPrivate)
    if (needed) return { ...refuse('missing_scope'), needed, provided: installation.scopes.join(',') }
    return run(args, world, { installation })
  }

  server.post<{ Params: { id: string } }>('/response/:id', async (request, reply) => {
    const args = methodArguments(request.body, {})
    const { id } = request.params
    const world = worlds.find((one) => one.responseUrls.isIssued(id)) ?? worlds[0]
    const run = async () => (world ? takeResponse(id, args, world) : refuse('invalid_url'))
    return answered('response_url', args, reply, shared, run, 404)
  })

  server.post<{ Params: { id: string } }>('/upload/:id', async (request, reply) => {
    const { id } = request.params
    const run = async () => {
      const bytes = await uploadedBytes(request.body, request.headers['content-type'] ?? '')
      const world = worlds.find((one) => one.files.find(id) !== undefined)
      const file = world?.files.find(id)
      if (!world || !file || !bytes) return refuse('file_not_found')
      if (bytes.length !== file.length) return refuse('length_mismatch')
      world.files.change(id, { bytes })
      return { ok: true } as const
    }
    return answered('upload', { id }, reply, shared, run, 400)
  })

  /** Without the token of an app that may read files, Slack answers with its sign-in page. */
  server.get<{ Params: { key: string } }>('/files-pri/:key/:name', (request, reply) => {
    const [teamId = '', id = ''] = request.params.key.split('-')
    const installation = shared.installations.find(bearer(request) ?? '')
    const mayRead =
      !('error' in installation) &&
      installation.teamId === teamId &&
      installation.scopes.includes('files:read')
    if (!mayRead) return reply.redirect(`/?redir=${encodeURIComponent(request.url)}`)
    const file = worlds.find((one) => one.team.teamId === teamId)?.files.find(id)
    if (!file?.bytes) return reply.code(404).send()
    return reply.type(file.mimetype).send(file.bytes)
  })
}

async function answered(
  name: string,
  args: Args,
  reply: FastifyReply,
  shared: Shared,
  run: () => Promise<Answer>,
  refusedStatus = 200,
): Promise<unknown> {
  const { answer, status, sent } = await underFaults(name, channelIn(args), reply, shared, run)
  const error = answer.ok ? {} : { error: String(answer.error) }
  const isLimited = !answer.ok && typeof answer.retryAfter === 'number'
  if (isLimited && !sent) reply.header('retry-after', String(answer.retryAfter))
  const refusedWith = isLimited ? 429 : refusedStatus
  const shownStatus = status === 200 && !answer.ok ? refusedWith : status
  shared.calls.log({
    method: name,
    at: shared.now(),
    args,
    ok: answer.ok && !sent,
    ...error,
    status: shownStatus,
  })
  return sent ? reply : reply.code(shownStatus).send(answer)
}

function channelIn(args: Args): string | undefined {
  return [args.channel, args.channel_id].find((one) => typeof one === 'string')
}

/** Takes an app-level token, from the header of a POST alone. */
function openConnection(request: FastifyRequest, { socketMode }: Served): Answer {
  if (request.method !== 'POST') return refuse('insecure_request')
  const token = bearer(request)
  if (token === undefined || token === '') return refuse('missing_args')
  if (!token.startsWith('xapp-')) return refuse('not_allowed_token_type')
  if (token !== socketMode?.appToken) return refuse('invalid_auth')
  return { ok: true, url: socketMode.issueUrl() }
}

function bearer(request: FastifyRequest): string | undefined {
  const [, token] = /^Bearer (.*)$/.exec(request.headers.authorization ?? '') ?? []
  return token
}

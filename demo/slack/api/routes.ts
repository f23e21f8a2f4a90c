// The Web API over HTTP: faults first, then the token, then the method; every call is logged.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { World } from '../state/world.ts'
import { type Answer, type Args, refuse } from './answer.ts'
import { methodArguments, uploadedBytes } from './body.ts'
import { chatMethods } from './chat.ts'
import { conversationMethods } from './conversations.ts'
import { fileMethods } from './files.ts'
import { peopleMethods } from './people.ts'
import { useResponseUrl } from './response-url.ts'
import { underFaults } from './strike.ts'
import { viewMethods } from './views.ts'

const methods = { ...chatMethods, ...viewMethods, ...peopleMethods, ...conversationMethods, ...fileMethods }

export type Access = {
  botToken: string
  /** Absent while Socket Mode is off. */
  socketMode?: { appToken: string; issueUrl: () => string }
}

export function apiRoutes(server: FastifyInstance, world: World, access: Access): void {
  server.route({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: async (request: FastifyRequest<{ Params: { method: string } }>, reply) => {
      const args = methodArguments(request.body, request.query)
      const name = request.params.method
      return answered(name, args, reply, world, async () => {
        if (name === 'apps.connections.open') return openConnection(request, access)
        const unauthorized = refuseToken(request, args, access.botToken)
        if (unauthorized) return unauthorized
        const run = methods[name]
        return run ? run(args, world) : { ...refuse('unknown_method'), req_method: name }
      })
    },
  })

  server.post<{ Params: { id: string } }>('/response/:id', async (request, reply) => {
    const args = methodArguments(request.body, {})
    return answered(
      'response_url',
      args,
      reply,
      world,
      () => useResponseUrl(request.params.id, args, world),
      404,
    )
  })

  server.post<{ Params: { id: string } }>('/upload/:id', async (request, reply) => {
    const { id } = request.params
    return answered(
      'upload',
      { id },
      reply,
      world,
      async () => {
        const bytes = await uploadedBytes(request.body, request.headers['content-type'] ?? '')
        const file = world.files.find(id)
        if (!file || !bytes) return refuse('file_not_found')
        if (bytes.length !== file.length) return refuse('length_mismatch')
        world.files.change(id, { bytes })
        return { ok: true }
      },
      400,
    )
  })
}

async function answered(
  name: string,
  args: Args,
  reply: FastifyReply,
  world: World,
  run: () => Promise<Answer>,
  refusedStatus = 200,
): Promise<unknown> {
  const { answer, status, sent } = await underFaults(name, reply, world, run)
  const error = answer.ok ? {} : { error: String(answer.error) }
  const shownStatus = status === 200 && !answer.ok ? refusedStatus : status
  world.calls.log({
    method: name,
    at: world.now(),
    args,
    ok: answer.ok && !sent,
    ...error,
    status: shownStatus,
  })
  return sent ? reply : reply.code(shownStatus).send(answer)
}

function refuseToken(request: FastifyRequest, args: Args, botToken: string): Answer | undefined {
  const token = bearer(request) ?? args.token
  if (typeof token !== 'string' || token === '') return refuse('not_authed')
  if (token.startsWith('xapp-')) return refuse('not_allowed_token_type')
  return token === botToken ? undefined : refuse('invalid_auth')
}

/** Takes an app-level token, from the header alone. */
function openConnection(request: FastifyRequest, { socketMode }: Access): Answer {
  const token = bearer(request)
  if (token === undefined || token === '') return refuse('not_authed')
  if (!token.startsWith('xapp-')) return refuse('not_allowed_token_type')
  if (token !== socketMode?.appToken) return refuse('invalid_auth')
  return { ok: true, url: socketMode.issueUrl() }
}

function bearer(request: FastifyRequest): string | undefined {
  return request.headers.authorization?.replace(/^Bearer /, '')
}

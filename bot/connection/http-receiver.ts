// Slack's requests over HTTP: verified, then handed to Bolt, in a scope of their own within our Fastify.
import { type App, HTTPModuleFunctions, HTTPResponseAck, type Logger, type Receiver } from '@slack/bolt'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { TakeEvent } from './take-event.ts'

export type HttpReceiver = Receiver & { routes: FastifyPluginAsync }

const bodyLimit = 1024 * 1024
/** As far as a request may lie in the past, which Bolt looks at. */
const mostAheadSeconds = 300

/** Refuses to be made without a secret: an empty one would let anybody sign. */
export function httpReceiver(signingSecret: string, take: TakeEvent, logger: Logger): HttpReceiver {
  if (signingSecret === '') throw new Error('a signing secret is needed to verify requests of Slack')
  let app: App | null = null
  const running = new Set<Promise<void>>()

  const routes: FastifyPluginAsync = async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    )
    scope.post('/slack/events', { schema: { hide: true } }, async (request, reply) => {
      await receive(request, reply)
      return reply
    })
  }

  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const raw = Object.assign(request.raw, { rawBody })
    const verified = await verify(raw, reply)
    if (verified === null) return
    const body = parse(verified, reply)
    if (body === null) return
    if (body.ssl_check === '1') {
      reply.hijack()
      return HTTPModuleFunctions.buildSSLCheckResponse(reply.raw)
    }
    if (body.type === 'url_verification') {
      reply.hijack()
      return HTTPModuleFunctions.buildUrlVerificationResponse(reply.raw, body)
    }
    const taken = await take(body)
    if (taken === 'kept') return void reply.code(200).send()
    const to = app
    if (taken === 'not kept' || to === null) return void unavailable(reply)
    reply.hijack()
    const ack = new HTTPResponseAck({
      logger,
      processBeforeResponse: false,
      httpRequest: verified,
      httpRequestBody: body,
      httpResponse: reply.raw,
    })
    const retryNum = HTTPModuleFunctions.extractRetryNumFromHTTPRequest(raw)
    const retryReason = HTTPModuleFunctions.extractRetryReasonFromHTTPRequest(raw)
    const work = to.processEvent({
      body,
      ack: ack.bind(),
      ...(retryNum === undefined ? {} : { retryNum }),
      ...(retryReason === undefined ? {} : { retryReason }),
    })
    running.add(work)
    await work
      .catch((error: unknown) => logger.error(`a payload could not be read: ${String(error)}`))
      .finally(() => running.delete(work))
    // It cannot be read, or nobody listens for it, as for a command that only the manifest knows: Slack would wait its
    // three seconds, and the connection for ever.
    if (!reply.raw.headersSent) refused(reply.raw, 'nothing here takes this payload')
  }

  async function verify(raw: FastifyRequest['raw'], reply: FastifyReply) {
    try {
      expectNotAhead(raw.headers['x-slack-request-timestamp'])
      return await HTTPModuleFunctions.parseAndVerifyHTTPRequest({ signingSecret }, raw)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      logger.warn(`a request was refused: ${why}${clockNote(raw.headers['x-slack-request-timestamp'])}`)
      await reply.code(401).send({ error: 'the signature of this request is not valid' })
      return null
    }
  }

  function unavailable(reply: FastifyReply): FastifyReply {
    return reply.code(503).header('retry-after', '5').send({ error: 'Firstpass cannot take this just now' })
  }

  function parse(
    verified: Parameters<typeof HTTPModuleFunctions.parseHTTPRequestBody>[0],
    reply: FastifyReply,
  ) {
    try {
      const body: unknown = HTTPModuleFunctions.parseHTTPRequestBody(verified)
      return z.record(z.string(), z.unknown()).parse(body)
    } catch {
      reply.code(400).send({ error: 'the body of this request is neither a JSON object nor a form' })
      return null
    }
  }

  return {
    routes,
    init: (bolt) => {
      app = bolt
    },
    start: async () => {},
    /** Waits for what is being worked on: a click that was acknowledged must not be dropped. */
    stop: async () => {
      app = null
      await Promise.allSettled(running)
    },
  }
}

/** A request of tomorrow would otherwise be good until tomorrow. */
function expectNotAhead(timestamp: unknown): void {
  const ahead = Number(timestamp) - Date.now() / 1000
  if (ahead > mostAheadSeconds) throw new Error(`its time lies ${Math.round(ahead)} s in the future`)
}

/** Slack signs the time: what is refused for it may have come just now, to a clock that is wrong. */
function clockNote(timestamp: unknown): string {
  const ahead = Number(timestamp) - Date.now() / 1000
  if (!(Math.abs(ahead) > mostAheadSeconds)) return ''
  const minutes = Math.round(Math.abs(ahead) / 60)
  return `. If it came from Slack just now, the clock of this machine is ${minutes} min ${ahead > 0 ? 'behind' : 'ahead'}: set it right`
}

function refused(raw: FastifyReply['raw'], error: string): void {
  raw.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}

// Reads a request's body the way Slack does: JSON, or a form whose structured fields are JSON text.
import type { FastifyInstance } from 'fastify'
import type { Args } from './answer.ts'

const structured = ['blocks', 'attachments', 'metadata', 'unfurls', 'view', 'files']

/** JSON stays Fastify's own business; a form and an upload need these. */
export function bodyParsers(server: FastifyInstance): void {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

export function methodArguments(body: unknown, query: unknown): Args {
  const sent = body !== null && typeof body === 'object' && !Buffer.isBuffer(body) ? body : {}
  const args: Args = { ...(query as Args), ...sent }
  for (const name of structured) if (typeof args[name] === 'string') args[name] = fromJson(args[name])
  return args
}

/** Text that is no JSON is left as it is, for the method to refuse. */
function fromJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The uploaded bytes, sent raw or as a form with one file in it. */
export async function uploadedBytes(body: unknown, contentType: string): Promise<Buffer | undefined> {
  if (Buffer.isBuffer(body) && !contentType.startsWith('multipart/')) return body
  if (Buffer.isBuffer(body)) {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData()
    const file = [...form.values()].find((value) => typeof value !== 'string')
    return file instanceof Blob ? Buffer.from(await file.arrayBuffer()) : undefined
  }
  if (typeof body === 'string') return Buffer.from(body)
  const text = body !== null && typeof body === 'object' ? Object.values(body)[0] : undefined
  return typeof text === 'string' ? Buffer.from(text) : undefined
}

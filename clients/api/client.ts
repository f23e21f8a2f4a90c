// Firstpass over HTTP, with the types of its routes: paths and bodies are checked by the compiler, answers are typed.
import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './paths.ts'

export type ApiClient = Client<paths>
/** As the interface gives it. Some codes say more: the `issues` of a body, the `id` of what is taken. */
export type ApiError = { code: string; message: string; [more: string]: unknown }

/** The service said no, or could not be reached. `retryAfterSeconds`: when it asks to be asked again. */
export class Refused extends Error {
  readonly body: ApiError
  readonly retryAfterSeconds: number | null
  constructor(body: ApiError, retryAfterSeconds: number | null = null) {
    super(body.message)
    this.body = body
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * @param url where the service is, such as https://firstpass.example
 * @param headers sent with every request, such as `authorization`
 * @param signal ends what is asked
 * Every request throws `Refused` unless it is answered with 2xx.
 */
export function apiClient({
  url,
  headers,
  signal = null,
  patienceMs = 60_000,
}: {
  url: string
  headers: Record<string, string>
  signal?: AbortSignal | null
  patienceMs?: number
}): ApiClient {
  return createClient<paths>({
    baseUrl: url,
    headers,
    signal,
    fetch: async (request) => {
      const reply = await reached(request, patienceMs)
      if (!reply.ok) throw await refusal(reply)
      return reply
    },
  })
}

/** What the service answered. @throws Refused */
export async function answerOf<Body>(asked: Promise<{ data?: Body; response: Response }>): Promise<Body> {
  const { data, response } = await asked.catch(notReadable)
  if (data === undefined) throw notOurs(response.status, '')
  return data
}

async function reached(request: Request, patienceMs: number): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)])
  try {
    return await fetch(request, { signal })
  } catch (error) {
    if (request.signal.aborted) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    const at = new URL(request.url).origin
    throw new Refused({ code: 'not_reached', message: `Firstpass was not reached at ${at}: ${why}` })
  }
}

async function refusal(reply: Response): Promise<Refused> {
  const text = await reply.text()
  const after = Number.parseInt(reply.headers.get('retry-after') ?? '', 10)
  const retryAfter = Number.isNaN(after) ? null : after
  const body = readJson(text)
  if (body === null || typeof body.message !== 'string') return notOurs(reply.status, text, retryAfter)
  return new Refused({ ...body, code: String(body.code ?? reply.status), message: body.message }, retryAfter)
}

/** Something else answers there: a proxy, or another service. */
function notOurs(status: number, text: string, retryAfter: number | null = null): Refused {
  const said = text.trim().slice(0, 300)
  const message = `Expected an answer of Firstpass, got ${status}: ${said || 'nothing'}`
  return new Refused({ code: String(status), message }, retryAfter)
}

function notReadable(error: unknown): never {
  if (error instanceof SyntaxError) throw notOurs(200, error.message)
  throw error
}

function readJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

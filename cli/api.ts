// Firstpass over HTTP, as the command line speaks to it.
import { Misuse } from './command.ts'

/** A service that a command speaks to. */
export type Api = {
  /** @throws Refused when the service says no, or is not reached. */
  ask(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Json>
}
/** An answer of the service: what its interface documents, read field by field. */
export type Json = { [key: string]: unknown }

/** The service said no, or could not be reached. `body`: the error as the API gives it. */
export class Refused extends Error {
  readonly body: { code: string; message: string }
  constructor(body: { code: string; message: string }) {
    super(body.message)
    this.body = body
  }
}

export function api({ url, token, as }: { url: string; token: string; as: string }): Api {
  return {
    async ask(method, path, body) {
      if (token === '')
        throw new Misuse('expected the token of Firstpass as FIRSTPASS_TOKEN or --token, got nothing')
      const reply = await fetched(address(url, path), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'x-actor-door': 'command line',
          ...(as === '' ? {} : { 'x-actor-name': headerText(as) }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await reply.text()
      const answer = readJson(text)
      if (reply.ok && answer !== null) return answer
      throw new Refused(errorOf(reply, answer, text))
    },
  }
}

function address(base: string, path: string): URL {
  const address = URL.canParse(base) ? new URL(`${base.replace(/\/+$/, '')}${path}`) : null
  if (address === null || !/^https?:$/.test(address.protocol))
    throw new Misuse(`expected the address of Firstpass, such as https://firstpass.example, got "${base}"`)
  return address
}

async function fetched(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    throw new Refused({ code: 'not_reached', message: `Firstpass was not reached at ${url.origin}: ${why}` })
  }
}

function errorOf(reply: Response, answer: Json | null, text: string): { code: string; message: string } {
  if (answer && typeof answer.message === 'string')
    return { ...answer, code: String(answer.code ?? reply.status), message: answer.message }
  const said = text.trim().slice(0, 300)
  return {
    code: String(reply.status),
    message: `Expected an answer of Firstpass, got ${reply.status}: ${said}`,
  }
}

function readJson(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : null
  } catch {
    return null
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A header holds Latin letters alone: others lose their accents, or become question marks. */
function headerText(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, 100)
}

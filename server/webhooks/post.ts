// One POST to an endpoint: to allowed addresses alone, without following a redirect, within a time, reading little of the answer.
import { request as plainRequest, type RequestOptions } from 'node:http'
import { request as safeRequest } from 'node:https'
import type { AllowedAddresses } from './allowed-addresses.ts'
import { guardedLookup, refuseDigits } from './reach.ts'

export type Posted = { status: number; retryAfterSeconds: number | null } | { status: null; error: string }

/** From the first look-up to the last byte, as Standard Webhooks proposes: 15 to 30 s. */
const longestMs = 15_000
/** What of an answer is read, in bytes, before the connection is closed. Nobody looks at it. */
const mostRead = 16_384

/** @returns what came of it: nothing that an endpoint does is thrown. */
export function poster(allowed: AllowedAddresses, { patienceMs = longestMs } = {}) {
  return async function post(
    address: string,
    body: string,
    headers: Record<string, string>,
    stopping: AbortSignal,
  ): Promise<Posted> {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(patienceMs)])
    try {
      const url = new URL(address)
      refuseDigits(url, allowed)
      const lookup = guardedLookup(url, allowed)
      const sent = { ...headers, 'content-length': String(Buffer.byteLength(body)) }
      // Each has a connection of its own: one that is kept open would outlive what its address was checked against.
      return await answerTo(url, body, { method: 'POST', headers: sent, lookup, agent: false, signal })
    } catch (error) {
      if (stopping.aborted) return { status: null, error: 'the service stopped' }
      if (signal.aborted) return { status: null, error: `no answer within ${patienceMs / 1_000} s` }
      return { status: null, error: wordsOf(error) }
    }
  }
}

function answerTo(url: URL, body: string, options: RequestOptions): Promise<Posted> {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>()
  const request = (url.protocol === 'https:' ? safeRequest : plainRequest)(url, options, (response) => {
    const { statusCode: status = 0, headers } = response
    const asked = Number(headers['retry-after'])
    const answer = { status, retryAfterSeconds: Number.isFinite(asked) && asked > 0 ? asked : null }
    let read = 0
    response.on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read <= mostRead) return
      resolve(answer)
      request.destroy()
    })
    response.on('end', () => resolve(answer))
    response.on('error', reject)
  })
  request.on('error', reject)
  request.end(body)
  return promise
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? `${String(error.code)} ` : ''
  return `${code}${error.message}`.slice(0, 300)
}

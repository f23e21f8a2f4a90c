// Asks one of several processes, another one each time: what has no answer is asked again by whoever asks.
import type { Random } from '../../calibrate/random.ts'

export type Answer = { status: number; body: unknown; etag: string | null }
/** Null: there was no answer. */
export type Ask = (
  method: 'GET' | 'POST',
  path: string,
  key: string,
  more?: { body?: unknown; etag?: string | null },
) => Promise<Answer | null>

export function anywhere(urls: string[], random: Random): Ask {
  return async (method, path, key, { body, etag } = {}) => {
    const url = urls[Math.floor(random() * urls.length)]
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(etag ? { 'if-none-match': etag } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      })
      const text = await response.text()
      return { status: response.status, body: read(text), etag: response.headers.get('etag') }
    } catch {
      return null
    }
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// response_urls: five uses within thirty minutes of the interaction that issued them.
import type { Ids } from './ids.ts'

const maxUses = 5
const lifetimeMs = 30 * 60_000

export type ResponseUrl = {
  id: string
  user: string
  channel: string
  issuedAt: number
  uses: number
  threadTs?: string | undefined
  /** The message the interaction came from, or the last one this URL made. */
  original?: { ts: string; ephemeral: boolean } | undefined
}

export function responseUrls(deps: { ids: Ids; now: () => number; baseUrl: () => string }) {
  const issued = new Map<string, ResponseUrl>()

  function issue(from: Omit<ResponseUrl, 'id' | 'issuedAt' | 'uses'>): string {
    const id = deps.ids.next('R')
    issued.set(id, { ...from, id, issuedAt: deps.now(), uses: 0 })
    return `${deps.baseUrl()}/response/${id}`
  }

  function use(id: string): ResponseUrl | { error: string } {
    const url = issued.get(id)
    if (!url) return { error: 'invalid_url' }
    if (deps.now() - url.issuedAt > lifetimeMs) return { error: 'expired_url' }
    if (url.uses >= maxUses) return { error: 'used_url' }
    issued.set(id, { ...url, uses: url.uses + 1 })
    return url
  }

  function remember(id: string, original: ResponseUrl['original']): void {
    const url = issued.get(id)
    if (url) issued.set(id, { ...url, original })
  }

  return { issue, use, remember, isIssued: (id: string) => issued.has(id) }
}

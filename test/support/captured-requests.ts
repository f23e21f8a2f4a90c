// Requests of real clients as they stood on the wire, with the answers that the clients accepted.
import { readFileSync } from 'node:fs'
import type { Method } from './test-service.ts'

export type Captured = {
  method: Method
  path: string
  query: Record<string, string[]>
  headers: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: bodies of others
  body: any
  // biome-ignore lint/suspicious/noExplicitAny: what the client accepted
  response: { status: number; body: any }
}

export function capturedRequests(name: string): Captured[] {
  return readFileSync(`test/fixtures/clients/${name}.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The fixtures name this procedure. */
export const capturedProcedure = '7b0c8f6e-1111-4aaa-9bbb-000000000001'

export function tokenOf({ headers }: Captured): string | null {
  return headers.Authorization?.replace('Bearer ', '') ?? null
}

export function urlOf({ path, query }: Captured): string {
  const pairs = Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value]))
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`
}

/** Where an answer lacks a key of the one that the client accepted, or has another type there; null may stand anywhere. */
export function misfits(ours: unknown, accepted: unknown, at = ''): string[] {
  if (ours === null || accepted === null) return []
  if (Array.isArray(accepted)) {
    if (!Array.isArray(ours)) return [`${at}: expected a list`]
    return accepted.length > 0 && ours.length > 0 ? misfits(ours[0], accepted[0], `${at}[0]`) : []
  }
  if (typeof accepted !== 'object')
    return typeof ours === typeof accepted ? [] : [`${at}: expected ${typeof accepted}, got ${typeof ours}`]
  return Object.entries(accepted as object).flatMap(([key, value]) =>
    typeof ours === 'object' && ours !== null && key in ours
      ? misfits((ours as Record<string, unknown>)[key], value, `${at}.${key}`)
      : [`${at}.${key} is missing`],
  )
}

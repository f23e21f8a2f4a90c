// The real service as a process of its own, as `npm start` runs it.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../demo/factory/free-port.ts'
import type { Where } from '../place.ts'
import { type ChildServer, childServer } from './child-server.ts'

export const adminToken = 'the-admin-token-of-the-bench'

export type Service = ChildServer & {
  /** As an administrator's program. @throws on an answer of 400 or more. */
  ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<unknown>
}

/** @param env more settings, such as those of Slack; `port` to come back where another one was; `checkout` of another version. */
export async function startService(
  where: Where,
  {
    env = {},
    port,
    checkout,
  }: { env?: Record<string, string>; port?: number; checkout?: string | null } = {},
): Promise<Service> {
  const url = `http://127.0.0.1:${port ?? (await freePort())}`
  const server = await childServer({
    file: checkout
      ? resolve(checkout, 'server/main.ts')
      : fileURLToPath(new URL('../../../server/main.ts', import.meta.url)),
    env: {
      ...settingsOf(where),
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      ADMIN_TOKEN: adminToken,
      LOG_LEVEL: 'error',
      ...env,
    },
    url,
    ready: '/readyz',
  })
  return { ...server, ask: (method, path, body) => ask(url, method, path, body) }
}

/** The settings by which the service opens it. */
export function settingsOf(where: Where): Record<string, string> {
  return 'url' in where ? { DATABASE_URL: where.url } : { DATA_DIR: where.directory }
}

export async function ask(
  url: string,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.status >= 400)
    throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 500)}`)
  return text === '' ? null : JSON.parse(text)
}

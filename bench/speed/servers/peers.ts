// The small servers of the bench, each as a process of its own.
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../demo/factory/free-port.ts'
import { type ChildServer, childServer } from './child-server.ts'

export function bareServer(): Promise<ChildServer> {
  return peer('./bare.ts', {})
}

/** @param url of a migrated database whose station keys it takes. */
export function insertServer(url: string): Promise<ChildServer> {
  return peer('./insert-per-request.ts', { DATABASE_URL: url })
}

async function peer(file: string, env: Record<string, string>): Promise<ChildServer> {
  const port = await freePort()
  return childServer({
    file: fileURLToPath(new URL(file, import.meta.url)),
    env: { ...env, PORT: String(port) },
    url: `http://127.0.0.1:${port}`,
    ready: '/ready',
  })
}

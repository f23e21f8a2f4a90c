// Pages on a port of this machine, for a browser to open.
import fastify, { type FastifyPluginAsync } from 'fastify'
import { afterAll } from 'vitest'

/** The address of its root. It ends with the test file. */
export async function listening(routes: FastifyPluginAsync): Promise<string> {
  const app = fastify({ forceCloseConnections: true })
  await app.register(routes)
  afterAll(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

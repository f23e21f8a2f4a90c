// Under which request something is done: for a line of the log that is written far from it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance, preHandlerHookHandler } from 'fastify'

const present = new AsyncLocalStorage<string>()

/** As the lines of that request have it; undefined outside of any, and for what stations ask and report by the thousand. */
export function requestId(): string | undefined {
  return present.getStore()
}

/** Of all routes that are added after it. */
export function requestIds(app: FastifyInstance): void {
  const within: preHandlerHookHandler = (request, _reply, done) => present.run(request.id, done)
  app.addHook('onRoute', (route) => {
    if (route.schema?.tags?.includes('stations')) return
    route.preHandler = [within, ...[route.preHandler ?? []].flat()]
  })
}

// Lets in whoever has what a route demands, before anything of a request is read and after what limits how often one may ask.
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { Authentication } from './authentication.ts'
import { readDemand } from './demands.ts'

/**
 * For all routes that are added after it.
 * @throws when one of the API does not say what it demands: it would let everybody in.
 */
export function admission(
  app: FastifyInstance,
  { admit, admitToProcedures }: Pick<Authentication, 'admit' | 'admitToProcedures'>,
): void {
  app.decorateRequest('caller', null)
  app.decorateRequest('reporter', null)
  app.addHook('onRoute', (route) => {
    const security = route.schema?.security
    if (security === undefined && route.url.startsWith('/api/'))
      throw new Error(
        `${route.method} ${route.url} does not say what it demands: expected schema.security, got nothing`,
      )
    const demand = readDemand(security)
    if (demand === null) return
    route.onRequest = [...[route.onRequest ?? []].flat(), door((request) => admit(request, demand))]
    // Stations are let in to what is their own.
    if (demand.scope !== null)
      route.preHandler = [...[route.preHandler ?? []].flat(), door(admitToProcedures)]
  })
}

/** Without a promise for who is let in at once, as a station that is known is at every poll. */
function door(letIn: (request: FastifyRequest) => Promise<void> | undefined) {
  return (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const letting = letIn(request)
    if (letting === undefined) done()
    else letting.then(() => done(), done)
  }
}

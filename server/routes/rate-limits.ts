// How much one client may ask, before anything is read for it. Stations have their own pace, behind their key, and no hook here:
// their polls are the hot path.
import { hash } from 'node:crypto'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  onResponseHookHandler,
  RouteOptions,
} from 'fastify'
import { clientAddress } from '../client-address.ts'
import { type Limited, limits } from '../limits.ts'
import { type Pace, pace } from '../pace.ts'
import type { RefusedKeys } from '../refused-keys.ts'
import { errorBody } from './errors.ts'

/** @param present real milliseconds, counted from any moment. */
export function rateLimits(app: FastifyInstance, refused: RefusedKeys, present?: () => number): void {
  const paces: Record<Limited, Pace> = {
    people: pace(limits.people, present),
    heavy: pace(limits.heavy, present),
    pages: pace(limits.pages, present),
    signIn: pace(limits.signIn, present),
    webhook: pace(limits.webhook, present),
  }
  /** Of pages: made-up cookies are no way around the limit. */
  const alsoByAddress = (kind: Limited, request: FastifyRequest) =>
    kind === 'heavy' ? paces.pages.early(byAddress(request)) : 0
  app.addHook('onRoute', (route) => {
    const kind = limitOf(route)
    if (kind === null) return
    const isApi = route.url.startsWith('/api/')
    const door: onRequestHookHandler = (request, reply, done) => {
      const client = isApi ? byToken(request) : kind === 'heavy' ? bySession(request) : byAddress(request)
      const also = isApi ? refused.wait(byAddress(request), client) : alsoByAddress(kind, request)
      const early = also || paces[kind].early(client)
      if (early === 0) done()
      else tooOften(reply, early)
    }
    const opened: onResponseHookHandler = (request, reply, done) => {
      if (reply.statusCode < 400 && request.headers.authorization !== undefined)
        refused.opened(byToken(request))
      done()
    }
    route.onRequest = [door, ...[route.onRequest ?? []].flat()]
    if (!isApi) return
    route.onResponse = [opened, ...[route.onResponse ?? []].flat()]
    const described = route.schema?.response
    if (route.schema && typeof described === 'object' && described !== null)
      route.schema = { ...route.schema, response: { ...described, 429: errorBody } }
  })
}

/** Null: a station's, which has its own pace; Slack's, which is told by its signature; and what watches over the service. */
function limitOf({ url, schema }: Pick<RouteOptions, 'url' | 'schema'>): Limited | null {
  if (ofStations.some((each) => url === each || url.startsWith(`${each}/`))) return null
  if (schema?.tags?.some((tag) => tag === 'TofuPilot' || tag === 'operation')) return null
  if (url === '/slack/events' || url.startsWith('/assets/')) return null
  if (url.startsWith('/signin') || url.startsWith('/slack/')) return 'signIn'
  if (url.startsWith('/webhooks/')) return 'webhook'
  if (heavy.test(url)) return 'heavy'
  return url.startsWith('/api/') ? 'people' : 'pages'
}

const ofStations = ['/api/v1/stations/me', '/api/v1/runs']
const heavy = /\.csv$|\/charts\/|\/replay\b|\/rebuild-tallies$|\/recomputed$|\/predicted|\/preview$/

function tooOften(reply: FastifyReply, early: number): void {
  const seconds = Math.ceil(early / 1_000)
  reply
    .code(429)
    .header('retry-after', String(seconds))
    .send({
      code: 'too_often',
      message: `More comes from here than one client may ask, and others are answered: come again in ${seconds} s.`,
    })
}

function byAddress(request: FastifyRequest): string {
  return clientAddress(request.ip)
}

/** A token that opens nothing has a limit of its own, and is refused before anything is done for it. */
function byToken(request: FastifyRequest): string {
  const { authorization } = request.headers
  const token = authorization?.match(/\S+$/)?.[0]
  return token === undefined ? byAddress(request) : hash('sha256', token)
}

/** As above. */
function bySession(request: FastifyRequest): string {
  const ours = request.headers.cookie?.match(/firstpass_(?:session|link)=[^;]+/g)
  return ours ? hash('sha256', ours.join()) : byAddress(request)
}

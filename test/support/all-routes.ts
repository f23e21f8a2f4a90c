// Every route that a service has, read off the router itself: no list that a new route could be missing from.
import type { FastifyInstance } from 'fastify'
import type { Method } from './test-service.ts'

const nobody = '00000000-0000-4000-8000-000000000000'

/** As "GET /api/v1/rollouts/:id"; HEAD and OPTIONS go with GET. */
export function allRoutes(app: FastifyInstance): string[] {
  const above: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', segment = '', methods = ''] =
        line.match(/^(.*?)[├└]── (.*?)(?: \((.*)\))?$/) ?? []
      if (segment === '') return []
      const depth = indent.length / 4
      above.length = depth
      above[depth] = segment
      const path = above.join('').replace(/\/\/+/g, '/')
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD' && method !== 'OPTIONS')
        .map((method) => `${method} ${path}`)
    })
}

/** One that can be asked for, of things that are not there unless `ids` says which. */
export function asked(route: string, ids: Record<string, string> = {}): { method: Method; url: string } {
  const [method, path = ''] = route.split(' ')
  const url = path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? nobody).replace('*', 'x')
  return { method: method as Method, url }
}

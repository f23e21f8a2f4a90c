// Threat: a route that forgot to ask who is there. Every route is open on purpose, or opens to one scope or one kind of key.
import { beforeAll, describe, expect, test } from 'vitest'
import { type Scope, scopes } from '../../server/domain/scopes.ts'
import { allRoutes, asked } from '../support/all-routes.ts'
import { testLine } from '../support/test-line.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, app } = service
await app.ready()
const routes = allRoutes(app)

/** Without any token or key, and why. */
const openOnPurpose = [
  // Whether it runs: of no procedure, no station, no person.
  ...['GET /healthz', 'GET /readyz', 'GET /metrics'],
  // How the API is used.
  ...['/docs', '/docs/', '/docs/static/index.html', '/docs/static/swagger-initializer.js'],
  ...['/docs/*', '/docs/json', '/docs/yaml'],
  // Styles and scripts.
  '/assets/:hash/:file',
  // Signed by GitHub, by the address, or about nothing.
  ...['POST /webhooks/github', 'PUT /api/v1/uploads/:id', 'GET /api/v1/streaming'],
].map((route) => (route.startsWith('/') ? `GET ${route}` : route))

/** Pages have a door of their own: a session of somebody who signed in, or the link of a rollout (page-access.test.ts). */
const pages =
  /^(GET|POST) \/($|history|fleet|signin|signout|rollouts\/|procedures\/|stations\/|deployments\/)/
const ofStations = [
  'GET /api/v1/stations/me/assignments',
  'POST /api/v1/stations/me/pickups',
  'POST /api/v1/stations/me/heartbeats',
  'POST /api/v1/uploads/initialize',
  'POST /api/v1/uploads/sync',
  'POST /api/v1/import',
  'GET /api/v2/stations/current',
  'GET /api/cli/pull',
  'GET /api/cli/pull/:procedure_id',
]
const ofBoth = ['POST /api/v1/runs', 'POST /api/v1/runs/batch', 'GET /api/v1/runs', 'POST /api/v2/runs']
const ofPeople = routes.filter(
  (route) => ![...openOnPurpose, ...ofStations, ...ofBoth].includes(route) && !pages.test(route),
)
const body = (route: string) => (route.startsWith('GET') || route.startsWith('DELETE') ? {} : { body: {} })

const tokens = {} as Record<Scope, string>
/** With all scopes but that one, and without `admin`, which contains all. */
const allBut = {} as Record<Scope, string>
let key = ''
let stranger = ''
beforeAll(async () => {
  for (const scope of scopes) {
    const made = await ask('POST', '/api/v1/tokens', { body: { name: `only ${scope}`, scopes: [scope] } })
    expect(made.status).toBe(201)
    tokens[scope] = made.body.token
    const others = scopes.filter((each) => each !== scope && each !== 'admin')
    const rest = await ask('POST', '/api/v1/tokens', { body: { name: `all but ${scope}`, scopes: others } })
    allBut[scope] = rest.body.token
  }
  const line = await testLine(service, { stations: 1 })
  key = line.bench(0).key
  const other = await testLine(service, { stations: 0 })
  const limited = await ask('POST', '/api/v1/tokens', {
    body: { name: 'limited', scopes: ['admin'], procedures: [other.procedure] },
  })
  stranger = limited.body.token
})

describe('all routes', () => {
  test('are known: each of the written ones is there, and the API has many more', () => {
    expect(routes).toEqual(expect.arrayContaining([...openOnPurpose, ...ofStations, ...ofBoth]))
    expect(ofPeople.length).toBeGreaterThan(80)
  })

  test('of the API but the open ones refuse whoever has no token or key', async () => {
    const letIn: string[] = []
    for (const route of [...ofPeople, ...ofStations, ...ofBoth]) {
      const { method, url } = asked(route)
      for (const token of [null, 'nobody', 'fpt_nobody', 'fps_nobody'])
        if (![401, 403].includes((await ask(method, url, { token, ...body(route) })).status))
          letIn.push(`${route} by ${token}`)
    }
    expect(letIn).toEqual([])
  })

  test('of people demand one scope, name it in the description, and refuse tokens of the others', async () => {
    const wrong: string[] = []
    const description = (await ask('GET', '/docs/json')).body.paths
    for (const route of ofPeople) {
      const { method, url } = asked(route)
      const path = route.split(' ')[1]?.replace(/:(\w+)/g, '{$1}') ?? ''
      const named = description[path]?.[method.toLowerCase()]?.security?.[0]?.token?.[0]
      const needed = scopes.find((each) => each === named)
      if (needed === undefined) {
        wrong.push(`${route} names ${named}`)
        continue
      }
      const isLetIn = async (token: string) => {
        const answer = await ask(method, url, { token, ...body(route) })
        return !(answer.status === 403 && answer.body.message.includes('a token with the scope'))
      }
      if (!(await isLetIn(tokens[needed]))) wrong.push(`${route} refuses ${needed}`)
      if (await isLetIn(allBut[needed])) wrong.push(`${route} lets in who lacks ${needed}`)
    }
    expect(wrong).toEqual([])
  })

  test('that only look demand the scope read, and no other route but two that compute does', async () => {
    const description = (await ask('GET', '/docs/json')).body.paths
    const demand = (route: string) => {
      const { method } = asked(route)
      const path = route.split(' ')[1]?.replace(/:(\w+)/g, '{$1}') ?? ''
      return description[path]?.[method.toLowerCase()]?.security?.[0]?.token?.[0]
    }
    const looking = ofPeople.filter((route) => route.startsWith('GET') && route !== 'GET /api/v1/tokens')
    expect(looking.filter((route) => demand(route) !== 'read')).toEqual([])
    const others = ofPeople.filter((route) => !route.startsWith('GET') && demand(route) === 'read')
    expect(others).toEqual(
      ['POST /api/v1/rollouts/preview', 'POST /api/v1/failure-rules/try'].toSorted(byPlace),
    )
  })

  test('of people refuse the key of a station, and say what was expected', async () => {
    const letIn: string[] = []
    for (const route of ofPeople) {
      const { method, url } = asked(route)
      const answer = await ask(method, url, { token: key, ...body(route) })
      if (answer.status !== 403 || !answer.body.message.includes('got a station key'))
        letIn.push(`${route}: ${answer.status}`)
    }
    expect(letIn).toEqual([])
  })

  test('of stations refuse every token, the root one too', async () => {
    const letIn: string[] = []
    for (const route of ofStations) {
      const { method, url } = asked(route)
      for (const token of [adminToken, tokens.admin, tokens.report])
        if (![401, 403].includes((await ask(method, url, { token, ...body(route) })).status))
          letIn.push(route)
    }
    expect(letIn).toEqual([])
  })

  test('refuse a token that is limited to another procedure, even one of an administrator', async () => {
    const line = await testLine(service, { stations: 1 })
    const started = await ask('POST', '/api/v1/rollouts', {
      body: { procedure_id: line.procedure, deployment_id: line.next, preset: 'two-stage' },
    })
    const letIn: string[] = []
    for (const route of [...ofPeople, 'POST /api/v1/runs', 'POST /api/v1/runs/batch', 'POST /api/v2/runs']) {
      const id = route.includes('/rollouts/')
        ? (started.body.rollout?.id ?? line.procedure)
        : route.includes('/deployments/:id')
          ? line.next
          : route.includes('/stations/:id')
            ? line.bench(0).id
            : line.procedure
      const { method, url } = asked(route, { id, stationId: line.bench(0).id, deployment_id: line.next })
      const answer = await ask(method, url, {
        token: stranger,
        ...(route.startsWith('GET') || route.startsWith('DELETE')
          ? {}
          : { body: { procedure_id: line.procedure, runs: [{ procedure_id: line.procedure }] } }),
      })
      // What cannot be read is refused before anybody asks what it is about.
      if (![403, 422, 400].includes(answer.status)) letIn.push(`${route}: ${answer.status}`)
    }
    expect(letIn).toEqual([])
  })
})

function byPlace(a: string, b: string): number {
  return ofPeople.indexOf(a) - ofPeople.indexOf(b)
}

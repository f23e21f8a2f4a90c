// A TofuPilot of this machine, over real HTTP: keys, pages, filters and the bodies of its errors as its clients know them.
// A test says what goes wrong: answers that are lost after the work was done, limits, faults, silence.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

export const tofupilotToken = 'key-of-a-user-in-tofupilot'

type StandInBuild = {
  id: string
  sha: string
  message: string
  environment: string
  status: string
  skipped: boolean
  deployed_at: string
}
type StandInStation = {
  id: string
  name: string
  team: { id: string; name: string } | null
  given: string | null
  linked: boolean
}
export type StandInRun = {
  id: string
  created_at: string
  started_at: string
  ended_at: string
  outcome: string
  serial: string
  station: StandInStation | null
  build: string | null
  phases?: unknown[]
}
type Asked = { method: string; path: string; query: URLSearchParams; body: unknown }
/** `lose`: does what was asked, and hangs up without an answer. `drop`: hangs up at once. `hold`: answers when let go. */
type Trouble =
  | { status: number; body: unknown; headers?: Record<string, string> }
  | 'lose'
  | 'drop'
  | { hold: Promise<void> }
export type StandIn = Awaited<ReturnType<typeof tofupilotStandIn>>

/** @param now its clock. */
export async function tofupilotStandIn(now: () => number) {
  const procedure = { id: '7b0c8f6e-1111-4aaa-9bbb-000000000001', name: 'Board FCT', identifier: 'FCT' }
  const stations: StandInStation[] = []
  const builds: StandInBuild[] = []
  const runs: StandInRun[] = []
  const asked: Asked[] = []
  /** Pins in the order in which they took effect. */
  const pins: { station: string; build: string }[] = []
  let pageSize = 100
  let trouble: (request: Asked) => Trouble | null = () => null

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://tofupilot.test')
    const each = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body: await bodyOf(request),
    }
    asked.push(each)
    const wrong = trouble(each)
    if (wrong === 'drop') return void request.socket.destroy()
    if (wrong && typeof wrong === 'object' && 'hold' in wrong) await wrong.hold
    if (wrong && typeof wrong === 'object' && 'status' in wrong)
      return send(response, wrong.status, wrong.body, wrong.headers)
    const answer =
      request.headers.authorization === `Bearer ${tofupilotToken}`
        ? answerTo(each)
        : error(401, 'Invalid API key', 'UNAUTHORIZED')
    if (wrong === 'lose') return void request.socket.destroy()
    send(response, answer.status, answer.body)
  }

  function answerTo({ method, path, query, body }: Asked): { status: number; body: unknown } {
    const parts = path.split('/').slice(3).map(decodeURIComponent)
    if (path.startsWith('/api/v2/') && method === 'GET') {
      if (path === '/api/v2/stations')
        return page(query, stations.filter(({ linked }) => linked).map(listedStation))
      if (parts[0] === 'stations' && parts.length === 2) {
        const found = stations.find(({ id }) => id === parts[1])
        return found ? ok(wholeStation(found)) : error(404, 'Station not found', 'NOT_FOUND')
      }
      if (path === `/api/v2/procedures/${procedure.id}`) return ok(procedure)
      if (parts[0] === 'procedures') return error(404, 'Procedure not found', 'NOT_FOUND')
      if (path === '/api/v2/deployments') return page(query, builds.map(listedBuild))
      if (path === '/api/v2/runs') return listedRuns(query)
      if (parts[0] === 'runs') {
        const found = runs.find(({ id }) => id === parts[1])
        return found
          ? ok({ ...listedRun(found), phases: found.phases ?? [], logs: [] })
          : error(404, 'Run not found', 'NOT_FOUND')
      }
    }
    if (method === 'POST' && parts[0] === 'stations' && parts[2] === 'deployments') {
      const station = stations.find(({ id }) => id === parts[1])
      const build = builds.find(({ id }) => id === parts[3])
      if (!station) return error(404, 'Station not found', 'NOT_FOUND')
      if (!build) return error(404, 'Deployment not found', 'NOT_FOUND')
      give(station, build.id)
      return ok({ id: build.id })
    }
    if (method === 'POST' && path === `/api/v2/procedures/${procedure.id}/rollback`) {
      const id =
        typeof body === 'object' && body !== null && 'deployment_id' in body ? String(body.deployment_id) : ''
      if (!builds.some((build) => build.id === id)) return error(404, 'Deployment not found', 'NOT_FOUND')
      for (const station of stations) give(station, id)
      return ok({ id })
    }
    return error(404, `No route ${method} ${path}`, 'NOT_FOUND')
  }

  function give(station: StandInStation, build: string): void {
    station.given = build
    pins.push({ station: station.name, build })
  }

  function listedRuns(query: URLSearchParams) {
    const after = Date.parse(query.get('created_after') ?? '1970-01-01')
    const before = Date.parse(query.get('created_before') ?? '2999-01-01')
    const wanted = query.getAll('deployment_ids')
    const found = runs
      .filter(({ created_at }) => Date.parse(created_at) >= after && Date.parse(created_at) <= before)
      .filter(({ build }) => wanted.length === 0 || wanted.includes(build ?? ''))
      .toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
    return page(query, found.map(listedRun))
  }

  function page(query: URLSearchParams, all: unknown[]) {
    const from = Number(query.get('cursor') ?? 0)
    const size = Math.min(pageSize, Number(query.get('limit') ?? 20))
    const next = from + size < all.length ? from + size : null
    return ok({ data: all.slice(from, from + size), meta: { has_more: next !== null, next_cursor: next } })
  }

  function listedStation({ id, name, team }: StandInStation) {
    return { id, name, procedures: [procedure], procedures_count: 1, team }
  }

  function wholeStation({ id, name, team, given }: StandInStation) {
    const build = builds.find((each) => each.id === given)
    const deployment = build && {
      deployed_at: build.deployed_at,
      commit: { sha: build.sha, message: build.message, branch: 'main' },
      repository: null,
    }
    return {
      ...{ id, name, api_key: 'tok-sta', organization_slug: 'acme', connection_status: 'connected', team },
      procedures: [{ ...procedure, runs_count: 0, deployment: deployment ?? null }],
    }
  }

  function listedBuild({ sha, message, ...build }: StandInBuild) {
    const commit = {
      id: randomUUID(),
      sha,
      message,
      author_username: 'ana',
      branch: { id: 'b', name: 'main' },
    }
    return { ...build, trigger: 'auto', procedure, commit, stations: [] }
  }

  function listedRun({ serial, station, build: _, phases: __, ...run }: StandInRun) {
    const unit = {
      id: serial,
      serial_number: serial,
      part: { id: 'p', number: 'PCB-100', name: 'Board' },
      batch: null,
    }
    return {
      ...run,
      duration: 'PT42S',
      procedure: { id: procedure.id, name: procedure.name, version: null },
      unit,
      docstring: null,
      created_by_station: station && { id: station.id, name: station.name },
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    procedure,
    stations,
    builds,
    runs,
    pins,
    asked,
    addStation(name: string, more: Partial<StandInStation> = {}): StandInStation {
      const station = { id: `st-${randomUUID()}`, name, team: null, given: null, linked: true, ...more }
      stations.push(station)
      return station
    },
    addBuild(sha: string, more: Partial<StandInBuild> = {}): StandInBuild {
      const build = {
        ...{ id: `dep_${randomUUID()}`, sha, message: `build ${sha.slice(0, 7)}`, environment: 'production' },
        ...{ status: 'ready', skipped: false, deployed_at: new Date(now()).toISOString(), ...more },
      }
      builds.push(build)
      return build
    },
    /** A run that ended now, of the build that the station is given, unless the test says otherwise. */
    addRun(station: StandInStation | null, more: Partial<StandInRun> = {}): StandInRun {
      const run = {
        ...{
          id: randomUUID(),
          created_at: new Date(now()).toISOString(),
          started_at: new Date(now() - 42_000).toISOString(),
        },
        ...{
          ended_at: new Date(now()).toISOString(),
          outcome: 'PASS',
          serial: `SN-${randomUUID().slice(0, 8)}`,
        },
        ...{ station, build: station?.given ?? null, ...more },
      }
      runs.push(run)
      return run
    },
    /** What TofuPilot itself, or a person in it, gives a station. */
    give: (station: StandInStation, build: StandInBuild) => give(station, build.id),
    /** Until the next word of it; null: all is well again. */
    misbehave(how: ((request: Asked) => Trouble | null) | null): void {
      trouble = how ?? (() => null)
    },
    pagesOf(size: number): void {
      pageSize = size
    },
    givenTo: (build: StandInBuild) =>
      stations.filter(({ given }) => given === build.id).map(({ name }) => name),
  }
}

function ok(body: unknown) {
  return { status: 200, body }
}

/** As its clients require it. */
export function error(status: number, message: string, code: string, issues?: string[]) {
  return {
    status,
    body: { message, code, ...(issues ? { issues: issues.map((each) => ({ message: each })) } : {}) },
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? null : JSON.parse(text)
}

// A server of the station protocol that can be told what to do wrong. It keeps what the real one keeps: a run once.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type Seen = {
  method: string
  path: string
  at: number
  headers: IncomingMessage['headers']
  body: string
}
/** What it does instead of answering as it should; null: as it should. */
export type Fault = {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Answers nothing and cuts the connection: before the request is taken, or after. */
  cut?: 'before' | 'after'
}

export type FaultServer = Awaited<ReturnType<typeof faultServer>>

export async function faultServer() {
  const runs = new Map<string, Record<string, string>>()
  const seen: Seen[] = []
  const artifacts = new Map<string, string>()
  const waiting = new Set<() => void>()
  let fault: (seen: Seen) => Fault | null = () => null
  let refuses: (serial: string) => number | null = () => null
  let build: object | null = { id: 'build-1', version: '1' }
  let tag = 1

  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const one: Seen = {
      method: request.method ?? '',
      path: (request.url ?? '').split('?')[0] ?? '',
      at: performance.now(),
      headers: request.headers,
      body: Buffer.concat(parts).toString(),
    }
    seen.push(one)
    const wrong = fault(one)
    if (wrong?.cut === 'before') return void request.socket.resetAndDestroy()
    if (wrong?.status !== undefined) return send(response, wrong.status, wrong.body ?? refusal, wrong.headers)
    const [status, body, headers] = await answer(one, response)
    if (wrong?.cut === 'after') return void request.socket.resetAndDestroy()
    send(response, status, body, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}`

  async function answer(
    one: Seen,
    response: ServerResponse,
  ): Promise<[status: number, body: unknown, headers?: Record<string, string>]> {
    const artifact = artifacts.get(one.path)
    if (artifact !== undefined) return [200, artifact]
    if (one.path.endsWith('/assignments')) {
      if (one.headers['if-none-match'] === `W/"${tag}"`) await changed(response)
      const etag = `W/"${tag}"`
      if (one.headers['if-none-match'] === etag) return [304, null, { etag }]
      return [200, { assignments: [{ procedure_id: 'procedure', deployment: build }] }, { etag }]
    }
    if (one.path.endsWith('/pickups') || one.path.endsWith('/heartbeats')) return [204, null]
    const results = JSON.parse(one.body).runs.map((run: Record<string, string>) => {
      const status = refuses(run.serial_number ?? '')
      if (status !== null) return { status, error: { code: 'invalid', message: 'it is refused' } }
      const id = `${run.serial_number?.toLowerCase()} ${run.started_at}`
      if (!runs.has(id)) runs.set(id, run)
      return { status: 200, id }
    })
    return [207, { results }]
  }

  function changed(response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        waiting.delete(end)
        resolve()
      }
      waiting.add(end)
      response.once('close', end)
    })
  }

  return {
    url,
    /** Of all runs that it has kept, in the order in which they came. */
    serials: () => [...runs.values()].map((run) => run.serial_number),
    seen: (path: string) => seen.filter((one) => one.path.endsWith(path)),
    fault(next: typeof fault) {
      fault = next
    },
    refuse(next: typeof refuses) {
      refuses = next
    },
    assign(next: object | null) {
      build = next
      tag += 1
      for (const end of waiting) end()
    },
    offer(path: string, content: string) {
      artifacts.set(path, content)
      return `${url}${path}`
    },
    async close() {
      server.close()
      server.closeAllConnections()
      for (const end of waiting) end()
    },
  }
}

const refusal = { code: 'fault', message: 'told to misbehave' }

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(text)
}

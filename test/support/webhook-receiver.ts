// A receiver of webhooks on a port of this machine: keeps what it is sent, and answers as the test says.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll } from 'vitest'

export type ReceivedMessage = {
  path: string
  id: string
  headers: Record<string, string>
  raw: string
  // biome-ignore lint/suspicious/noExplicitAny: what is sent is compared, never relied on
  body: any
}
type Said = { status: number; headers?: Record<string, string>; body?: string } | 'nothing'

export async function webhookReceiver() {
  const received: ReceivedMessage[] = []
  let answer: (message: ReceivedMessage) => Said = () => ({ status: 204 })
  const server = createServer(async (request, response) => {
    let raw = ''
    for await (const chunk of request) raw += chunk
    const headers = request.headers as Record<string, string>
    const message = {
      path: request.url ?? '',
      id: headers['webhook-id'] ?? '',
      headers,
      raw,
      body: JSON.parse(raw || '{}'),
    }
    received.push(message)
    const said = answer(message)
    if (said === 'nothing') return
    response.writeHead(said.status, said.headers).end(said.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const port = (server.address() as AddressInfo).port
  return {
    port,
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    at: (path: string) => received.filter((message) => message.path === path),
    answers(by: (message: ReceivedMessage) => Said) {
      answer = by
    },
  }
}

/** As receivers verify it, by the library of the specification. @throws when the signature is not of this secret. */
export function verified({ raw, headers }: ReceivedMessage, secret: string): unknown {
  return new Webhook(secret).verify(raw, headers)
}

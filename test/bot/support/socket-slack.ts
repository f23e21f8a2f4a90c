// The little of Slack that Socket Mode needs: a Web API with fixed answers, and a WebSocket that sends envelopes.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

type Answers = Record<string, object>

export async function socketSlack(answers: Answers) {
  const sockets: Duplex[] = []
  const received: { method: string; args: URLSearchParams }[] = []
  const messages: string[] = []
  const waiting = new Set<() => void>()
  const happened = () => {
    for (const check of [...waiting]) check()
  }

  const server = createServer((request, response) => void answer(request, response))
  server.on('upgrade', (request, socket) => {
    socket.write(handshake(request))
    sockets.push(socket)
    socket.on('data', (data: Buffer) => {
      for (const text of textsIn(data)) messages.push(text)
      happened()
    })
    socket.on('error', () => {})
    happened()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const method = request.url?.split('/').at(-1) ?? ''
    received.push({ method, args: new URLSearchParams(Buffer.concat(chunks).toString()) })
    const body =
      method === 'apps.connections.open' ? { ok: true, url: `ws://127.0.0.1:${port}/link` } : { ok: true }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ...body, ...answers[method] }))
    happened()
  }

  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    answers,
    received,
    messages,
    sockets,
    send: (payload: object) => sockets.at(-1)?.write(frame(JSON.stringify(payload))),
    /** As Slack does when it moves a connection elsewhere, or loses it. */
    drop: () => sockets.at(-1)?.destroy(),
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!condition()) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

/** RFC 6455, section 4.2.2. */
function handshake(request: IncomingMessage): string {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.from([0x81, 126, 0, 0])
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

/** Text frames of a client, which are always masked. */
function textsIn(data: Buffer): string[] {
  const texts: string[] = []
  let at = 0
  while (at + 2 <= data.length) {
    const opcode = (data[at] ?? 0) & 0x0f
    const short = (data[at + 1] ?? 0) & 0x7f
    const length = short === 126 ? data.readUInt16BE(at + 2) : short
    const maskAt = at + (short === 126 ? 4 : 2)
    const mask = data.subarray(maskAt, maskAt + 4)
    const payload = data
      .subarray(maskAt + 4, maskAt + 4 + length)
      .map((byte, index) => byte ^ (mask[index % 4] ?? 0))
    if (opcode === 1) texts.push(Buffer.from(payload).toString())
    at = maskAt + 4 + length
  }
  return texts
}

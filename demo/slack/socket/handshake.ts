// The opening of a WebSocket connection, seen from the server. Source: RFC 6455, section 4.2.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** The answer that switches protocols, or null for a request that asks for no WebSocket. */
export function handshake(request: IncomingMessage): string | null {
  const { headers, method } = request
  const key = headers['sec-websocket-key'] ?? ''
  const asksForIt =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    (headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/)
      .includes('upgrade') &&
    headers['sec-websocket-version'] === '13' &&
    Buffer.from(key, 'base64').length === 16
  if (!asksForIt) return null
  const accept = createHash('sha1').update(`${key}${guid}`).digest('base64')
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    '\r\n',
  ].join('\r\n')
}

export function refuseUpgrade(status: '400 Bad Request' | '404 Not Found'): string {
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
}

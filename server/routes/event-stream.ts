// A stream of server-sent events: an open answer to which words are added, for a browser's EventSource.
// Source: the HTML standard, 9.2, Server-sent events.
import type { FastifyReply } from 'fastify'

/** Real milliseconds. Proxies end an answer that has been silent for 30 to 60 s. */
const beat = 20_000
/** Who lets that many bytes wait does not read: its connection is ended. */
const mostWaiting = 64_000

/** Takes the answer over: nothing else may be sent to it. `closed` is called once, whoever ended it. */
export function eventStream(reply: FastifyReply, closed: () => void) {
  const { raw } = reply
  const headers = reply.getHeaders()
  reply.hijack()
  raw.writeHead(200, {
    ...definedOf(headers),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // For nginx, which would keep what is said until there is more of it.
    'x-accel-buffering': 'no',
  })
  const write = (text: string) => {
    if (raw.destroyed || raw.writableEnded) return
    if (raw.writableLength > mostWaiting) raw.destroy()
    else raw.write(text)
  }
  const heart = setInterval(() => write(': still here\n\n'), beat)
  const over = () => {
    clearInterval(heart)
    closed()
  }
  // Whoever asked may have gone while the door was opened.
  if (raw.destroyed) over()
  else raw.once('close', over)
  return {
    /** @param data of one line. */
    send: (event: string, data: string) => write(`event: ${event}\ndata: ${data}\n\n`),
    /** How long a browser waits before it asks again once the stream has ended. */
    retryAfter: (ms: number) => write(`retry: ${Math.round(ms)}\n\n`),
    end: () => raw.end(),
  }
}

function definedOf(headers: ReturnType<FastifyReply['getHeaders']>) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
}

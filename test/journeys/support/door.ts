// A door before a server, on which calls can be kept standing outside, or whose answers get lost on their way back.
import { createServer, request as httpRequest } from 'node:http'

export type Door = Awaited<ReturnType<typeof door>>

export async function door(target: string) {
  let held: string | null = null
  let stands = Promise.withResolvers<void>()
  let losing: string | null = null
  let lost = 0

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (held !== null && path.endsWith(held)) return stands.resolve()
    const { method = 'GET', headers } = request
    const inner = httpRequest(new URL(path, target), { method, headers }, (answer) => {
      if (losing !== null && path.endsWith(losing)) {
        lost += 1
        answer.destroy()
        response.destroy()
        return
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    inner.on('error', () => response.destroy())
    response.on('close', () => inner.destroy())
    request.pipe(inner)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the door has no address')

  return {
    url: `http://127.0.0.1:${address.port}${new URL(target).pathname}`,
    /** Calls that end in this path are sent, but neither arrive nor are answered. */
    hold(path: string): void {
      held = path
      stands = Promise.withResolvers()
    },
    /** A call stands outside. */
    stands: () => stands.promise,
    /** Calls that end in this path arrive and take effect; whoever made them does not hear of it. */
    loseAnswers(path: string): void {
      losing = path
    },
    lost: () => lost,
    open(): void {
      held = null
      losing = null
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

// A door before Slack's Web API that can keep a call standing outside: sent, not arrived, not answered.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

export type SlackDoor = Awaited<ReturnType<typeof slackDoor>>

export async function slackDoor(apiUrl: string) {
  let held: string | null = null
  let stands = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const method = (request.url ?? '').split('/').at(-1) ?? ''
    if (method === held) return stands.resolve()
    const { 'content-type': type = '', authorization = '' } = request.headers
    const headers = { 'content-type': type, authorization }
    const answer = await fetch(`${apiUrl}${method}`, { method: 'POST', headers, body: await text(request) })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the door has no address')
  return {
    url: `http://127.0.0.1:${address.port}/api/`,
    hold(method: string): void {
      held = method
      stands = Promise.withResolvers()
    },
    /** A call stands outside. */
    stands: () => stands.promise,
    open(): void {
      held = null
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

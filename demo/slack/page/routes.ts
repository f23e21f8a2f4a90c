// The page for people: its shell, its parts, its live updates and what they do on it.
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import type { FastifyInstance } from 'fastify'
import type { People } from '../people/people.ts'
import type { World } from '../state/world.ts'
import { pageActs } from './act.ts'
import { displayStylePath } from './render-display-block.ts'
import { renderParts } from './render-parts.ts'
import { renderShell } from './shell.ts'

type LookingQuery = { user?: string; place?: string; thread?: string }

export function pageRoutes(server: FastifyInstance, world: World, people: People): void {
  const act = pageActs(world, people)

  server.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(renderShell(world)))

  server.get<{ Querystring: LookingQuery }>('/page/parts', (request) => {
    const { user, place, thread } = request.query
    return renderParts(
      {
        user: user || (world.directory.people()[0]?.id ?? ''),
        place: place || (world.directory.channels()[0]?.id ?? ''),
        thread: thread ?? '',
      },
      world,
    )
  })

  server.post('/page/act', async (request) => act(request.body))

  server.get('/page/changes', (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const tell = () => reply.raw.write(`data: ${world.changes.revision()}\n\n`)
    tell()
    const stop = world.changes.subscribe(tell)
    request.raw.on('close', stop)
  })

  server.get<{ Params: { file: string } }>('/page/style/:file', async (request, reply) => {
    if (!/^[a-z-]+\.css$/.test(request.params.file)) return reply.code(404).send()
    const style = await readFile(new URL(`style/${request.params.file}`, import.meta.url))
    return reply.type('text/css').send(style)
  })
  server.get('/page/blocks.css', async (_request, reply) =>
    reply.type('text/css').send(await readFile(displayStylePath())),
  )
  server.get<{ Params: { file: string } }>('/page/client/:file', async (request, reply) => {
    if (!/^[a-z-]+\.ts$/.test(request.params.file)) return reply.code(404).send()
    const source = await readFile(new URL(`client/${request.params.file}`, import.meta.url), 'utf8')
    return reply.type('text/javascript').send(stripTypeScriptTypes(source))
  })

  server.get<{ Params: { id: string; name: string } }>('/files/:id/:name', (request, reply) => {
    const file = world.files.find(request.params.id)
    if (!file?.bytes) return reply.code(404).send()
    return reply.type(file.mimetype).header('content-security-policy', "script-src 'none'").send(file.bytes)
  })

  server.get<{ Params: { channel: string; message: string }; Querystring: { thread_ts?: string } }>(
    '/archives/:channel/:message',
    (request, reply) => {
      const { channel, message } = request.params
      const ts = message.replace(/^p(\d+)(\d{6})$/, '$1.$2')
      const thread = request.query.thread_ts ?? ts
      return reply.redirect(`/?place=${encodeURIComponent(channel)}&thread=${encodeURIComponent(thread)}`)
    },
  )
}

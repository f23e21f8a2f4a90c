// The page for people: its shell, its parts, its live updates and what they do on it.
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import type { FastifyInstance } from 'fastify'
import type { OfferedShortcut } from '../people/shortcut.ts'
import type { RunningTeam } from '../workspace.ts'
import { pageActs } from './act.ts'
import { displayStylePath } from './render-display-block.ts'
import { renderParts } from './render-parts.ts'
import { renderShell } from './shell.ts'

type LookingQuery = { team?: string; user?: string; place?: string; thread?: string }

export function pageRoutes(
  server: FastifyInstance,
  teams: RunningTeam[],
  app: { shortcuts: OfferedShortcut[]; dropSockets: () => void },
): void {
  const worlds = teams.map(({ world }) => world)
  const { dropSockets } = app
  const acting = new Map(
    teams.map(({ world, acts }) => [world.team.teamId, pageActs({ world, people: acts, dropSockets })]),
  )
  const inTeam = (id: string | undefined) => worlds.find(({ team }) => team.teamId === id) ?? worlds[0]

  server.get<{ Querystring: LookingQuery }>('/', (request, reply) => {
    const world = inTeam(request.query.team)
    if (!world) return reply.code(404).send()
    const shell = renderShell(world, worlds, app.shortcuts)
    return reply.type('text/html; charset=utf-8').send(shell)
  })

  server.get<{ Querystring: LookingQuery }>('/page/parts', (request, reply) => {
    const { team, user, place, thread } = request.query
    const world = inTeam(team)
    if (!world) return reply.code(404).send()
    const looking = {
      user: user || (world.directory.people()[0]?.id ?? ''),
      place: place || (world.directory.channels()[0]?.id ?? ''),
      thread: thread ?? '',
    }
    return renderParts(looking, world, app.shortcuts)
  })

  server.post<{ Querystring: LookingQuery }>('/page/act', async (request) =>
    acting.get(inTeam(request.query.team)?.team.teamId ?? '')?.(request.body),
  )

  server.get('/page/changes', (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const changes = worlds[0]?.changes
    const tell = () => reply.raw.write(`data: ${changes?.revision()}\n\n`)
    tell()
    const stop = changes?.subscribe(tell)
    request.raw.on('close', () => stop?.())
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

  /** A person sees a file without a token of their own; an app asks at `url_private`. */
  server.get<{ Params: { id: string } }>('/page/files/:id', (request, reply) => {
    const file = worlds.map(({ files }) => files.find(request.params.id)).find(Boolean)
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

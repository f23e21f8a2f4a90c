// Tells an open page that its rollout has changed; the page then fetches itself anew and swaps the parts that did.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { rolloutId } from '../../domain/ids.ts'
import type { RolloutWatchers } from '../../rollout-watchers.ts'
import { eventStream } from '../event-stream.ts'
import { type PageDoor, unlisted } from './door.ts'

const params = z.object({ id: z.string() })

/** Real milliseconds. Then the browser asks anew, and so does the door. */
const longest = 10 * 60_000

export function livePages(
  app: FastifyInstance,
  { watchers, door }: { watchers: Pick<RolloutWatchers, 'watch'>; door: PageDoor },
): void {
  app.get('/rollouts/:id/live', unlisted, async (request, reply) => {
    const asked = params.parse(request.params)
    const opened = await door.open(request, reply, { rollout: asked.id })
    if (!opened) return reply
    const id = rolloutId.safeParse(asked.id).data
    if (!id) return reply.callNotFound()
    let stream: ReturnType<typeof eventStream> | null = null
    const unwatch = watchers.watch(id, {
      heard: (mark) => stream?.send('mark', mark),
      ended: () => stream?.end(),
    })
    if (unwatch === null) return reply.code(503).header('retry-after', '60').send()
    const age = setTimeout(() => stream?.end(), spread(longest))
    stream = eventStream(reply, () => {
      clearTimeout(age)
      unwatch()
    })
    stream.retryAfter(spread(4_000))
    return reply
  })
}

/** Half to one and a half times as long, so that all who lost a service do not come back at one moment. */
function spread(ms: number): number {
  return ms * (0.5 + Math.random())
}

// Lets the set faults strike a call: before it takes effect, or when its answer is on the way.
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { Shared } from '../state/shared.ts'
import { type Answer, refuse } from './answer.ts'

export type Outcome = { answer: Answer; status: number; sent: boolean }

export async function underFaults(
  name: string,
  channel: string | undefined,
  reply: FastifyReply,
  world: Shared,
  run: () => Promise<Answer>,
): Promise<Outcome> {
  const struck = world.faults.strike(name, channel)
  for (const fault of struck) if (fault.kind === 'slow') await delay(fault.delayMs)
  for (const fault of struck) {
    switch (fault.kind) {
      case 'away':
        return hangUp(reply, refuse('connection_closed'))
      case 'ratelimited':
        reply.header('retry-after', String(fault.retryAfterSeconds))
        return { answer: refuse('ratelimited'), status: 429, sent: false }
      case 'error500':
        return { answer: refuse('internal_error'), status: 500, sent: false }
      case 'error':
        return { answer: refuse(fault.error), status: 200, sent: false }
      case 'slow':
      case 'answer-lost':
        break
    }
  }
  const answer = await run()
  if (struck.some((fault) => fault.kind === 'answer-lost')) return hangUp(reply, answer)
  return { answer, status: 200, sent: false }
}

function hangUp(reply: FastifyReply, answer: Answer): Outcome {
  reply.hijack()
  reply.raw.destroy()
  return { answer, status: 0, sent: true }
}

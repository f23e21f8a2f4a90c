// Counts and logs what is asked of rollouts through any door, and what came of it: after the commit, so that nothing is counted that
// was taken back.

import type { FastifyBaseLogger } from 'fastify'
import type { RolloutId } from '../domain/ids.ts'
import { isRefusal, type Refusal } from '../domain/rollout/commands.ts'
import type { Service } from '../service.ts'
import type { Observer } from './observer.ts'
import { requestId } from './request-id.ts'

export function observedService(
  service: Service,
  { around, decided }: Pick<Observer, 'around' | 'decided'>,
  log: FastifyBaseLogger,
): Service {
  async function observed<Result extends object>(
    command: string,
    rolloutId: RolloutId | undefined,
    does: () => Promise<Result | Refusal>,
  ): Promise<Result | Refusal> {
    const result = await around({ name: 'decision', rolloutId, about: { command } }, does)
    const outcome = isRefusal(result) ? result.refused : isRepeat(result) ? 'nothing' : 'done'
    decided(command, outcome)
    const about = { reqId: requestId(), rollout: rolloutId ?? startedBy(result) }
    log.info({ ...about, command, decision: outcome }, 'a decision')
    return result
  }
  return {
    ...service,
    start: (...asked) => observed('start', undefined, () => service.start(...asked)),
    command: (id, verb, ...asked) => observed(verb.verb, id, () => service.command(id, verb, ...asked)),
    retry: (id, ...asked) => observed('retry', id, () => service.retry(id, ...asked)),
    supersede: (id, ...asked) => observed('supersede', id, () => service.supersede(id, ...asked)),
    rollback: (...asked) => observed('rollback', undefined, () => service.rollback(...asked)),
  }
}

/** The same command twice is one: the second makes no event. */
function isRepeat(result: object): boolean {
  return 'events' in result && Array.isArray(result.events) && result.events.length === 0
}

function startedBy(result: object): unknown {
  const rollout = 'rollout' in result ? result.rollout : null
  return typeof rollout === 'object' && rollout !== null && 'id' in rollout ? rollout.id : undefined
}

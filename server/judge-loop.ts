// When rollouts are judged and stations looked at: after every batch of runs and on a clock, each by one at a time.
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { ProcedureId } from './domain/ids.ts'

type Judge<Id extends string> = {
  judge(id: Id): Promise<void>
  judgedIds(procedureId?: ProcedureId): Promise<Id[]>
}

/** `restMs`: between two rounds of one; at hundreds of runs a second every round takes in many of them. */
type Pace = { everyMs: number; restMs: number }

/** Requests that come while one is being judged, or rests from it, are gathered into one more round. */
export function judgeLoop<Id extends string>(
  { judge, judgedIds }: Judge<Id>,
  log: FastifyBaseLogger,
  { everyMs, restMs }: Pace = { everyMs: 1_000, restMs: 100 },
) {
  const underWay = new Map<Id, Promise<void>>()
  const again = new Set<Id>()
  const stopping = new AbortController()

  function request(id: Id): void {
    if (stopping.signal.aborted) return
    if (underWay.has(id)) {
      again.add(id)
      return
    }
    const round = judge(id)
      .catch((error: unknown) => log.error({ err: error, id }, 'judging failed; it is tried again'))
      .then(() => pause(restMs, undefined, { signal: stopping.signal }).catch(() => undefined))
      .finally(() => {
        underWay.delete(id)
        if (again.delete(id)) request(id)
      })
    underWay.set(id, round)
  }

  async function requestAll(procedureId?: ProcedureId): Promise<void> {
    try {
      for (const id of await judgedIds(procedureId)) request(id)
    } catch (error) {
      log.error({ err: error }, 'what is to be judged could not be read; it is looked for again')
    }
  }

  const clock = setInterval(() => void requestAll(), everyMs)
  return {
    request,
    requestAll,
    async stop(): Promise<void> {
      stopping.abort()
      clearInterval(clock)
      await Promise.all(underWay.values())
    },
  }
}

// When rollouts are judged: after every batch of runs and on a clock, each rollout by one judge at a time.
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { ProcedureId, RolloutId } from './domain/ids.ts'

type Judge = {
  judge(id: RolloutId): Promise<void>
  judgedIds(procedureId?: ProcedureId): Promise<RolloutId[]>
}

/** Between two rounds of one rollout: at hundreds of runs a second every round takes in many of them. */
const restMs = 100

/** Requests that come while a rollout is being judged, or rests from it, are gathered into one more round. */
export function judgeLoop({ judge, judgedIds }: Judge, log: FastifyBaseLogger, everyMs = 1_000) {
  const underWay = new Map<RolloutId, Promise<void>>()
  const again = new Set<RolloutId>()
  let stopped = false

  function request(id: RolloutId): void {
    if (stopped) return
    if (underWay.has(id)) {
      again.add(id)
      return
    }
    const round = judge(id)
      .catch((error: unknown) => log.error({ err: error, rollout: id }, 'judging failed; it is tried again'))
      .then(() => pause(restMs))
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
      log.error({ err: error }, 'live rollouts could not be read; they are looked for again')
    }
  }

  const clock = setInterval(() => void requestAll(), everyMs)
  return {
    request,
    requestAll,
    async stop(): Promise<void> {
      stopped = true
      clearInterval(clock)
      await Promise.all(underWay.values())
    },
  }
}

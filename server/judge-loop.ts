// When rollouts are judged and stations looked at: after every batch of runs and on a clock, each by one at a time.
import type { FastifyBaseLogger } from 'fastify'
import { coalesced } from './coalesced.ts'
import type { ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'

/** `asked`: by the database's clock. A round that began later has seen all that this one is asked for. */
type Due<Id> = { id: Id; asked: Instant }

type Judge<Id extends string> = {
  /** `'again'`: another process was at it, and began before it was asked. */
  judge(id: Id, asked: Instant): Promise<'again' | undefined>
  /** Of a procedure all; else those that nobody has judged lately. */
  due(procedureId?: ProcedureId): Promise<Due<Id>[]>
}

/**
 * `restMs`: between two rounds of one; at hundreds of runs a second every round takes in many of them. `atOnce`: rounds
 * at a time, so that with hundreds of live rollouts judging leaves connections and the processor to others.
 */
type Pace = { everyMs: number; restMs: number; atOnce: number }
/** What the log calls what is judged. */
type Judged = 'rollout' | 'procedure'

/** Requests that come while one is being judged, or rests from it, are gathered into one more round. */
export function judgeLoop<Id extends string>(
  { judge, due }: Judge<Id>,
  log: FastifyBaseLogger,
  { everyMs, restMs, atOnce }: Pace = { everyMs: 1_000, restMs: 100, atOnce: 3 },
  judged: Judged = 'rollout',
) {
  const lastAsked = new Map<Id, Instant>()
  const rounds = coalesced<Id>({
    async work(id) {
      const asked = lastAsked.get(id) ?? 0
      lastAsked.delete(id)
      try {
        const outcome = await judge(id, asked)
        if (outcome === 'again') note(id, asked)
        return outcome
      } catch (error) {
        log.error({ err: error, [judged]: id }, 'judging failed; it is tried again')
        return undefined
      }
    },
    restMs,
    atOnce,
  })
  // A flush of runs asks what is live of its procedure: at a hundred flushes a second that is looked up ten times.
  const lookups = coalesced<ProcedureId | null>({
    async work(procedureId) {
      try {
        for (const { id, asked } of await due(procedureId ?? undefined)) {
          note(id, asked)
          rounds.request(id)
        }
      } catch (error) {
        log.error({ err: error }, 'what is to be judged could not be read; it is looked for again')
      }
      return undefined
    },
    restMs,
    atOnce: 2,
  })

  function note(id: Id, asked: Instant): void {
    lastAsked.set(id, Math.max(asked, lastAsked.get(id) ?? 0))
  }

  const clock = setInterval(() => lookups.request(null), everyMs)
  return {
    request: rounds.request,
    waiting: rounds.waiting,
    requestAll: (procedureId: ProcedureId) => lookups.request(procedureId),
    async stop(): Promise<void> {
      clearInterval(clock)
      await lookups.stop()
      await rounds.stop()
    },
  }
}

// Replays: history is read a station at a time, played in a thread, and what comes of it is kept.
import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../db/client.ts'
import { endedRollouts } from '../db/ended-rollouts.ts'
import { type Procedure, procedureById } from '../db/registry.ts'
import { addReplay, lastReplays, touchReplay } from '../db/replays.ts'
import { triedPlan } from './backtest.ts'
import { readHistory } from './backtest-history.ts'
import { breather } from './breather.ts'
import type { Actor } from './domain/actor.ts'
import { actingGates } from './domain/backtest/played.ts'
import { type ReplayAsked, replayedDrops } from './domain/backtest/replay-asked.ts'
import type { ReplayResult } from './domain/backtest/replay-result.ts'
import { engine } from './domain/gates/evaluate-gates.ts'
import type { ProcedureId } from './domain/ids.ts'
import { type Instant, minute } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { pastDecisions, pastRuns } from './past-rollouts.ts'
import { refuse } from './refuse.ts'
import { type FromReplay, fromReplay, type ToReplay } from './replay-messages.ts'
import type { ReplayService } from './service/replay.ts'

type Deps = { database: Database; now: () => Instant; log: FastifyBaseLogger }

/** Of a history: some fifty megabytes here, and as much in the thread. */
const mostRuns = 300_000
/** Real time of playing; then what was played is reported. */
const patienceMs = 5 * minute
/** One that has shown no sign of life for so long ended with its process. */
const silentMs = 2 * minute
const touchEveryMs = 2_000

export type ReplayRunner = ReplayService & { stop(): Promise<void> }

export function replays({ database, now, log }: Deps): ReplayRunner {
  const { db } = database
  let under: { name: string; worker: Worker | null; ended: Promise<void> } | null = null
  let stopped = false

  async function run(procedure: Procedure, id: number, asked: ReplayAsked): Promise<void> {
    const own = { procedureId: procedure.id, id }
    try {
      const found = await play(procedure, own, asked)
      await touchReplay(db, own, { progress: 1, result: found, at: now(), isOver: true })
    } catch (error) {
      if (stopped) return
      log.error({ err: error, procedureId: procedure.id }, 'a replay failed')
      const failedWhy = error instanceof Error ? error.message : String(error)
      await touchReplay(db, own, { failedWhy, at: now(), isOver: true })
    }
  }

  async function play(
    procedure: Procedure,
    own: { procedureId: ProcedureId; id: number },
    asked: ReplayAsked,
  ): Promise<ReplayResult> {
    const plan = await triedPlan(db, procedure, {
      preset: asked.preset,
      riskClass: asked.riskClass === 'policy' ? null : asked.riskClass,
    })
    const withMetrics = actingGates(plan).some(({ metric }) => metric === 'custom')
    const read = await readHistory(db, procedure.id, { ...asked, withMetrics }, mostRuns)
    if (read === null) throw new Error('expected runs to replay, got none: let its stations report some')
    const worker = new Worker(new URL('./replay-worker.ts', import.meta.url))
    if (under) under.worker = worker
    try {
      const answer = answerOf(worker, (progress) => touchReplay(db, own, { progress, at: now() }))
      const send = (message: ToReplay) => worker.postMessage(message)
      const breathe = breather()
      for (const station of read.history.stations) {
        send({ kind: 'station', station })
        await breathe()
      }
      const rollouts = await endedRollouts(db, procedure.id, { rollouts: 10, stations: 60 })
      const past = await pastRuns(db, procedure.id, rollouts, withMetrics, (one) =>
        send({ kind: 'past', past: one }),
      )
      send({
        kind: 'begin',
        plan,
        asked: { rollouts: asked.rollouts, seed: asked.seed, drops: replayedDrops },
        from: read.history.from,
        to: read.history.to,
        runsWithoutBuild: read.runsWithoutBuild,
        patienceMs,
      })
      const { report, noReport, cutFrom, redecided } = await answer
      return {
        report,
        noReport,
        cutFrom,
        stationsLeftOut: read.stationsLeftOut,
        runsWithoutBuild: read.runsWithoutBuild,
        past: await pastDecisions(db, procedure.id, rollouts, redecided),
        pastLeftOut: past.leftOut,
        engine,
      }
    } finally {
      await worker.terminate()
    }
  }

  async function begin(
    procedureId: ProcedureId,
    asked: ReplayAsked,
    by: Actor,
  ): Promise<{ did: string; id: number } | Refusal> {
    const procedure = await procedureById(db, procedureId)
    if (!procedure)
      return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
    if (under || stopped)
      return refuse(
        'not now',
        `a replay of ${under?.name ?? 'another procedure'} is under way, and one is played at a time`,
        'Come again when it has ended.',
      )
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    under = { name: procedure.name, worker: null, ended }
    const free = () => {
      under = null
      resolve()
    }
    try {
      const id = await addReplay(db, { procedureId, asked, by, at: now() })
      void run(procedure, id, asked).finally(free)
      return { did: `began to replay ${asked.rollouts} rollouts of ${procedure.name}`, id }
    } catch (error) {
      free()
      throw error
    }
  }

  return {
    startReplay: begin,
    async replays(procedureId) {
      if (!(await procedureById(db, procedureId))) return null
      const { ended, open } = await lastReplays(db, procedureId)
      const lives = open !== null && now() - open.touchedAt < silentMs
      return { ended, open: lives ? open : null }
    },
    async stop() {
      stopped = true
      const last = under
      await last?.worker?.terminate()
      await last?.ended
    },
  }
}

/** What the thread has found; its progress is written down every few seconds. */
function answerOf(
  worker: Worker,
  touch: (progress: number) => Promise<void>,
): Promise<Extract<FromReplay, { kind: 'done' }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<FromReplay, { kind: 'done' }>>()
  let touchedAt = 0
  worker.on('message', (sent: unknown) => {
    const message = fromReplay(sent)
    if (message.kind === 'done') resolve(message)
    else if (message.kind === 'failed') reject(new Error(message.why))
    else if (performance.now() - touchedAt > touchEveryMs) {
      touchedAt = performance.now()
      touch(message.progress).catch(reject)
    }
  })
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the thread of a replay ended before it had found anything')))
  return promise
}

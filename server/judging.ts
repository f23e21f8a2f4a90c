// Judging: what stations have shown and what the gates say, brought before the decider, one rollout at a time.
import { isDeepStrictEqual } from 'node:util'
import type { FastifyBaseLogger } from 'fastify'
import type { Database, Db } from '../db/client.ts'
import { recordVerdict } from '../db/recorded-verdicts.ts'
import { stationsById } from '../db/registry.ts'
import {
  judgedRollouts,
  type LoadedRollout,
  lastRecordedVerdictAt,
  saveVerdict,
  takeToJudge,
} from '../db/rollout-storage.ts'
import { applyCommand, type Deliveries, refreshOverviews } from './apply-command.ts'
import { rememberedChanges } from './build-changes.ts'
import { caughtUp } from './caught-up.ts'
import { firstpass } from './domain/actor.ts'
import { closedBecause } from './domain/closed-because.ts'
import { occasionsOf } from './domain/containment.ts'
import type { GateQuestion } from './domain/gates/question.ts'
import type { Verdict } from './domain/gates/verdict.ts'
import type { ProcedureId, RolloutId } from './domain/ids.ts'
import { type Instant, minute } from './domain/instant.ts'
import { isRefusal, type JudgePolicy } from './domain/rollout/commands.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import { stageReadiness, startReadiness } from './domain/rollout/readiness.ts'
import {
  type Completed,
  canaryStations,
  isRunning,
  isTerminal,
  type Pending,
  type RolloutState,
  type Running,
} from './domain/rollout/state.ts'
import { policyOf } from './policy-of.ts'
import { startClosed } from './stage-closed.ts'
import { stageFacts } from './stage-facts.ts'
import { nobodyLooks, type Observer } from './telemetry/observer.ts'
import { verdictOf } from './verdict-of.ts'

/** Evidence asks by itself, where it comes in: the clock is for what time alone brings. A tenth is for its own wobble. */
const unseenMs = 900

type Deps = {
  database: Database
  now: () => Instant
  deliveries: Deliveries
  observer?: Pick<Observer, 'around' | 'judged'>
  /** Hears what gates decide. */
  log?: Pick<FastifyBaseLogger, 'info'>
}
/** `did`: the events that came of it. */
type Said = { verdict: Verdict; did: RolloutEvent['type'][] }
type Judged = { before: Verdict | null; verdict: Verdict; question: GateQuestion; decided: boolean }

/** Brings one rollout up to date with its evidence: facts of stations, verdict, and what follows, in one transaction. */
export function judging({ database, now, deliveries, observer = nobodyLooks, log }: Deps) {
  const changed = rememberedChanges()

  async function judge(id: RolloutId, asked: Instant): Promise<'again' | undefined> {
    const said = await observer.around({ name: 'judging', rolloutId: id }, () =>
      database.db.transaction(async (tx: Db) => {
        const taken = await takeToJudge(tx, id, asked)
        if (taken === 'held') return 'again'
        return taken === 'judged since' ? null : judgeTaken(tx, taken)
      }),
    )
    if (said === 'again' || said === null) return said ?? undefined
    const { verdict, did } = said
    observer.judged(verdict.gates, verdict.overall)
    if (did.length > 0) log?.info({ rollout: id, verdict: verdict.overall, did }, 'a judgement')
    return undefined
  }

  async function judgeTaken(tx: Db, loaded: LoadedRollout): Promise<Said | null> {
    const at = now()
    if (loaded.state.status === 'completed') return watch(tx, loaded, loaded.state, at)
    if (isTerminal(loaded.state)) return null
    const shown = await caughtUp(tx, loaded, at, deliveries, changed)
    let { state } = shown
    if (state.status === 'pending') return callApprovers(tx, state, at)
    if (isRunning(state)) {
      const { verdict, question } = await verdictOf(tx, state, loaded, at)
      const readiness = stageReadiness(state, await stageFacts(tx, state, verdict, at, shown.changes), at)
      const policy = await judgePolicy(tx, state, at)
      const judged = await applyCommand(
        tx,
        { state },
        { type: 'judge', verdict, readiness, policy, by: firstpass },
        at,
        deliveries,
      )
      if (!isRefusal(judged)) state = judged.state
      const decided = !isRefusal(judged) && judged.events.length > 0
      await keep(tx, state, { before: loaded.verdict, verdict, question, decided })
      return { verdict, did: decided ? judged.events.map(({ type }) => type) : [] }
    }
    return null
  }

  async function callApprovers(tx: Db, state: Pending, at: Instant): Promise<null> {
    const readiness = startReadiness(state, await startClosed(tx, state, at), at)
    await applyCommand(tx, { state }, { type: 'call approvers', readiness, by: firstpass }, at, deliveries)
    return null
  }

  /** After completion no base is left: each station is compared with its own past, by the drift last known. */
  async function watch(
    tx: Db,
    loaded: LoadedRollout,
    completed: Completed,
    at: Instant,
  ): Promise<Said | null> {
    if (at >= completed.watchUntil) return null
    const { verdict, question } = await verdictOf(tx, completed, loaded, at)
    const judged = await applyCommand(tx, loaded, { type: 'watch', verdict, by: firstpass }, at, deliveries)
    const decided = !isRefusal(judged) && judged.events.length > 0
    await keep(tx, completed, { before: loaded.verdict, verdict, question, decided })
    return { verdict, did: decided ? judged.events.map(({ type }) => type) : [] }
  }

  /** `decided`: something was decided on it, so that it stays on record whenever the last one was. */
  async function keep(
    tx: Db,
    state: RolloutState,
    { before, verdict, question, decided }: Judged,
  ): Promise<void> {
    const same = before !== null && sameNumbers(before, verdict)
    // Without new numbers the soak clock still goes on: the card is brought up to date once a minute.
    if (same && !decided && verdict.at - before.at < minute) return
    const last = await lastRecordedVerdictAt(tx, state)
    const notable = before?.overall !== verdict.overall || last === null || verdict.at - last >= minute
    await saveVerdict(tx, state, verdict)
    if (decided || (notable && !same)) await recordVerdict(tx, state, verdict, question)
    if ('stageIndex' in state)
      await deliveries.send(tx, {
        kind: 'card',
        rolloutId: state.id,
        stageIndex: Math.max(0, state.stageIndex),
      })
    // A stage becomes ready without an event: by its soak clock, or by one more unit.
    if (notable) await refreshOverviews(tx, state, deliveries)
    if (notable && occasionsOf(state).length > 0)
      await deliveries.send(tx, { kind: 'containment', rolloutId: state.id })
  }

  return {
    judge,
    due: (procedureId?: ProcedureId) =>
      judgedRollouts(database.db, now(), procedureId ? { procedureId } : { unseenMs }),
  }
}

/** A policy that is switched off protects from the next look on. */
async function judgePolicy(tx: Db, state: Running, now: Instant): Promise<JudgePolicy> {
  const { autoRollback, alerts, overnight, ...hours } = await policyOf(tx, state.procedureId)
  const escalateAfterMs = alerts.second === null ? null : alerts.escalateAfterMinutes * minute
  if (overnight === 'go on') return { autoRollback, rests: null, escalateAfterMs }
  const stations = await stationsById(tx, canaryStations(state))
  const sites = [...new Set(stations.map((station) => station.site))].sort()
  const rests = closedBecause({ ...hours, freezes: [] }, sites, now)?.why ?? null
  return { autoRollback, rests, escalateAfterMs }
}

/** The database returns a verdict with its keys in another order. */
function sameNumbers(kept: Verdict, made: Verdict): boolean {
  const { at: _at, watermark: _watermark, ...numbers } = JSON.parse(JSON.stringify(made))
  const { at: _keptAt, watermark: _keptWatermark, ...before } = kept
  return isDeepStrictEqual(numbers, before)
}

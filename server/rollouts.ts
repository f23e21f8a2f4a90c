// Rollouts for every door: start, the verbs, and what leads from one rollout to another.
import type { Database, Db } from '../db/client.ts'
import { recordVerdict } from '../db/recorded-verdicts.ts'
import { loadRollout, rememberCommand, rememberedCommand, rolloutAndCommand } from '../db/rollout-storage.ts'
import { applyCommand, type Deliveries } from './apply-command.ts'
import { caughtUp } from './caught-up.ts'
import type { Actor } from './domain/actor.ts'
import { seenEvidence, type Verdict } from './domain/gates/verdict.ts'
import type { DeploymentId, ProcedureId, RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type Against, type Command, isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { describeEvents } from './domain/rollout/describe.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import { outdatedForGood } from './domain/rollout/outdated.ts'
import { type StageFacts, stageReadiness } from './domain/rollout/readiness.ts'
import { isRunning, isTerminal } from './domain/rollout/state.ts'
import { refuse } from './refuse.ts'
import { type RollbackIssued, rollBack } from './roll-back.ts'
import type { Done, Outcome, RolloutVerb, Service, StartInput } from './service.ts'
import { startClosed } from './stage-closed.ts'
import { stageFacts } from './stage-facts.ts'
import { startRollout } from './start-rollout.ts'
import { verdictOf } from './verdict-of.ts'

type Deps = {
  database: Database
  now: () => Instant
  deliveries: Deliveries
  view: (id: RolloutId) => Promise<Done['rollout']>
}
type Changed = { id: RolloutId; did: string; events: RolloutEvent[] }

/** The verbs of a rollout. Each is one transaction; what it answers is read after the commit. */
export function rollouts({ database, now, deliveries, view }: Deps) {
  const transaction = <T>(work: (tx: Db) => Promise<T>): Promise<T> =>
    database.db.transaction((tx) => work(tx))

  async function answered(changed: Changed | Refusal): Promise<Outcome> {
    if (isRefusal(changed)) return changed
    return { rollout: await view(changed.id), did: changed.did, events: changed.events }
  }

  /** The same command twice is one: the second is told what the first did. */
  async function once(
    tx: Db,
    commandId: string | undefined,
    work: () => Promise<Changed | Refusal>,
  ): Promise<Changed | Refusal> {
    if (commandId === undefined) return work()
    const known = await rememberedCommand(tx, commandId)
    if (known) return { id: known.rolloutId, did: known.did, events: [] }
    const changed = await work()
    if (isRefusal(changed)) return changed
    const procedureId = (await loadRollout(tx, changed.id))?.state.procedureId
    if (procedureId)
      await rememberCommand(tx, {
        id: commandId,
        procedureId,
        rolloutId: changed.id,
        did: changed.did,
        at: now(),
      })
    return changed
  }

  /**
   * What a click on an old card is told, without a look at its stations and without waiting for whoever decides just now:
   * of a card that a whole shift looks at there are many, and they must not hold up those that decide.
   */
  async function tooLate(
    id: RolloutId,
    verb: RolloutVerb,
    against: Against | undefined,
    commandId: string | undefined,
  ): Promise<Refusal | null> {
    if (verb.verb === 'abort' || against?.version === undefined) return null
    const found = await rolloutAndCommand(database.db, id, commandId ?? null)
    return found && !found.isRepeat ? outdatedForGood(against, found.state) : null
  }

  async function command(
    tx: Db,
    id: RolloutId,
    verb: RolloutVerb,
    by: Actor,
    against?: Against,
  ): Promise<Changed | Refusal> {
    const stored = await loadRollout(tx, id, true)
    if (!stored) return refuse('not found', 'there is no such rollout', 'Look at the list of rollouts.')
    const at = now()
    const loaded = await caughtUp(tx, stored, at, deliveries)
    const { state } = loaded
    const judged = isRunning(state) ? await verdictOf(tx, state, loaded, at) : null
    const verdict = judged?.verdict ?? null
    const readiness = isRunning(state)
      ? stageReadiness(
          state,
          await stageFacts(tx, state, verdict, at, loaded.changes, verb.verb === 'set' ? verb.share : null),
          at,
        )
      : { items: [], ready: false }
    const applied = await applyCommand(
      tx,
      loaded,
      { ...toCommand(verb, readiness, verdict, await startClosed(tx, state, at)), by, against },
      at,
      deliveries,
    )
    if (isRefusal(applied)) return applied
    if (judged && applied.events.length > 0) await recordVerdict(tx, state, judged.verdict, judged.question)
    return { id, events: applied.events, did: describeEvents(applied.events, applied.state) }
  }

  async function supersede(tx: Db, id: RolloutId, input: StartInput, by: Actor): Promise<Changed | Refusal> {
    const stored = await loadRollout(tx, id, true)
    if (!stored || isTerminal(stored.state) || stored.state.status === 'aborting')
      return refuse('not now', 'that rollout is not live', 'Start the new build instead.')
    if (stored.state.procedureId !== input.procedureId)
      return refuse(
        'invalid',
        'a rollout is superseded by a build of its own procedure',
        'Choose a build of the same procedure.',
      )
    const why = `superseded by another build${input.reason ? `: ${input.reason}` : ''}`
    const away = await applyCommand(
      tx,
      await caughtUp(tx, stored, now(), deliveries),
      { type: 'supersede', successor: input.deploymentId, why, by },
      now(),
      deliveries,
    )
    if (isRefusal(away)) return away
    const next = await startRollout(tx, input, by, now(), deliveries)
    // An expected "no" after the first half is done: the whole transaction is taken back.
    if (isRefusal(next)) throw new Undo(next)
    return next
  }

  return {
    start: (input: StartInput, by: Actor, commandId?: string) =>
      transaction((tx) => once(tx, commandId, () => startRollout(tx, input, by, now(), deliveries))).then(
        answered,
      ),
    command: async (id: RolloutId, verb: RolloutVerb, by: Actor, against?: Against, commandId?: string) =>
      (await tooLate(id, verb, against, commandId)) ??
      transaction((tx) => once(tx, commandId, () => command(tx, id, verb, by, against))).then(answered),
    retry: (id: RolloutId, why: string, by: Actor, commandId?: string) =>
      transaction((tx) =>
        once(tx, commandId, async () => {
          const loaded = await loadRollout(tx, id)
          if (!loaded) return refuse('not found', 'there is no such rollout', 'Look at the list of rollouts.')
          if (loaded.state.status !== 'aborted')
            return refuse(
              'not now',
              `the rollout is ${loaded.state.status}`,
              'Only an aborted rollout can be retried.',
            )
          const { procedureId, deploymentId, plan } = loaded.state
          return startRollout(
            tx,
            {
              procedureId,
              deploymentId,
              plan: { ...plan, handPicked: loaded.state.order },
              reason: why,
              retryOf: id,
            },
            by,
            now(),
            deliveries,
          )
        }),
      ).then(answered),
    supersede: (id: RolloutId, input: StartInput, by: Actor, commandId?: string) =>
      transaction((tx) => once(tx, commandId, () => supersede(tx, id, input, by)))
        .catch(taken)
        .then(answered),
    rollback: (
      procedureId: ProcedureId,
      deploymentId: DeploymentId,
      why: string,
      by: Actor,
      issued?: RollbackIssued,
    ) => transaction((tx) => rollBack(tx, procedureId, deploymentId, why, by, now(), deliveries, issued)),
  } satisfies Partial<Service>
}

function toCommand(
  verb: RolloutVerb,
  readiness: Extract<Command, { type: 'advance' }>['readiness'],
  verdict: Verdict | null,
  closed: StageFacts['closed'],
) {
  const evidence = seenEvidence(verdict?.gates ?? [])
  switch (verb.verb) {
    case 'approve':
      return { type: 'approve' as const, closed: closed?.why ?? null, readiness, evidence }
    case 'advance':
      return {
        type: 'advance' as const,
        why: verb.why ?? null,
        override: verb.override ?? false,
        readiness,
        evidence,
      }
    case 'set':
      return {
        type: 'set' as const,
        share: verb.share,
        why: verb.why,
        override: verb.override ?? false,
        readiness,
        evidence,
      }
    case 'pause':
      return { type: 'pause' as const, why: verb.why }
    case 'resume':
      return { type: 'resume' as const, why: verb.why ?? null }
    case 'abort':
      return { type: 'abort' as const, why: verb.why }
    case 'undo':
      return { type: 'undo' as const, why: verb.why }
    case 'waive':
      return { type: 'waive' as const, stationId: verb.stationId, why: verb.why }
    case 'acknowledge':
      return {
        type: 'acknowledge' as const,
        gate: verb.gate,
        why: verb.why,
        logEvidence: verdict?.gates.find((gate) => gate.name === verb.gate)?.logEvidence ?? null,
        evidence,
      }
  }
}

/** Carries a refusal out of a transaction that must not commit. */
class Undo extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.why)
    this.refusal = refusal
  }
}

function taken(error: unknown): Refusal {
  if (error instanceof Undo) return error.refusal
  throw error
}

// Definitions of builds for every door: declared by their authors, compared with another build's, changes accepted.
import type { Database, Db } from '../db/client.ts'
import { definitionsOf, saveAccepted, saveDeclared } from '../db/definitions.ts'
import { type Deployment, deploymentById, procedureById } from '../db/registry.ts'
import { liveRolloutIds, loadRollout } from '../db/rollout-storage.ts'
import { lockProcedure } from '../db/store-runs.ts'
import { applyCommand, type Deliveries } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import {
  type AcceptedChange,
  type BuildChange,
  buildChanges,
  knowledgeOf,
  nothingKnown,
} from './domain/definition/changes.ts'
import { changesInView } from './domain/definition/changes-view.ts'
import { type DefinitionInput, declaredPhases } from './domain/definition/declared.ts'
import type { DeploymentId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { isTerminal, type RolloutState } from './domain/rollout/state.ts'
import { definitionWithPast } from './learn-definitions.ts'
import { refuse } from './refuse.ts'
import { deploymentSummary } from './rollout-lines.ts'
import type { AcceptInput, BuildDiff, Service } from './service.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

export function definitions({ database, now, deliveries }: Deps) {
  const transaction = <Result>(work: (tx: Db) => Promise<Result>) => database.db.transaction((tx) => work(tx))

  return {
    diff: (id, against = null) =>
      transaction(async (tx) => {
        const pair = await pairOf(tx, id, against, await liveRolloutOf(tx, id, false))
        return isRefusal(pair) ? pair : diffOf(tx, pair)
      }),
    acceptChanges: (id, input, by) =>
      transaction(async (tx) => {
        const live = await liveRolloutOf(tx, id, true)
        const pair = await pairOf(tx, id, input.against ?? null, live)
        if (isRefusal(pair)) return pair
        await lockProcedure(tx, pair.build.procedureId)
        const known = await diffOf(tx, pair)
        const chosen = choose(known.changes, input)
        if (isRefusal(chosen)) return chosen
        const fresh = chosen.filter(({ status }) => status === 'undeclared')
        if (fresh.length === 0)
          return { did: 'nothing changed: that was accepted or declared already', accepted: [] }
        const at = now()
        const accepted = fresh.map(({ key, words }) => ({ key, words, by, at, why: input.why }))
        await keep(tx, pair.build, accepted)
        const words = accepted.map((each) => each.words)
        if (live)
          await applyCommand(
            tx,
            { state: live },
            { type: 'changes accepted', words, why: input.why, by },
            at,
            deliveries,
          )
        const what = fresh.length === 1 ? `the change ${words[0]}` : `${fresh.length} changes`
        return { did: `accepted ${what} of ${pair.build.version}`, accepted: words }
      }),
    declareDefinition: (id, input, by) =>
      transaction(async (tx) => {
        const live = await liveRolloutOf(tx, id, true)
        const build = await deploymentById(tx, id)
        if (!build) return noBuild()
        await lockProcedure(tx, build.procedureId)
        await declare(tx, build, input, by, now())
        if (live)
          await applyCommand(tx, { state: live }, { type: 'definition declared', by }, now(), deliveries)
        return { did: `declared what ${build.version} tests` }
      }),
  } satisfies Partial<Service>
}

/** What is left out stays as it was. The caller holds the procedure's lock, or has just made the build. */
export async function declare(
  tx: Db,
  { procedureId, id }: Pick<Deployment, 'procedureId' | 'id'>,
  input: { definition?: DefinitionInput | undefined; changes?: string[] | undefined },
  by: Actor,
  at: Instant,
): Promise<void> {
  const before = (await definitionsOf(tx, procedureId, [id])).get(id)?.declared
  await saveDeclared(tx, procedureId, id, {
    phases: input.definition ? declaredPhases(input.definition) : (before?.phases ?? null),
    changes: input.changes ?? before?.changes ?? [],
    by,
    at,
  })
}

type Pair = { build: Deployment; against: Deployment }

/** Compared with what was asked for, else with the base of its live rollout, else with what runs now or ran before it. */
async function pairOf(
  tx: Db,
  id: DeploymentId,
  asked: DeploymentId | null,
  live: RolloutState | null,
): Promise<Pair | Refusal> {
  const build = await deploymentById(tx, id)
  if (!build) return noBuild()
  const procedure = await procedureById(tx, build.procedureId)
  const usual =
    procedure?.activeDeploymentId === id
      ? procedure.formerDeploymentId
      : (procedure?.activeDeploymentId ?? null)
  const other = asked ?? live?.baseDeploymentId ?? usual
  if (other === null)
    return refuse(
      'not now',
      `there is no build to compare ${build.version} with`,
      'Name one of its procedure: against=<its id>.',
    )
  const against = await deploymentById(tx, other)
  if (!against || against.procedureId !== build.procedureId)
    return refuse(
      'not found',
      `the procedure of ${build.version} has no build ${other}`,
      'Look at the list of its builds.',
    )
  return { build, against }
}

async function diffOf(tx: Db, { build, against }: Pair): Promise<BuildDiff & { changes: BuildChange[] }> {
  const next = await definitionWithPast(tx, build.procedureId, build.id)
  const base = await definitionWithPast(tx, build.procedureId, against.id)
  const changes = buildChanges(base, next)
  return {
    build: { ...deploymentSummary(build), ...knowledgeOf(next) },
    against: { ...deploymentSummary(against), ...knowledgeOf(base) },
    changes,
    shown: changesInView(changes),
  }
}

/** Null: every one that holds. */
function choose(changes: BuildChange[], { ids, why }: AcceptInput): BuildChange[] | Refusal {
  if (why.trim() === '')
    return refuse('invalid', 'a change is accepted with a reason', 'Say why these limits are right.')
  if (ids === null) {
    const open = changes.filter(({ holds }) => holds)
    return open.length > 0
      ? open
      : refuse('not now', 'no change of limits waits to be accepted', 'Look at its changes.')
  }
  const gone = ids.filter((id) => !changes.some((change) => change.id === id))
  if (gone.length > 0)
    return refuse(
      'stale',
      `its changes are other ones now: there is no ${gone.join(', ')} among them`,
      'Look at its changes as they are now, then accept them.',
    )
  return changes.filter(({ id }) => ids.includes(id))
}

async function keep(tx: Db, { procedureId, id }: Deployment, accepted: AcceptedChange[]): Promise<void> {
  const before = (await definitionsOf(tx, procedureId, [id])).get(id) ?? nothingKnown
  await saveAccepted(tx, procedureId, id, [...before.accepted, ...accepted])
}

/** At most one of a procedure is live, and it may be another build's. `lock`: holds it for a decision. */
async function liveRolloutOf(tx: Db, id: DeploymentId, lock: boolean): Promise<RolloutState | null> {
  const build = await deploymentById(tx, id)
  if (!build) return null
  for (const rolloutId of await liveRolloutIds(tx, build.procedureId)) {
    const state = (await loadRollout(tx, rolloutId, lock))?.state
    if (state && state.deploymentId === id && !isTerminal(state) && state.status !== 'aborting') return state
  }
  return null
}

function noBuild(): Refusal {
  return refuse('not found', 'there is no such build', 'Look at the list of builds of its procedure.')
}

// Crossover retests for every door: asking for them, and what has come of them.
import type { Database, Db } from '../db/client.ts'
import { deploymentById, stationsById } from '../db/registry.ts'
import { addRetests, failedFirstAttempts, listedUnits } from '../db/retests.ts'
import { type LoadedRollout, loadRollout, rememberCommand, rememberedCommand } from '../db/rollout-storage.ts'
import { applyCommand, type Deliveries } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import type { RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type Choice, chooseRetests, type RetestStations, retestStations } from './domain/retest-choice.ts'
import { summary } from './domain/retest-summary.ts'
import { type Builds, isOpen, type RetestPair, retestPairs } from './domain/retests.ts'
import { isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { describeEvents } from './domain/rollout/describe.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import { refuse } from './refuse.ts'
import type { Service } from './service.ts'

type Asked = { count: number; withErrors?: boolean }

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

export function retests({ database, now, deliveries }: Deps) {
  return {
    async askRetests(id, asked, by, commandId) {
      return database.db.transaction(async (tx: Db) => {
        const did = await askOnce(tx, id, asked, by, now(), deliveries, commandId)
        if (isRefusal(did)) return did
        const pairs = await pairsOf(tx, did.rolloutId)
        return { did: did.did, pairs: pairs.filter(isOpen), summary: summary(pairs) }
      })
    },
    async retests(id) {
      const loaded = await loadRollout(database.db, id)
      if (!loaded) return null
      const pairs = await retestPairsOf(database.db, loaded.state)
      return { pairs, summary: summary(pairs) }
    },
  } satisfies Partial<Service>
}

/** By pair; none before anything was asked for. */
export async function retestPairsOf(db: Db, state: RolloutState): Promise<RetestPair[]> {
  const listed = await listedUnits(db, state.procedureId, state.id)
  if (listed.length === 0) return []
  return retestPairs(listed, await buildsOf(db, state), await stationsOf(db, state))
}

type DidAsk = { rolloutId: RolloutId; did: string }

/** The same command twice lists once: the second is told what the first did. */
async function askOnce(
  tx: Db,
  id: RolloutId,
  asked: Asked,
  by: Actor,
  at: Instant,
  deliveries: Deliveries,
  commandId: string | undefined,
): Promise<DidAsk | Refusal> {
  const known = commandId === undefined ? null : await rememberedCommand(tx, commandId)
  if (known) return known
  // Whoever asks at the same time waits here, and then finds these units listed.
  const loaded = await loadRollout(tx, id, true)
  if (!loaded) return refuse('not found', 'there is no such rollout', 'Look at the list of rollouts.')
  const did = await ask(tx, loaded, asked, by, at, deliveries)
  if (isRefusal(did)) return did
  const { procedureId } = loaded.state
  if (commandId !== undefined)
    await rememberCommand(tx, { id: commandId, procedureId, rolloutId: id, did: did.did, at })
  return { rolloutId: id, did: did.did }
}

async function ask(
  tx: Db,
  loaded: Pick<LoadedRollout, 'state'>,
  { count, withErrors = false }: Asked,
  by: Actor,
  at: Instant,
  deliveries: Deliveries,
): Promise<{ did: string } | Refusal> {
  const { state } = loaded
  if (state.status === 'pending')
    return refuse('not now', 'the rollout has not started', 'Ask when units have failed on both builds.')
  const { procedureId, id: rolloutId } = state
  const builds = await buildsOf(tx, state)
  const where = await stationsOf(tx, state)
  if (where.size === 0) return noStations(builds)
  const failed = await failedFirstAttempts(tx, procedureId, rolloutId)
  const choice = chooseRetests(failed, where, { count, withErrors })
  if (choice.pairs.length === 0) return noPairs(choice, builds)
  const first = 1 + Math.max(0, ...(await listedUnits(tx, procedureId, rolloutId)).map(({ pair }) => pair))
  const askedAt = new Date(at)
  await addRetests(
    tx,
    choice.pairs.flatMap(({ canary, base }, index) =>
      [canary, base].map(({ unit, serial, failedIn }) => {
        return { procedureId, rolloutId, unit, serial, failedIn, pair: first + index, askedBy: by, askedAt }
      }),
    ),
  )
  const pairs = choice.pairs.length
  const applied = await applyCommand(
    tx,
    loaded,
    { type: 'retests', pairs, units: 2 * pairs, by },
    at,
    deliveries,
  )
  // The units are listed already: an answer of no would commit them without their record.
  if (isRefusal(applied)) throw new Error(`expected that asking for retests is recorded, got: ${applied.why}`)
  return { did: didAsk(describeEvents(applied.events, applied.state), choice, builds, count) }
}

async function buildsOf(db: Db, state: RolloutState): Promise<Builds> {
  const canary = await deploymentById(db, state.deploymentId)
  const base = await deploymentById(db, state.baseDeploymentId)
  if (!canary || !base) throw new Error(`rollout ${state.id} names a deployment that is gone`)
  return { canary, base }
}

async function stationsOf(db: Db, state: RolloutState): Promise<RetestStations> {
  const found = await stationsById(db, state.order)
  return retestStations(
    state,
    found.sort((one, other) => (one.name < other.name ? -1 : 1)),
  )
}

async function pairsOf(db: Db, id: RolloutId): Promise<RetestPair[]> {
  const loaded = await loadRollout(db, id)
  return loaded ? retestPairsOf(db, loaded.state) : []
}

function noStations({ canary, base }: Builds): Refusal {
  return refuse(
    'not now',
    `a unit is tested again at its own site, and no site has a station confirmed on ${canary.version} and another on ${base.version} now`,
    'Ask while the rollout has stations of both builds at one site.',
  )
}

function noPairs({ available, withErrors }: Choice, builds: Builds): Refusal {
  const isMore = withErrors.canary > available.canary || withErrors.base > available.base
  const isUnmatched = available.canary > 0 && available.base > 0
  return refuse(
    'not now',
    [
      `${couldBe(available, builds)} could be tested again`,
      ...(isUnmatched ? ['no two match in site, product, kind of outcome and number of tests'] : []),
      'units that have passed since or were asked for before are left out',
    ].join('; '),
    isMore
      ? `With errors and timeouts it would be ${withErrors.canary} and ${withErrors.base}: ask for these too.`
      : 'Ask again when more have failed.',
  )
}

function didAsk(did: string, { pairs, available }: Choice, builds: Builds, count: number): string {
  return pairs.length === count
    ? did
    : `${did}, of ${count} wanted: there were ${couldBe(available, builds)} to match`
}

function couldBe(available: Choice['available'], { canary, base }: Builds): string {
  const units = (count: number) => (count === 1 ? '1 unit' : `${count} units`)
  return `${units(available.canary)} that failed on ${canary.version} and ${units(available.base)} that failed on ${base.version}`
}

// Failures by category for every door: of a rollout's two arms, of a procedure, and as rules that are tried would sort them.
import { type ArmCounts, armCounts } from '../db/arm-counts.ts'
import type { Database, Db } from '../db/client.ts'
import { type FailuresOf, failureCounts, failureKinds, lastFailures, newModes } from '../db/failures.ts'
import { procedureById } from '../db/registry.ts'
import { loadRollout } from '../db/rollout-storage.ts'
import { runsBetween } from '../db/runs-between.ts'
import { armRunsWithin } from '../db/station-hours.ts'
import { stationTroubles } from '../db/station-troubles.ts'
import type { SortedKind } from './domain/failures/failure-count.ts'
import type { HeldRule } from './domain/failures/failure-rule.ts'
import { type ArmRuns, type FailurePareto, pareto, procedureFailuresOf } from './domain/failures/pareto.ts'
import { failureSorter } from './domain/failures/sort-failures.ts'
import { triedRules } from './domain/failures/tried-rules.ts'
import type { ProcedureId, RolloutId } from './domain/ids.ts'
import { day, hour, type Instant } from './domain/instant.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import { addCounts, type Counts, noCounts } from './domain/tally.ts'
import type { TimeRange } from './domain/time-range.ts'
import { policyOf } from './policy-of.ts'
import type { Service } from './service.ts'

/** Kinds beyond these are counted as unknown: a message with a number of its own in each run would never end. */
const mostKinds = 300
const mostTried = 1_000
const triedFor = 30 * day

export function failures({
  database,
  now,
}: {
  database: Database
  now: () => Instant
}): Pick<Service, 'failures' | 'procedureFailures' | 'tryFailureRules'> {
  return {
    failures: (id, range = null) =>
      database.db.transaction(
        async (tx) => {
          const loaded = await loadRollout(tx, id)
          if (!loaded) return null
          const { state } = loaded
          const rules = (await policyOf(tx, state.procedureId)).failureRules
          const counts = await armCounts(tx, state.procedureId, id)
          const sort = failureSorter(rules)
          const troubles = await stationTroubles(tx, state.procedureId, id)
          return {
            ...(await rolloutFailures(tx, state, counts, rules, range)),
            stationTroubles: troubles.map((trouble) => {
              const { category, action } = sort({
                ...trouble,
                mode: null,
                text: trouble.message,
                outcome: null,
              })
              return { ...trouble, category, action }
            }),
          }
        },
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      ),
    procedureFailures: (procedureId, asked) =>
      database.db.transaction(
        async (tx) => {
          if (!(await procedureById(tx, procedureId))) return null
          const { failureRules } = await policyOf(tx, procedureId)
          const from = Math.floor(asked.from / hour) * hour
          const to = Math.ceil(asked.to / hour) * hour
          const runs = await runsBetween(tx, procedureId, from, to)
          const of = { procedureId, from, to }
          const found = await paretoOf(tx, of, failureRules, { canary: runs, base: { runs: 0, failed: 0 } })
          return procedureFailuresOf(from, to, found)
        },
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      ),
    async tryFailureRules(procedureId, tried) {
      if (!(await procedureById(database.db, procedureId))) return null
      const { failureRules } = await policyOf(database.db, procedureId)
      const last = await lastFailures(database.db, procedureId, now() - triedFor, mostTried)
      return triedRules(failureRules, tried, last)
    },
  }
}

/** Nothing before a rollout has started. */
export async function rolloutFailures(
  db: Db,
  { procedureId, id: rolloutId }: Pick<RolloutState, 'procedureId'> & { id: RolloutId },
  counts: ArmCounts[],
  rules: HeldRule[],
  range: TimeRange | null = null,
): Promise<FailurePareto> {
  const of = { procedureId, rolloutId, range }
  const totals = range
    ? await totalsWithin(db, { ...of, range })
    : { canary: armRuns(counts, 'canary'), base: armRuns(counts, 'base') }
  return paretoOf(db, of, rules, totals)
}

async function totalsWithin(
  db: Db,
  of: { procedureId: ProcedureId; rolloutId: RolloutId; range: TimeRange },
): Promise<{ canary: ArmRuns; base: ArmRuns }> {
  const found = await armRunsWithin(db, of)
  const runsOf = (arm: 'canary' | 'base'): ArmRuns => {
    const { runs = 0, failed = 0 } = found.find((each) => each.arm === arm) ?? {}
    return { runs, failed }
  }
  return { canary: runsOf('canary'), base: runsOf('base') }
}

function armRuns(counts: ArmCounts[], arm: 'canary' | 'base'): ArmRuns {
  const sum = counts.filter((each) => each.arm === arm).reduce<Counts>(addCounts, noCounts)
  return { runs: sum.runs, failed: sum.runs - sum.passRuns }
}

async function paretoOf(
  db: Db,
  of: FailuresOf,
  rules: HeldRule[],
  totals: { canary: ArmRuns; base: ArmRuns },
): Promise<FailurePareto> {
  if (totals.canary.failed + totals.base.failed === 0)
    return pareto({ counts: [], stations: [] }, totals, [], new Set())
  const sort = failureSorter(rules)
  const kinds: SortedKind[] = (await failureKinds(db, of, mostKinds)).map((kind) => {
    const { category, action } = sort(kind)
    return { ...kind, category, action }
  })
  const modes = [...new Set(kinds.flatMap((kind) => (kind.inCanary ? kind.mode : [])))]
  const fresh = new Set(await newModes(db, of, modes))
  return pareto(await failureCounts(db, of, kinds), totals, kinds, fresh)
}

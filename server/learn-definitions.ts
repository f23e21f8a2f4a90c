// Builds learn their phases, measurements and limits from their own runs, in the transaction that stores these.
import type { Db } from '../db/client.ts'
import { definitionsOf, latestDetails, saveLearned } from '../db/definitions.ts'
import { type BuildDefinition, nothingKnown } from './domain/definition/changes.ts'
import {
  type Learned,
  learnedFrom,
  mergeLearned,
  nothingLearned,
  totalOf,
} from './domain/definition/learned.ts'
import { hasLearned, type Lesson, lessonOf, teaches, withLesson } from './domain/definition/learning.ts'
import { type RunDefinition, readRun } from './domain/definition/read-run.ts'
import type { DeploymentId, ProcedureId } from './domain/ids.ts'
import type { Run } from './domain/run.ts'

type Shown = { definition: RunDefinition; product: string | null; hasPassed: boolean }

/** Builds that a process remembers the lessons of; one that is forgotten costs a query. */
const mostRemembered = 500

/**
 * A run of a build that has learned enough costs no query, unless it shows what none before it did: what is remembered
 * here was read from the database, so that it can lack something, and never claim too much.
 */
export function definitionLearner() {
  const lessons = new Map<DeploymentId, Lesson>()

  function remember(id: DeploymentId, lesson: Lesson): void {
    lessons.delete(id)
    lessons.set(id, lesson)
    for (const oldest of lessons.keys()) {
      if (lessons.size <= mostRemembered) break
      lessons.delete(oldest)
    }
  }

  function mayTeach(id: DeploymentId, shown: Shown[]): boolean {
    const lesson = lessons.get(id)
    return !lesson || shown.some(({ definition, product }) => teaches(lesson, definition, product))
  }

  /** @param runs those that were not stored before. The caller holds the procedure's lock. */
  return async function learn(tx: Db, procedureId: ProcedureId, runs: Run[]): Promise<void> {
    const byBuild = new Map<DeploymentId, Shown[]>()
    for (const { deploymentId, outcome, detail, product } of runs) {
      if (deploymentId === null || outcome === 'ABORTED') continue
      const shown = { definition: readRun(detail), product, hasPassed: outcome === 'PASS' }
      const own = byBuild.get(deploymentId)
      if (own) own.push(shown)
      else byBuild.set(deploymentId, [shown])
    }
    const pupils = [...byBuild].filter(([id, shown]) => mayTeach(id, shown))
    const stored = await definitionsOf(
      tx,
      procedureId,
      pupils.map(([id]) => id),
    )
    const taught = pupils.flatMap(([deploymentId, shown]) => {
      const before = stored.get(deploymentId)?.learned ?? nothingLearned
      remember(deploymentId, lessonOf(before))
      const learned = afterAll(before, shown)
      return learned === before ? [] : [{ deploymentId, learned }]
    })
    await saveLearned(tx, procedureId, taught)
  }
}

function afterAll(before: Learned, shown: Shown[]): Learned {
  let learned = before
  let lesson = lessonOf(before)
  for (const { definition, product, hasPassed } of shown) {
    if (!teaches(lesson, definition, product)) continue
    learned = withLesson(learned, learnedFrom(definition, product, hasPassed))
    lesson = lessonOf(learned)
  }
  return learned
}

/** More would be read for nothing: they are of the same build. */
const mostStoredRuns = 60

/**
 * What is known of a build, from its stored runs where it ran before builds learned: then `learned` is not stored yet.
 */
export async function definitionWithPast(
  db: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
): Promise<BuildDefinition> {
  const known = (await definitionsOf(db, procedureId, [deploymentId])).get(deploymentId) ?? nothingKnown
  if (hasLearned(known.learned)) return known
  const stored = await latestDetails(db, procedureId, deploymentId, mostStoredRuns)
  // What was learned so far is of the newest of these runs: both together would count them twice.
  if (stored.length <= totalOf(known.learned?.seen ?? []).runs) return known
  const learned = stored
    .map(({ outcome, product, detail }) => learnedFrom(readRun(detail), product, outcome === 'PASS'))
    .reduce(mergeLearned, nothingLearned)
  return { ...known, learned }
}

/** Keeps what the stored runs of a build show, where it has not learned enough. The caller holds the procedure's lock. */
export async function learnFromPast(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
): Promise<void> {
  const { learned } = await definitionWithPast(tx, procedureId, deploymentId)
  if (learned) await saveLearned(tx, procedureId, [{ deploymentId, learned }])
}

// What is known of the phases, measurements and limits of builds: declared, learned from runs, and what was accepted.
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { AcceptedChange, BuildDefinition } from '../server/domain/definition/changes.ts'
import type { Declared } from '../server/domain/definition/declared.ts'
import { type Learned, totalOf } from '../server/domain/definition/learned.ts'
import type { DeploymentId, ProcedureId } from '../server/domain/ids.ts'
import type { RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'
import { definitions } from './schema/procedures.ts'

/** Builds that nothing is known of are left out. */
export async function definitionsOf(
  db: Db,
  procedureId: ProcedureId,
  ids: DeploymentId[],
): Promise<Map<DeploymentId, BuildDefinition>> {
  if (ids.length === 0) return new Map()
  const found = await db
    .select()
    .from(definitions)
    .where(and(eq(definitions.procedureId, procedureId), inArray(definitions.deploymentId, ids)))
  return new Map(
    found.map(({ deploymentId, declared, learned, accepted }) => [
      deploymentId,
      { declared, learned, accepted },
    ]),
  )
}

/** Another one whenever one of these was written: the transactions that wrote their rows last. */
export async function definitionsMark(
  db: Db,
  procedureId: ProcedureId,
  ids: DeploymentId[],
): Promise<string> {
  const [found] = await rows<{ mark: string | null }>(
    db,
    sql`select string_agg(deployment_id::text || ' ' || xmin::text || ' ' || ctid::text, ', ' order by deployment_id) as mark from definitions
        where procedure_id = ${procedureId}::uuid
          and deployment_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)::uuid)`,
  )
  return `${ids.join(' ')}: ${found?.mark ?? 'none'}`
}

/** The caller holds the procedure's lock, and has merged what was stored. */
export async function saveLearned(
  tx: Db,
  procedureId: ProcedureId,
  taught: { deploymentId: DeploymentId; learned: Learned }[],
): Promise<void> {
  if (taught.length === 0) return
  const values = taught.map(({ deploymentId, learned }) => {
    const { runs, passes } = totalOf(learned.seen)
    return { procedureId, deploymentId, learned, learnedRuns: runs, learnedPasses: passes }
  })
  await tx
    .insert(definitions)
    .values(values)
    .onConflictDoUpdate({
      target: [definitions.procedureId, definitions.deploymentId],
      set: {
        learned: sql`excluded.learned`,
        learnedRuns: sql`excluded.learned_runs`,
        learnedPasses: sql`excluded.learned_passes`,
      },
    })
}

export async function saveDeclared(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  declared: Declared,
): Promise<void> {
  await tx
    .insert(definitions)
    .values({ procedureId, deploymentId, declared })
    .onConflictDoUpdate({
      target: [definitions.procedureId, definitions.deploymentId],
      set: { declared },
    })
}

/** All that was accepted, with what was before. The caller holds the procedure's lock. */
export async function saveAccepted(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  accepted: AcceptedChange[],
): Promise<void> {
  await tx
    .insert(definitions)
    .values({ procedureId, deploymentId, accepted })
    .onConflictDoUpdate({
      target: [definitions.procedureId, definitions.deploymentId],
      set: { accepted },
    })
}

/** What the body of a run said of its phases, as it was sent. */
export type StoredDetail = { outcome: RunOutcome; product: string | null; detail: Record<string, unknown> }

/** The last runs of a build that were not aborted, newest first: without their logs, which are the most of them. */
export async function latestDetails(
  db: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  most: number,
): Promise<StoredDetail[]> {
  return rows<StoredDetail>(
    db,
    sql`select outcome, product, jsonb_build_object('phases', detail -> 'phases', 'steps', detail -> 'steps') as detail
        from runs
        where procedure_id = ${procedureId}::uuid and deployment_id = ${deploymentId}::uuid and outcome <> 'ABORTED'
        order by started_at desc limit ${most}`,
  )
}

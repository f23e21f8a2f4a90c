// What builds said while they were made: kept whatever becomes of them, the newest lines of each.
import { and, asc, desc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'
import { deploymentLogs } from './schema/procedures.ts'

export type LogLine = typeof deploymentLogs.$inferSelect
export type LogLevel = LogLine['level']

/** Lines of one build that are kept: about a megabyte of text. */
export const mostLogLines = 10_000

type Build = { id: DeploymentId; procedureId: ProcedureId }

/** @returns how many older lines made room for these. */
export async function addLogLines(
  tx: Db,
  { id, procedureId }: Build,
  lines: Pick<LogLine, 'at' | 'level' | 'message'>[],
  most = mostLogLines,
): Promise<number> {
  if (lines.length === 0) return 0
  // One writer of a build at a time, so that two at once cannot both stay below the limit.
  await tx.execute(sql`select 1 from deployments where id = ${id}::uuid for no key update`)
  await tx.insert(deploymentLogs).values(lines.map((line) => ({ ...line, procedureId, deploymentId: id })))
  const gone = await rows<{ id: number }>(
    tx,
    sql`delete from deployment_logs where procedure_id = ${procedureId}::uuid and id in (
          select id from deployment_logs where deployment_id = ${id}::uuid order by id desc offset ${most})
        returning id::float8 as id`,
  )
  return gone.length
}

/** In the order they came in, those after the line with the id `after`. */
export async function logLines(
  db: Db,
  { id }: Build,
  asked: { after: number; levels: LogLevel[]; limit: number },
): Promise<LogLine[]> {
  return db
    .select()
    .from(deploymentLogs)
    .where(
      and(
        eq(deploymentLogs.deploymentId, id),
        gt(deploymentLogs.id, asked.after),
        inArray(deploymentLogs.level, asked.levels),
      ),
    )
    .orderBy(asc(deploymentLogs.id))
    .limit(asked.limit)
}

/** The newest lines of one build, oldest of them first, and how many there are in all. */
export async function latestLogLines(
  db: Db,
  { id }: Pick<Build, 'id'>,
  most: number,
): Promise<{ lines: LogLine[]; total: number }> {
  const newest = await db
    .select()
    .from(deploymentLogs)
    .where(eq(deploymentLogs.deploymentId, id))
    .orderBy(desc(deploymentLogs.id))
    .limit(most)
  const [counted] = await rows<{ total: number }>(
    db,
    sql`select count(*)::int as total from deployment_logs where deployment_id = ${id}::uuid`,
  )
  return { lines: newest.toReversed(), total: counted?.total ?? newest.length }
}

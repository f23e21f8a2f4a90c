// What a rollback of this command did, when there was one: the same command twice is one.
import { sql } from 'drizzle-orm'
import type { ProcedureId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'

export async function rollbackByCommand(
  tx: Db,
  procedureId: ProcedureId,
  commandId: string,
): Promise<string | null> {
  const [found] = await rows<{ did: string }>(
    tx,
    sql`select body -> 'command' ->> 'did' as did from procedure_events
        where procedure_id = ${procedureId}::uuid and type = 'RolledBack' and body -> 'command' ->> 'id' = ${commandId}`,
  )
  return found?.did ?? null
}

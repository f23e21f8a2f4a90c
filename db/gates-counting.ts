// The gates that runs of a procedure are counted for now, as the plans of its rollouts have them.
import { sql } from 'drizzle-orm'
import type { Gate } from '../server/domain/gates/gate.ts'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** Of rollouts that are live, or completed and still watched. */
export async function gatesCounting(db: Db, procedureId: ProcedureId, now: Instant): Promise<Gate[]> {
  const found = await rows<{ gates: Gate[] }>(
    db,
    sql`select coalesce(state->'plan'->'gates', '[]'::jsonb) as gates from rollouts
        where procedure_id = ${procedureId}::uuid and (ended_at is null or ended_at > ${new Date(now).toISOString()}::timestamptz)`,
  )
  return found.flatMap(({ gates }) => gates)
}

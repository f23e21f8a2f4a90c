// Whether a procedure's builds start their rollouts by themselves. A change is part of the procedure's record.
import type { Database, Db } from '../db/client.ts'
import { changeProcedure, type Procedure, procedureById, recordProcedureEvent } from '../db/registry.ts'
import { lockProcedure } from '../db/store-runs.ts'
import type { Actor } from './domain/actor.ts'
import type { Instant } from './domain/instant.ts'
import { refuse } from './refuse.ts'
import type { Service } from './service.ts'

export function pushSwitches({ database, now }: { database: Database; now: () => Instant }) {
  return {
    setAutoPush(procedureId, on, by) {
      return database.db.transaction(async (tx: Db) => {
        await lockProcedure(tx, procedureId)
        const procedure = await procedureById(tx, procedureId)
        if (procedure === null)
          return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
        const switched = await switchPushes(tx, procedure, on, by, now())
        const then = on ? 'start by themselves' : 'wait for somebody to start them'
        return {
          did: switched
            ? `new builds of ${procedure.name} ${then} from now on`
            : `left the automatic pushes of ${procedure.name} as they were`,
        }
      })
    },
  } satisfies Partial<Service>
}

/** False where it is so already. The caller holds the procedure's lock. */
export async function switchPushes(
  tx: Db,
  { id, autoPush }: Procedure,
  on: boolean,
  by: Actor,
  at: Instant,
): Promise<boolean> {
  if (autoPush === on) return false
  await changeProcedure(tx, id, { autoPush: on })
  await recordProcedureEvent(tx, {
    procedureId: id,
    type: 'PushSwitched',
    body: { on, by },
    at: new Date(at),
  })
  return true
}

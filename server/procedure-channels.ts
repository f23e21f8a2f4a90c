// Which Slack channel a procedure's cards go to. A change is part of the procedure's record.
import type { Database, Db } from '../db/client.ts'
import { changeProcedure, procedureById, recordProcedureEvent } from '../db/registry.ts'
import { lockProcedure } from '../db/store-runs.ts'
import type { Instant } from './domain/instant.ts'
import { refuse } from './refuse.ts'
import type { Service } from './service.ts'

export function procedureChannels({ database, now }: { database: Database; now: () => Instant }) {
  return {
    setChannel(procedureId, { channel, team }, by) {
      return database.db.transaction(async (tx: Db) => {
        await lockProcedure(tx, procedureId)
        const procedure = await procedureById(tx, procedureId)
        if (procedure === null)
          return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
        const { slackChannel, slackTeam, name } = procedure
        if (slackChannel === channel && slackTeam === team)
          return { did: `left the channel of ${name} as it was` }
        await changeProcedure(tx, procedureId, { slackChannel: channel, slackTeam: team })
        const body = { from: slackChannel, to: channel, team, by }
        await recordProcedureEvent(tx, { procedureId, type: 'ChannelChanged', body, at: new Date(now()) })
        return {
          did:
            channel === null
              ? `cards of ${name} go nowhere now`
              : `cards of ${name} go to ${channel} from now on`,
        }
      })
    },
  } satisfies Partial<Service>
}

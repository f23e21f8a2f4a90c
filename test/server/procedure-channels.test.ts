// The Slack channel of a procedure: set through the service, and part of the procedure's record.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { procedureId } from '../../server/domain/ids.ts'
import { ines } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const opened = await openTestService()

async function record(id: string) {
  const query = sql`select type, body from procedure_events where procedure_id = ${id} and type = 'ChannelChanged' order by at`
  return rows(opened.database.db, query)
}

test('a change of channel is kept with who made it; the same again changes nothing', async () => {
  const line = await testLine(opened, { stations: 1 })
  const id = procedureId.parse(line.procedure)
  const first = await opened.service.setChannel(id, { channel: 'C0LINE2000', team: 'T0FACTORY1' }, ines)
  expect(first).toEqual({ did: expect.stringMatching(/^cards of .+ go to C0LINE2000 from now on$/) })
  expect(await opened.service.procedure(id)).toMatchObject({ channel: 'C0LINE2000', team: 'T0FACTORY1' })
  const again = await opened.service.setChannel(id, { channel: 'C0LINE2000', team: 'T0FACTORY1' }, ines)
  expect(again).toEqual({ did: expect.stringContaining('as it was') })
  expect(await record(id)).toEqual([
    {
      type: 'ChannelChanged',
      body: { from: null, to: 'C0LINE2000', team: 'T0FACTORY1', by: ines },
    },
  ])
})

test('there is no channel of a procedure that there is not', async () => {
  const nowhere = procedureId.parse('00000000-0000-4000-8000-000000000000')
  expect(await opened.service.setChannel(nowhere, { channel: 'C1', team: null }, ines)).toMatchObject({
    refused: 'not found',
  })
})

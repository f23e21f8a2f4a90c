// A process with the embedded database is killed while it takes runs: what it acknowledged is there when it is opened again,
// and while it runs no other process gets in.
import { sql } from 'drizzle-orm'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { openDatabase, rows } from '../../db/client.ts'
import { child } from '../support/child-process.ts'
import { recounted, tallied } from '../support/history.ts'
import { rawLine } from '../support/raw-line.ts'
import { testDatabase } from '../support/test-database.ts'

const made = await testDatabase()
afterAll(() => made.drop())
const directory = 'directory' in made.where ? made.where.directory : ''

test('killed again and again in the middle of taking runs, it has every run that it acknowledged', {
  timeout: 240_000,
}, async () => {
  const first = await made.open()
  const line = await rawLine(first.db, { stations: 1, deployments: 1 })
  await first.close()
  const acknowledged: string[] = []
  for (let kill = 0; kill < 3; kill++) {
    const taking = child(
      `import { openDatabase } from 'project/db/client.ts'
       import { ingest } from 'project/server/ingest.ts'
       const database = await openDatabase({ directory: process.env.DIRECTORY })
       const { take } = ingest({ database, now: Date.now, stored: () => {} })
       const from = Date.parse('2026-05-22T06:00:00Z') + ${kill} * 3_600_000
       for (let index = 0; ; index++) {
         const at = new Date(from + index * 1_000).toISOString()
         const input = { procedure_id: '${line.procedureId}', deployment_id: '${line.deployments[0]}', serial_number: 'K${kill}-' + index,
           outcome: 'PASS', started_at: at, ended_at: at }
         const { runInput } = await import('project/server/domain/run.ts')
         const received = Array.from({ length: 3 }, () => ({ input: runInput.parse(input), stationId: '${line.stations[0]}', deploymentHeader: null, bytes: 100 }))
         for (const stored of await take(received)) console.log('stored ' + stored.id)
       }`,
      { DIRECTORY: directory },
    )
    onTestFinished(() => taking.kill())
    const said: string[] = []
    for (let index = 0; index < 60; index++) said.push(await taking.said('stored '))
    await expect(openDatabase({ directory })).rejects.toThrow(
      `${directory} is in use by process ${taking.process.pid}. The embedded database takes one process: stop that one, choose another DATA_DIR, or set DATABASE_URL`,
    )
    await taking.kill()
    const { out } = await taking.ended
    acknowledged.push(...out.split('\n').filter((text) => text.startsWith('stored ')), ...said)
  }
  const again = await openDatabase({ directory })
  onTestFinished(() => again.close())
  const stored = await rows<{ id: string }>(again.db, sql`select id::text as id from runs`)
  const ids = acknowledged.map((text) => text.slice('stored '.length))
  expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining([...new Set(ids)]))
  // At most the one group that was committed and not yet answered, each time.
  expect(stored.length - new Set(ids).size).toBeLessThanOrEqual(3)
  expect(await tallied(again.db, line.procedureId)).toEqual(await recounted(again.db, line.procedureId))
})

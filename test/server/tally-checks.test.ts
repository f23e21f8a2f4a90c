// Tallies are held against the stored runs, hour by hour: what differs is said, with what mends it.
import { sql } from 'drizzle-orm'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { hourDrift } from '../../db/hour-drift.ts'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import { tallyChecks } from '../../server/tally-checks.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { clock, database } = service
const hour = 3_600_000

/** A line with runs of every kind in one hour, and the beginning of that hour. */
async function anHour() {
  const line = await testLine(service, { stations: 2 })
  const at = Math.floor(clock.now() / hour) * hour
  clock.pass(at + hour - clock.now() + hour / 4)
  const start = (minute: number) => at + minute * 60_000 - clock.now()
  const [station, other] = [line.bench(0), line.bench(1)]
  await line.runs([
    { station, deployment: line.base, outcome: 'PASS', unit: 'U1', start: start(5) },
    { station, deployment: line.base, outcome: 'FAIL', unit: 'U2', start: start(10) },
    { station: other, deployment: line.base, outcome: 'PASS', unit: 'U2', start: start(15) },
    { station: other, deployment: line.next, outcome: 'ERROR', unit: 'U3', start: start(20) },
    { station: other, deployment: line.base, outcome: 'ABORTED', unit: 'U4', start: start(25) },
  ])
  const drift = () => hourDrift(database.db, line.procedure, at)
  return { line, drift }
}

test('an hour that is right differs nowhere', async () => {
  const { drift } = await anHour()
  expect(await drift()).toEqual([])
})

test('a count that was changed and a tally that is gone are found, and a rebuild mends them', async () => {
  const { line, drift } = await anHour()
  const of = sql`procedure_id = ${line.procedure}::uuid`
  await database.db.execute(
    sql`update hourly_tallies set runs = runs + 1 where ${of} and station_id = ${line.bench(0).id}::uuid`,
  )
  const [changed, ...none] = await drift()
  expect(none).toEqual([])
  expect(changed).toMatchObject({
    stationId: line.bench(0).id,
    tallied: { runs: 3 },
    stored: { runs: 2, units: 2 },
  })
  await database.db.execute(
    sql`delete from hourly_tallies where ${of} and deployment_id = ${line.next}::uuid`,
  )
  expect(await drift()).toHaveLength(2)
  await database.db.transaction((tx) => rebuildTallies(tx, line.procedure))
  expect(await drift()).toEqual([])
})

test('what differs is logged with the command that mends it', async () => {
  const { line } = await anHour()
  const logged: string[] = []
  const stream = { write: (text: string) => void logged.push(text) }
  const { log } = Fastify({ logger: { level: 'error', stream } })
  const checks = tallyChecks({ database, now: clock.now, log })
  await checks.check()
  expect(logged.filter((text) => text.includes(line.procedure))).toEqual([])
  await database.db.execute(
    sql`update hourly_tallies set passed = 0 where procedure_id = ${line.procedure}::uuid`,
  )
  await checks.check()
  await checks.stop()
  expect(logged.join('')).toContain(`POST /api/v1/procedures/${line.procedure}/rebuild-tallies`)
})

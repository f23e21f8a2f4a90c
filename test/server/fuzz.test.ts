// Every route of the service with generated requests, good and bad: nothing fails, hangs or is half done.
import { expect, test } from 'vitest'
import { fuzzService } from '../support/fuzz/fuzz-service.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService({ isLocal: true })
/** One that stays: what turns red is then the change's own fault. `npm run torture -- --only fuzz` goes on to others. */
const seed = Number(process.env.FUZZ_SEED ?? 434_859)
const requests = Number(process.env.FUZZ_REQUESTS ?? (service.database.engine.kind === 'pglite' ? 600 : 150))

test(`${requests} requests to every route, FUZZ_SEED=${seed}`, { timeout: 600_000 }, async () => {
  const { sent, statuses, compared, faults } = await fuzzService(service, {
    seed,
    requests,
    compareEvery: 10,
  })
  expect(faults).toEqual([])
  expect(sent).toBe(requests)
  // Requests that are all refused at the door would prove little.
  expect(statuses['2xx']).toBeGreaterThan(requests / 10)
  expect(statuses['4xx']).toBeGreaterThan(requests / 10)
  expect(compared).toBeGreaterThan(0)
})

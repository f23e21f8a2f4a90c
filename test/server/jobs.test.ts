// Deliveries to Slack: queued in the transaction of the decision, one redraw at a time, repeated until they are done.
import Fastify from 'fastify'
import { afterAll, expect, test, vi } from 'vitest'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { RolloutState } from '../../server/domain/rollout/state.ts'
import { startJobs } from '../../server/jobs.ts'
import type { Delivery, DeliveryResult } from '../../server/service.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const database = await openTestDatabase()
const jobs = await startJobs(database, Fastify().log)
let deliver: (job: Delivery) => Promise<DeliveryResult> = async () => ({ delivered: true })
const done: { job: Delivery; at: number }[] = []
afterAll(() => jobs.stop())

/** Only the id is read of it. */
const rollout = (id: string) => ({ id: id as RolloutId }) as RolloutState
const rolloutOf = (job: Delivery): string | null => ('rolloutId' in job ? job.rolloutId : null)
const queue = (work: Parameters<typeof database.db.transaction>[0]) => database.db.transaction(work)
const deliveriesOf = (id: string) => done.filter(({ job }) => rolloutOf(job) === id)
const patiently = { timeout: 20_000, interval: 20 }

test('nothing is queued by a transaction that is taken back', async () => {
  const failing = queue(async (tx) => {
    await jobs.deliveries.send(tx, { kind: 'card', rolloutId: rollout('taken-back').id, stageIndex: 0 })
    await jobs.deliveries.send(tx, { kind: 'thread', rolloutId: rollout('taken-back').id, sequence: 1 })
    throw new Error('taken back')
  })
  await expect(failing).rejects.toThrow('taken back')
  expect(await jobs.waiting()).toBe(0)
})

test('a burst of changes of one card is one redraw; each card, and each event, has its own delivery', async () => {
  for (let change = 0; change < 5; change++)
    await queue(async (tx) => {
      await jobs.deliveries.send(tx, { kind: 'card', rolloutId: rollout('burst').id, stageIndex: 0 })
      await jobs.deliveries.send(tx, { kind: 'thread', rolloutId: rollout('burst').id, sequence: change })
    })
  await queue((tx) =>
    jobs.deliveries.send(tx, { kind: 'card', rolloutId: rollout('burst').id, stageIndex: 1 }),
  )
  await begin()
  await vi.waitFor(() => expect(deliveriesOf('burst')).toHaveLength(7), patiently)
  const cards = deliveriesOf('burst').flatMap(({ job }) => (job.kind === 'card' ? [job.stageIndex] : []))
  expect(cards.sort()).toEqual([0, 1])
})

test('a change that comes while its card is being drawn is drawn after it', async () => {
  await begin()
  const under = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  let drawn = 0
  deliver = async (job) => {
    if (rolloutOf(job) !== 'changing') return { delivered: true }
    if (++drawn === 1) {
      under.resolve()
      await finish.promise
    }
    return { delivered: true }
  }
  await queue((tx) =>
    jobs.deliveries.send(tx, { kind: 'card', rolloutId: rollout('changing').id, stageIndex: 0 }),
  )
  await under.promise
  await queue((tx) =>
    jobs.deliveries.send(tx, { kind: 'card', rolloutId: rollout('changing').id, stageIndex: 0 }),
  )
  finish.resolve()
  await vi.waitFor(() => expect(drawn).toBe(2), patiently)
})

test('a delivery that throws is repeated until it is done', async () => {
  await begin()
  let tries = 0
  deliver = async (job) => {
    if (rolloutOf(job) === 'failing' && ++tries < 3) throw new Error('Slack hung up')
    return { delivered: true }
  }
  await queue((tx) =>
    jobs.deliveries.send(tx, { kind: 'thread', rolloutId: rollout('failing').id, sequence: 1 }),
  )
  await vi.waitFor(() => expect(deliveriesOf('failing')).toHaveLength(1), patiently)
  expect(tries).toBe(3)
})

test('a delivery that Slack asks to wait comes again when the time is over, not before', async () => {
  await begin()
  const asked: number[] = []
  deliver = async (job) => {
    if (rolloutOf(job) !== 'waiting') return { delivered: true }
    asked.push(performance.now())
    return asked.length === 1
      ? { delivered: false, waitSeconds: 2, why: 'rate limited' }
      : { delivered: true }
  }
  await queue((tx) =>
    jobs.deliveries.send(tx, { kind: 'card', rolloutId: rollout('waiting').id, stageIndex: 0 }),
  )
  await vi.waitFor(() => expect(asked).toHaveLength(2), patiently)
  const [first = 0, second = 0] = asked
  expect(second - first).toBeGreaterThanOrEqual(1_900)
  expect(second - first).toBeLessThan(10_000)
})

let working: Promise<void> | null = null
function begin(): Promise<void> {
  deliver = async () => ({ delivered: true })
  working ??= jobs.work(async (job) => {
    const result = await deliver(job)
    if (result.delivered) done.push({ job, at: performance.now() })
    return result
  })
  return working
}

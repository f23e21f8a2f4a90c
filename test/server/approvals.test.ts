// Approvals in the service: asked for by its clock, recorded with the evidence, bound to their stage.
import { expect, test } from 'vitest'
import type { Actor } from '../../server/domain/actor.ts'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { Job } from '../../server/service.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { rolloutOf, type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const jobs: Job[] = []
let failing = false
const service = await openTestService({
  deliveries: {
    async send(_tx, job) {
      if (failing && job.kind === 'thread') throw new Error('the queue is gone')
      jobs.push(job)
    },
  },
})
const { ask, clock } = service
const minute = 60_000
const person = (id: string, name: string): Actor => ({ kind: 'person', id, name, door: 'slack' })
const marek = person('U2', 'Marek')
const zoe = person('U3', 'Zoe')

/** Half an hour of soak, then two approvals; no gate judges the runs. */
const plan = {
  stages: [
    { target: { stations: 1 }, soak: { minutes: 30 }, approvals: 2 },
    { target: { share: 0.5 }, soak: { minutes: 0 }, approvals: 1 },
    { target: { share: 1 }, soak: { minutes: 0 } },
  ],
  gates: [],
}
const urlOf = (line: TestLine) => `/api/v1/procedures/${line.procedure}`
async function started(policy: object = {}): Promise<{ line: TestLine; rollout: TestRollout }> {
  const line = await testLine(service)
  const body = { policy, expected_version: 0 }
  expect((await ask('PUT', `${urlOf(line)}/policy`, { body })).status).toBe(200)
  const rollout = await testRollout(service, line, plan)
  await rollout.confirm()
  return { line, rollout }
}
const judge = (line: TestLine) => service.judge(line.procedure)
const approve = (id: RolloutId, by: Actor) => service.service.command(id, { verb: 'approve' }, by)
const asked = async (rollout: TestRollout) =>
  (await rollout.eventTypes()).filter((type) => type === 'ApprovalAsked').length
const reminded = async (rollout: TestRollout) =>
  (await rollout.eventTypes()).filter((type) => type === 'ApprovalReminded').length

test('approvers are asked exactly when the rest is there, in the thread, and once', async () => {
  const { line, rollout } = await started()
  clock.pass(30 * minute - 1)
  await judge(line)
  expect(await asked(rollout)).toBe(0)
  expect(await rollout.get()).toMatchObject({
    waits_for: ['soaked 29 of 30 min', '0 of 2 approvals'],
    approvals: { needed: 2, given: [], asked: null },
  })
  clock.pass(1)
  await judge(line)
  await judge(line)
  expect(await asked(rollout)).toBe(1)
  const event = (await rollout.events()).find(({ type }) => type === 'ApprovalAsked')
  const job = { rolloutId: rollout.id, sequence: event?.sequence }
  expect(jobs).toContainEqual({ kind: 'thread', ...job })
  expect(jobs).toContainEqual({ kind: 'direct', ...job })
  expect((await rollout.get()).approvals.asked).toEqual({ at: clock.now(), reminded_at: null })
})

test('an approval before that is refused over HTTP, and tells what is missing', async () => {
  const { rollout } = await started()
  expect(await rollout.verb('approve')).toMatchObject({
    status: 409,
    body: {
      code: 'not_ready',
      message:
        'Approvals come last, and stage 1 still waits: soaked 0 of 30 min. Its approvers are asked when that is there.',
    },
  })
})

test('the approvals of two people let it advance, and are not those of the next stage', async () => {
  const { line, rollout } = await started()
  clock.pass(30 * minute)
  await judge(line)
  expect(await approve(rollout.id, marek)).toMatchObject({
    did: 'approved the stage: 1 more approval is needed',
  })
  expect(await approve(rollout.id, marek)).toMatchObject({ events: [] })
  expect((await rollout.verb('advance')).body.message).toBe(
    'Stage 1 is not ready: 1 of 2 approvals. Wait, or override with a reason.',
  )
  const drawn = (await rollout.get()).version
  expect(await approve(rollout.id, zoe)).toMatchObject({ rollout: { readiness: { ready: true } } })
  expect((await rollout.verb('advance')).status).toBe(200)
  const stale = { stageIndex: 0, version: drawn }
  expect(await service.service.command(rollout.id, { verb: 'approve' }, marek, stale)).toMatchObject({
    refused: 'stale',
  })
  expect((await rollout.get()).approvals).toMatchObject({ needed: 1, given: [], asked: null })
  const given = (await rollout.events()).filter(({ type }) => type === 'StageApproved')
  expect(given).toMatchObject([
    { stage_index: 0, by: { name: 'Marek' }, evidence: [] },
    { stage_index: 0, by: { name: 'Zoe' }, evidence: [] },
  ])
  const shown = (await service.service.get(rollout.id))?.stages ?? []
  const [first, second] = shown.map(({ approvedBy }) => approvedBy.map(({ by }) => by.name))
  expect([first, second]).toEqual([['Marek', 'Zoe'], []])
})

test('the author is refused over HTTP where four eyes are asked, at the start and in a stage', async () => {
  const { line, rollout } = await started({ four_eyes: true })
  clock.pass(30 * minute)
  await judge(line)
  const sentence =
    'API started this rollout, and its plan asks for four eyes: its author cannot approve it. Ask somebody else to approve it.'
  const refused = { status: 403, body: { code: 'not_allowed', message: sentence } }
  expect(await rollout.verb('approve')).toMatchObject(refused)
  expect((await rollout.verb('advance', { override: true, reason: 'the line waits' })).body.message).toMatch(
    /its author cannot pass over its approvals/,
  )
  expect(await approve(rollout.id, marek)).toMatchObject({
    did: 'approved the stage: 1 more approval is needed',
  })
  expect((await rollout.get()).waits_for).toContain("1 of 2 approvals; the author's does not count")
  await rollout.verb('abort', { reason: 'enough seen' })

  const other = await testLine(service)
  const body = { policy: { four_eyes: true, start_approvals: 1 }, expected_version: 0 }
  await ask('PUT', `${urlOf(other)}/policy`, { body })
  const waiting = rolloutOf(service, other, (await other.start(plan)).body.rollout.id)
  expect(await waiting.verb('approve')).toMatchObject(refused)
  expect(await waiting.canaries()).toEqual([])
  expect(await approve(waiting.id, marek)).toMatchObject({ rollout: { status: 'active' } })
})

test('approvers are reminded after an hour, and asked anew when an approval has expired', async () => {
  const { line, rollout } = await started({ approvals_last_minutes: 90 })
  clock.pass(30 * minute)
  await judge(line)
  await approve(rollout.id, marek)
  clock.pass(60 * minute - 1)
  await judge(line)
  expect(await reminded(rollout)).toBe(0)
  clock.pass(1)
  await judge(line)
  await judge(line)
  expect([await asked(rollout), await reminded(rollout)]).toEqual([1, 1])
  clock.pass(30 * minute)
  await judge(line)
  await judge(line)
  expect([await asked(rollout), await reminded(rollout)]).toEqual([2, 1])
  expect(await rollout.get()).toMatchObject({
    approvals: { given: [], asked: { at: clock.now(), reminded_at: null } },
    waits_for: expect.arrayContaining(['0 of 2 approvals; 1 has expired']),
  })
  expect(await approve(rollout.id, zoe)).toMatchObject({
    did: 'approved the stage: 1 more approval is needed',
  })
  expect(await approve(rollout.id, marek)).toMatchObject({ did: 'approved the stage' })
  expect((await rollout.verb('advance')).status).toBe(200)
})

test('approvers of the start are asked by the clock, and not through a freeze', async () => {
  const line = await testLine(service)
  const rollout = rolloutOf(
    service,
    line,
    (await line.start({ ...plan, start_approvals: 1 })).body.rollout.id,
  )
  const frozen = await ask('POST', `${urlOf(line)}/freezes`, { body: { why: 'inventory' } })
  await judge(line)
  expect(await asked(rollout)).toBe(0)
  const [{ id }] = frozen.body.policy.freezes
  await ask('DELETE', `${urlOf(line)}/freezes/${id}?reason=counted`)
  await judge(line)
  await judge(line)
  expect(await asked(rollout)).toBe(1)
  expect(await rollout.get()).toMatchObject({
    status: 'pending',
    approvals: { needed: 1, asked: { at: clock.now(), reminded_at: null } },
    waits_for: ['0 of 1 approvals of the start'],
  })
})

test('a judgement that was killed while it asked, and is made again, has asked once', async () => {
  const { line, rollout } = await started()
  clock.pass(30 * minute)
  failing = true
  await expect(judge(line)).rejects.toThrow('the queue is gone')
  failing = false
  expect(await asked(rollout)).toBe(0)
  await judge(line)
  await judge(line)
  expect(await asked(rollout)).toBe(1)
  const told = jobs.filter((job) => job.kind === 'thread' && job.rolloutId === rollout.id)
  expect(told).toHaveLength(1)
})

test('a stage that becomes ready by its soak clock alone is told in the overviews, at most once a minute', async () => {
  const { line, rollout } = await started()
  clock.pass(30 * minute)
  await judge(line)
  const since = async (work: () => Promise<unknown>) => {
    const before = jobs.length
    await work()
    return jobs.slice(before).map(({ kind }) => kind)
  }
  clock.pass(minute)
  expect(await since(() => judge(line))).toEqual(['card', 'digest', 'home'])
  clock.pass(1_000)
  expect(await since(() => judge(line))).toEqual([])
  expect((await rollout.get()).status).toBe('active')
})

test('a station on its way to the build redraws the card, and nothing beside it', async () => {
  const line = await testLine(service)
  const rollout = await testRollout(service, line, plan)
  await judge(line)
  const [canary = line.bench(0)] = await rollout.canaries()
  clock.pass(1_000)
  await line.pickup(canary, line.next, 'pulled')
  const before = jobs.length
  await judge(line)
  expect((await rollout.station(canary)).status).toBe('pulled')
  expect(jobs.slice(before).map(({ kind }) => kind)).toEqual(['card'])
})

test('a change of a rollout brings its digest and the Homes up to date', async () => {
  const before = jobs.length
  const { line, rollout } = await started()
  const of = jobs.slice(before)
  expect(of).toContainEqual({ kind: 'digest', procedureId: line.procedure })
  expect(of).toContainEqual({ kind: 'home', rolloutId: rollout.id })
  const told = (await rollout.events())
    .filter(({ type }) => type === 'RolloutCreated' || type === 'StageStarted')
    .map(({ sequence }) => sequence)
  const direct = of.flatMap((job) => (job.kind === 'direct' ? [job.sequence] : []))
  expect(direct).toEqual(told)
})

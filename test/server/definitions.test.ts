// Phases, measurements and limits of builds: learned from runs, declared, compared, and what holds a rollout for them.
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { definitionsOf } from '../../db/definitions.ts'
import { loadRollout } from '../../db/rollout-storage.ts'
import { changesOf, rememberedChanges } from '../../server/build-changes.ts'
import type { DeploymentId } from '../../server/domain/ids.ts'
import { ingest } from '../../server/ingest.ts'
import type { Job } from '../../server/service.ts'
import { phasesOf, rail, type Said, sleep } from '../support/definition-builder.ts'
import { bareStages, type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const second = 1_000

const usual: Said = { power: [rail(3.2)], rest: [sleep] }
const loose: Said = { power: [rail(3.1)], rest: [sleep] }
/** Nothing but what the build changes can hold it. */
const bare = { stages: bareStages.map((stage) => ({ ...stage, soak: { minutes: 0 } })), gates: [] }

type Shown = { said: Said; product?: string; outcome?: string; more?: object }

/** So many runs, a second apart, all of them on this station. */
async function show(
  line: TestLine,
  deployment: DeploymentId,
  count: number,
  shown: Shown,
  place = 0,
): Promise<void> {
  clock.pass(count * second)
  const { said, product, outcome = 'PASS', more = {} } = shown
  await line.runs(
    Array.from(
      { length: count },
      (_, index): RunSaid => ({
        station: line.bench(place),
        deployment,
        outcome,
        start: (index - count) * second,
        more: { phases: phasesOf(said), ...(product ? { part_number: product } : {}), ...more },
      }),
    ),
  )
}

/** Base has run often, and the first canary station has the new build. */
async function begun(body: object = {}): Promise<{ line: TestLine; rollout: TestRollout }> {
  const line = await testLine(service)
  await show(line, line.base, 30, { said: usual })
  const rollout = await testRollout(service, line, { ...bare, ...body })
  await rollout.confirm()
  return { line, rollout }
}

const judge = (line: TestLine) => service.judge(line.procedure)
const urlOf = (id: DeploymentId) => `/api/v1/deployments/${id}`
const diffOf = async (id: DeploymentId, query = '') => (await ask('GET', `${urlOf(id)}/diff${query}`)).body
const accept = (id: DeploymentId, body: object) => ask('POST', `${urlOf(id)}/accept-changes`, { body })
const declare = (id: DeploymentId, body: object) => ask('PUT', `${urlOf(id)}/definition`, { body })
const lines = async (id: DeploymentId, query = '') =>
  ((await diffOf(id, query)).changes?.list ?? []).map(
    (each: { words: string; status: string }) => `${each.words}: ${each.status}`,
  )
async function learned(line: TestLine, id: DeploymentId) {
  return (await definitionsOf(database.db, line.procedure, [id])).get(id)?.learned ?? null
}
const told = async (rollout: TestRollout, type: string) =>
  (await rollout.events()).filter((event) => event.type === type)
const threads = (rollout: TestRollout): Job[] =>
  service.jobs.filter((job) => job.kind === 'thread' && job.rolloutId === rollout.id)

const loosened = 'power / rail_3v3 lower 3.2 → 3.1 V'

describe('an undeclared change of a limit', () => {
  test('holds the first stage, is told once, and lets it go on when a person has accepted it', async () => {
    const { line, rollout } = await begun()
    const [canary] = await rollout.canaries()
    await show(line, line.next, 2, { said: loose }, line.benches.indexOf(canary ?? line.bench(0)))
    await judge(line)
    await judge(line)
    const held = await rollout.get()
    const waits = `undeclared change of limits: ${loosened}; declare or accept it, or override with a reason`
    expect(held.waits_for).toEqual([waits])
    expect(held.changes).toMatchObject({ total: 1, undeclared: 1, holding: 1, list: [{ words: loosened }] })
    expect(await told(rollout, 'ChangesFound')).toMatchObject([{ stage_index: 0, words: [loosened] }])
    expect(threads(rollout)).toHaveLength(1)
    const refused = await rollout.verb('advance')
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining(waits)])

    const id = held.changes.list[0].id
    expect((await accept(line.next, { changes: [id], reason: ' ' })).status).toBe(422)
    const version = held.version
    expect(await accept(line.next, { changes: [id], reason: 'revision C draws less' })).toMatchObject({
      status: 200,
      body: { did: `accepted the change ${loosened} of v2`, accepted: [loosened] },
    })
    const open = await rollout.get()
    expect(open.changes.list).toMatchObject([
      { status: 'accepted', holds: false, accepted: { by: { name: 'API' }, why: 'revision C draws less' } },
    ])
    expect([open.waits_for, open.version]).toEqual([[], version])
    expect(await told(rollout, 'ChangesAccepted')).toMatchObject([
      { why: 'revision C draws less', by: { name: 'API' } },
    ])
    expect(threads(rollout)).toHaveLength(2)
    expect((await accept(line.next, { changes: [id], reason: 'again' })).body.accepted).toEqual([])
    expect((await rollout.verb('advance')).status).toBe(200)
  })

  test('that comes after one was accepted holds anew, in the stage where it is found', async () => {
    const { line, rollout } = await begun()
    await show(line, line.next, 2, { said: loose })
    await accept(line.next, { reason: 'revision C' })
    expect((await rollout.verb('advance')).status).toBe(200)
    await rollout.confirm()
    await show(line, line.next, 1, { said: { ...usual, rest: [{ ...sleep, upper_limit: 20 }] } })
    await judge(line)
    expect((await rollout.get()).waits_for).toEqual([
      expect.stringContaining('rest / sleep_current upper 12 → 20 uA'),
    ])
    expect((await rollout.verb('advance')).status).toBe(409)
    expect((await accept(line.next, { changes: ['0123456789abcdef'], reason: 'mistyped' })).status).toBe(409)
    expect(await told(rollout, 'ChangesFound')).toMatchObject([{ stage_index: 1 }])
  })

  test('that was passed over by an override does not hold again further on, and never an abort', async () => {
    const { line, rollout } = await begun()
    await show(line, line.next, 2, { said: loose })
    const passed = await rollout.verb('advance', { override: true, reason: 'agreed with quality' })
    expect(passed.status).toBe(200)
    const [advanced] = await told(rollout, 'StageAdvanced')
    expect(advanced?.override).toEqual([expect.stringContaining(loosened)])
    await rollout.verb('undo', { reason: 'once more' })
    expect((await rollout.get()).waits_for).toEqual([expect.stringContaining(loosened)])
    await rollout.verb('advance', { override: true, reason: 'agreed with quality' })
    await rollout.confirm()
    expect((await rollout.get()).waits_for).toEqual([])
    expect((await rollout.get()).changes.holding).toBe(1)
    expect((await rollout.verb('abort', { reason: 'wrong build' })).status).toBe(200)
  })

  test('holds a hot-fix and its completion as well', async () => {
    const { line, rollout } = await begun({
      stages: [{ target: { share: 1 }, soak: { minutes: 0, firstAttempts: 1 } }],
    })
    await show(line, line.next, 1, { said: loose })
    await judge(line)
    expect(await rollout.get()).toMatchObject({
      status: 'active',
      waits_for: [expect.stringContaining(loosened)],
    })
    await accept(line.next, { reason: 'that is the fix' })
    await judge(line)
    expect((await rollout.get()).status).toBe('completed')
  })

  test('is known before the start where the build ran before: the preview names it', async () => {
    const line = await testLine(service)
    await show(line, line.base, 30, { said: usual })
    await show(line, line.next, 1, { said: loose, more: { metadata: { shadow: true } } })
    const preview = { procedure_id: line.procedure, deployment_id: line.next, ...bare }
    const answer = await ask('POST', '/api/v1/rollouts/preview', { body: preview })
    expect(answer.body.changes).toMatchObject({ holding: 1, list: [{ words: loosened }] })
    expect((await accept(line.next, { reason: 'seen before the start' })).status).toBe(200)
    const rollout = await testRollout(service, line, bare)
    await rollout.confirm()
    expect((await rollout.get()).waits_for).toEqual([])
  })
})

describe('a declared change', () => {
  test.each<[string, Record<string, unknown>]>([
    ['the definition says so', { definition: { phases: phasesOf(loose) } }],
    ['it is named', { declared_changes: ['power / *'] }],
  ])('holds nothing where %s', async (_, more) => {
    const line = await testLine(service)
    await show(line, line.base, 30, { said: usual })
    const build = await line.build('v3', more)
    expect(await lines(build)).toEqual('definition' in more ? [`${loosened}: declared`] : [])
    const rollout = await testRollout(service, line, { ...bare, deployment_id: build })
    await rollout.confirm()
    await show(line, build, 2, { said: loose })
    await judge(line)
    const { waits_for, changes } = await rollout.get()
    expect([waits_for, changes.list]).toMatchObject([[], [{ status: 'declared', is_seen: true }]])
  })

  test('may be declared late: it is recorded with its author, and the rollout goes on', async () => {
    const { line, rollout } = await begun()
    await show(line, line.next, 1, { said: loose })
    expect((await rollout.get()).waits_for).toHaveLength(1)
    expect((await declare(line.next, { declared_changes: ['power / rail_3v3'] })).status).toBe(200)
    expect((await rollout.get()).waits_for).toEqual([])
    expect(await told(rollout, 'DefinitionDeclared')).toMatchObject([{ by: { name: 'API' } }])
    expect((await declare(line.next, { definition: { phases: phasesOf(usual) } })).status).toBe(200)
    const { declared } = (await definitionsOf(database.db, line.procedure, [line.next])).get(line.next) ?? {}
    expect(declared?.changes).toEqual(['power / rail_3v3'])
  })

  test('that the runs contradict is a finding of its own', async () => {
    const { line, rollout } = await begun()
    await declare(line.next, { definition: { phases: phasesOf(loose) } })
    await show(line, line.next, 1, { said: usual })
    expect((await rollout.get()).waits_for).toEqual([
      expect.stringContaining('power / rail_3v3: declared 3.1 … 3.4 V, runs say 3.2 … 3.4 V'),
    ])
  })

  test.each<[string, object, string]>([
    ['nothing', {}, 'expected a definition, declared_changes, or both'],
    [
      'a limit above the other',
      { definition: { phases: phasesOf({ power: [rail(4)] }) } },
      'expected a lower limit that is not above the upper one',
    ],
    [
      'a name twice',
      { definition: { phases: phasesOf({ power: [sleep, sleep] }) } },
      'expected "sleep_current" once, got it again',
    ],
    [
      'too many phases',
      { definition: { phases: Array.from({ length: 501 }, (_, n) => ({ name: `p${n}` })) } },
      'expected at most 500 phases',
    ],
    ['a word that is unknown', { definition: { phases: [{ name: 'p', limits: [] }] } }, 'limits'],
  ])('is refused in words for %s', async (_, body, why) => {
    const line = await testLine(service)
    const answer = await declare(line.next, body)
    expect([answer.status, answer.body.message]).toEqual([422, expect.stringContaining(why)])
  })
})

describe('what is gone', () => {
  test('holds after five complete runs: a limited measurement that nobody measures any more', async () => {
    const { line, rollout } = await begun()
    const without: Said = { power: [rail(3.2)], rest: [] }
    await show(line, line.next, 9, { said: { power: [rail(3.2)] }, outcome: 'FAIL' })
    await show(line, line.next, 4, { said: without })
    expect((await rollout.get()).changes).toBeNull()
    await show(line, line.next, 1, { said: without })
    expect((await rollout.get()).waits_for).toEqual([
      expect.stringContaining('rest / sleep_current is no longer measured (≤ 12 uA)'),
    ])
  })
})

describe('limits of a product', () => {
  test('are compared with its own: nothing flaps while products change', async () => {
    const line = await testLine(service)
    const ofB: Said = { power: [rail(3)], rest: [sleep] }
    await show(line, line.base, 12, { said: usual, product: 'A' })
    await show(line, line.base, 12, { said: ofB, product: 'B' })
    const rollout = await testRollout(service, line, bare)
    await rollout.confirm()
    for (const product of ['B', 'A', 'B', 'C']) {
      await show(line, line.next, 1, { said: product === 'A' ? usual : ofB, product })
      expect((await rollout.get()).changes).toBeNull()
    }
    await show(line, line.next, 1, { said: ofB, product: 'A' })
    expect((await rollout.get()).waits_for).toEqual([
      expect.stringContaining('power / rail_3v3 lower 3.2 → 3 V, with A only'),
    ])
  })
})

describe('a build learns', () => {
  test('from runs that were not aborted, once each, and from a base that ran before builds learned', async () => {
    const line = await testLine(service)
    await show(line, line.base, 12, { said: usual })
    await show(line, line.base, 3, { said: { ...usual, odd: [] }, outcome: 'ABORTED' })
    expect(await learned(line, line.base)).toMatchObject({ seen: [{ product: '', runs: 12, passes: 12 }] })
    const body = { ...line.runBody({ unit: 'twice', deployment: line.base }), phases: phasesOf(usual) }
    for (let times = 0; times < 2; times++)
      expect((await ask('POST', '/api/v1/runs', { token: line.bench(0).key, body })).status).toBe(200)
    expect(await learned(line, line.base)).toMatchObject({ seen: [{ runs: 13 }] })
    await database.db.execute(sql`delete from definitions where procedure_id = ${line.procedure}::uuid`)
    await testRollout(service, line, bare)
    const known = await learned(line, line.base)
    expect(known?.seen).toEqual([{ product: '', runs: 13, passes: 13 }])
    expect(known?.phases.map(({ name }) => name)).toEqual(['power', 'rest'])
  })

  test('from two processes at once, and the one that knows less asks the database', async () => {
    const line = await testLine(service)
    const takes = [0, 1].map(() => ingest({ database, now: clock.now, stored: () => {} }).take)
    const { runInput } = await import('../../server/domain/run.ts')
    const one = (number: number, said: Said) => ({
      input: runInput.parse({
        ...line.runBody({ unit: `u${number}`, deployment: line.base }),
        phases: phasesOf(said),
      }),
      stationId: line.bench(0).id,
      deploymentHeader: null,
    })
    const half = (from: number) => Array.from({ length: 15 }, (_, index) => one(from + index, usual))
    await Promise.all(takes.map((take, place) => take(half(100 * place))))
    expect(await learned(line, line.base)).toMatchObject({ seen: [{ runs: 30, passes: 30 }] })
    await takes[0]?.([one(900, usual)])
    await takes[1]?.([one(901, usual)])
    expect(await learned(line, line.base)).toMatchObject({ seen: [{ runs: 30 }] })
    await takes[0]?.([one(902, loose)])
    await takes[1]?.([one(903, loose)])
    expect(await learned(line, line.base)).toMatchObject({ seen: [{ runs: 31 }] })
  })
})

test('a diff is against what runs now, what ran before it, or what is named', async () => {
  const line = await testLine(service)
  await show(line, line.base, 6, { said: usual })
  await show(line, line.next, 6, { said: loose })
  expect(await diffOf(line.next)).toMatchObject({
    build: { id: line.next, runs: 6, passes: 6, is_declared: false },
    against: { id: line.base, runs: 6 },
  })
  expect(await lines(line.next)).toEqual([`${loosened}: undeclared`])
  expect(await lines(line.base, `?against=${line.next}`)).toEqual([
    'power / rail_3v3 lower 3.1 → 3.2 V: undeclared',
  ])
  expect((await diffOf(line.base)).message).toMatch(/^There is no build to compare v1 with/)
  const other = await testLine(service)
  expect((await ask('GET', `${urlOf(line.next)}/diff?against=${other.base}`)).status).toBe(404)
  expect((await ask('GET', `${urlOf(line.next)}/diff`, { token: null })).status).toBe(401)
})

test('hostile names go through as they are, without what no database keeps', async () => {
  const { line, rollout } = await begun()
  const name = `<!channel> "${'x'.repeat(300)}"\u0007`
  await show(line, line.next, 6, { said: { ...usual, [name]: [{ ...sleep, name: '__proto__' }] } })
  const { changes } = await rollout.get()
  expect(changes.list).toMatchObject([
    { kind: 'phase added', phase: expect.stringContaining('<!channel> "xxx') },
  ])
})

test('a look that finds no definition written since compares nothing, and one that does finds what a comparison finds', async () => {
  const { line, rollout } = await begun()
  const remembered = rememberedChanges()
  const state = (await loadRollout(database.db, rollout.id))?.state
  if (!state) throw new Error('expected the rollout to be stored')
  const first = await remembered(database.db, state)
  expect(await remembered(database.db, state)).toBe(first)
  await show(line, line.next, 30, { said: loose })
  const after = await remembered(database.db, state)
  expect(after).not.toEqual(first)
  expect(after).toEqual(await changesOf(database.db, state))
  expect(await remembered(database.db, state)).toBe(after)
})

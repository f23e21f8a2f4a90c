// The decision ledger through the real service: on record with what it was computed from, and computed again.
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { verifyAudit } from '../../db/audit-verification.ts'
import { rows } from '../../db/client.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import { isFact } from '../../server/domain/ledger.ts'
import { behindItsBack } from '../support/behind-its-back.ts'
import { type Bench, type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const minute = 60_000
const hour = 60 * minute

type Story = { line: TestLine; rollout: TestRollout; canary: Bench }
type Entry = {
  type: string
  why: string | null
  version: number | null
  by: { name: string; door: string }
  override: string[]
  chained: { entry: number; hash: string }
  verdict: { id: number; overall: string; can_recompute: boolean; gates: { name: string }[] } | null
  evidence: { name: string }[] | null
}

const many = (
  count: number,
  of: Omit<RunSaid, 'start' | 'outcome'>,
  start: number,
  failsEvery: number,
): RunSaid[] =>
  Array.from({ length: count }, (_, index) => {
    return { ...of, outcome: index % failsEvery === 0 ? 'FAIL' : 'PASS', start: start + index * minute }
  })

/** A canary that fails every second unit: breached, and judged twice more since. */
async function breached(): Promise<Story> {
  const line = await testLine(service, { stations: 4 })
  await line.runs(
    line.benches.flatMap((station) => many(100, { station, deployment: line.base }, -9 * hour, 20)),
  )
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(hour)
  const others = line.benches.filter((bench) => bench !== canary)
  await line.runs([
    ...many(40, { station: canary, deployment: line.next }, -50 * minute, 2),
    ...others.flatMap((station) => many(40, { station, deployment: line.base }, -50 * minute, 20)),
  ])
  await service.judge(line.procedure)
  return { line, rollout, canary }
}

const url = ({ rollout }: Story) => `/api/v1/rollouts/${rollout.id}`
const ledger = async (told: Story, query = ''): Promise<{ data: Entry[]; next_after: string | null }> =>
  (await ask('GET', `${url(told)}/ledger${query}`)).body
const verdictIds = async (told: Story) => [
  ...new Set((await ledger(told, '?limit=500')).data.flatMap(({ verdict }) => verdict?.id ?? [])),
]
const again = (told: Story, id: number) => ask('GET', `${url(told)}/verdicts/${id}/recomputed`)
const latest = async (told: Story) => {
  const [id] = await verdictIds(told)
  if (id === undefined) throw new Error('expected a verdict on record')
  return id
}

describe('the ledger', () => {
  test('shows of each entry its place in the chain of the record in the answer and in the table', async () => {
    const told = await breached()
    const { data } = await ledger(told, '?limit=500')
    const chains = await verifyAudit(database.db, [])
    const own = chains.find(({ chain }) => chain === told.line.procedure)
    const newest = Math.max(...data.map(({ chained }) => chained.entry))
    expect(own?.fault).toBeNull()
    expect(newest).toBeLessThanOrEqual(own?.entries ?? 0)
    const csv = String((await ask('GET', `${url(told)}/ledger.csv`)).body)
    for (const { chained } of data) expect(csv).toContain(`,${chained.entry},${chained.hash}`)
    for (const { chained } of data.slice(-1)) {
      // A line of an old export holds today's chain to what it was.
      const kept = { chain: told.line.procedure, number: chained.entry, hash: chained.hash }
      const wrong = { ...kept, hash: chained.hash.replace(/./, (digit) => (digit === '0' ? '1' : '0')) }
      expect((await verifyAudit(database.db, [kept])).flatMap(({ fault }) => fault ?? [])).toEqual([])
      expect((await verifyAudit(database.db, [wrong])).flatMap(({ fault }) => fault ?? [])).toHaveLength(1)
    }
  })

  test('holds who decided what, why, through which door and on which verdict', async () => {
    const told = await breached()
    clock.pass(minute)
    await told.rollout.verb('acknowledge', { gate: 'first-pass yield', reason: 'known bad lot' })
    const { data } = await ledger(told)
    const [acknowledged] = data.filter(({ type }) => type === 'BreachAcknowledged')
    expect(acknowledged).toMatchObject({
      why: 'known bad lot',
      by: { kind: 'program', door: 'api' },
      override: [],
      version: expect.any(Number),
      evidence: expect.arrayContaining([expect.objectContaining({ name: 'first-pass yield' })]),
      verdict: {
        can_recompute: true,
        gates: expect.arrayContaining([
          expect.objectContaining({
            name: 'first-pass yield',
            canary: expect.objectContaining({ n: 40, bad: 20 }),
            expected_rate: expect.any(Number),
            difference_low: expect.any(Number),
          }),
        ]),
      },
    })
    expect(data.find(({ type }) => type === 'BreachOpened')?.verdict?.overall).toMatch(/breach|severe/)
    expect(data.at(-1)).toMatchObject({ type: 'RolloutCreated', why: 'the new build', version: 1 })
    expect(data[0]?.version ?? data[1]?.version).toBe((await told.rollout.get()).version)
  })

  test('is read page by page, each entry once, and as a table', async () => {
    const told = await breached()
    const all = (await ledger(told, '?limit=500')).data
    const seen: Entry[] = []
    let after = ''
    for (let pages = 0; pages < 99; pages++) {
      const page = await ledger(told, `?limit=3${after}`)
      seen.push(...page.data)
      if (page.next_after === null) break
      after = `&after=${page.next_after}`
    }
    expect(seen).toEqual(all)
    const table = await ask('GET', `${url(told)}/ledger.csv`)
    expect(String(table.body).split('\r\n')).toHaveLength(all.length + 2)
    expect(table.body).toContain('BreachOpened,Firstpass,service,service,')
  })

  test('is read as decisions alone, without what stations did and what was judged between them', async () => {
    const told = await breached()
    const id = rolloutId.parse(told.rollout.id)
    const read = async (only?: 'decisions') =>
      (await service.service.ledger(id, { after: null, limit: 500, only }))?.entries ?? []
    const [whole, decisions] = [await read(), await read('decisions')]
    expect(whole.some(({ sequence, type }) => sequence === null && type === 'Verdict')).toBe(true)
    expect(whole.some(({ type }) => type === 'StationConfirmed')).toBe(true)
    expect(decisions).toEqual(whole.filter((entry) => entry.sequence !== null && !isFact(entry)))
    expect(decisions.map(({ type }) => type)).toContain('BreachOpened')
  })

  test('is nobody’s but an administrator’s, and of rollouts that there are', async () => {
    const told = await breached()
    expect((await ask('GET', `${url(told)}/ledger`, { token: told.canary.key })).status).toBe(403)
    expect((await ask('GET', `${url(told)}/verdicts/1/recomputed`, { token: null })).status).toBe(401)
    const nobody = '/api/v1/rollouts/00000000-0000-4000-8000-000000000000'
    for (const path of ['ledger', 'ledger.csv', 'verdicts/1/recomputed'])
      expect((await ask('GET', `${nobody}/${path}`)).status).toBe(404)
    expect((await again(told, 999_999_999)).status).toBe(404)
  })
})

describe('computed again', () => {
  test('every verdict on record comes out the same, and so do the counts of the stored runs', async () => {
    const told = await breached()
    clock.pass(2 * minute)
    await told.line.runs(many(10, { station: told.canary, deployment: told.line.next }, -minute, 2))
    await service.judge(told.line.procedure)
    clock.pass(minute)
    await told.rollout.verb('acknowledge', { gate: 'first-pass yield', reason: 'known bad lot' })
    clock.pass(2 * minute)
    await service.judge(told.line.procedure)
    const ids = await verdictIds(told)
    expect(ids.length).toBeGreaterThan(3)
    for (const id of ids) {
      const { body } = await again(told, id)
      expect(body).toMatchObject({ outcome: 'the same', is_whole: true, differences: [] })
      expect(body.recomputed).toEqual(body.recorded)
      expect(body.recount).toEqual({ outcome: 'the same', late_runs: 0, differences: [], differing: 0 })
    }
  })

  test('runs that arrived late are counted apart, and change nothing of what was judged', async () => {
    const told = await breached()
    const id = await latest(told)
    clock.pass(minute)
    await told.line.run({
      station: told.canary,
      deployment: told.line.next,
      unit: 'late',
      outcome: 'FAIL',
      start: -30 * minute,
    })
    const { body } = await again(told, id)
    expect(body).toMatchObject({ outcome: 'the same', recount: { outcome: 'the same', late_runs: 1 } })
  })

  test('finds out a number, an input and a run that somebody changed', async () => {
    const told = await breached()
    const id = await latest(told)
    const { db } = database
    const where = sql`where rollout_id = ${told.rollout.id}::uuid`
    const [before] = await rows<{ verdict: string }>(
      db,
      sql`select verdict::text as verdict from verdicts ${where} and id = ${id}`,
    )
    await behindItsBack(
      db,
      sql`update verdicts set verdict = jsonb_set(verdict, '{gates,0,canary,bad}', '3') ${where} and id = ${id}`,
    )
    expect((await again(told, id)).body).toMatchObject({
      outcome: 'differs',
      is_whole: false,
      differences: [
        { path: expect.stringMatching(/^gates \/ .* \/ canary \/ bad$/), recorded: 3, recomputed: 20 },
      ],
    })
    await behindItsBack(
      db,
      sql`update verdicts set verdict = ${before?.verdict ?? ''}::text::jsonb ${where} and id = ${id}`,
    )
    expect((await again(told, id)).body).toMatchObject({ outcome: 'the same', is_whole: true })

    await db.execute(
      sql`update runs set outcome = 'PASS' where deployment_id = ${told.line.next}::uuid and outcome = 'FAIL'`,
    )
    await db.execute(
      sql`update first_attempts set passed = true where deployment_id = ${told.line.next}::uuid`,
    )
    expect((await again(told, id)).body).toMatchObject({
      outcome: 'the same',
      is_whole: true,
      recount: {
        outcome: 'differs',
        late_runs: 0,
        differences: expect.arrayContaining([
          {
            station: told.canary.name,
            counting: 'first-pass yield',
            judged: { n: 40, bad: 20 },
            stored: { n: 40, bad: 0 },
          },
        ]),
      },
    })

    const [other] = (await verdictIds(told)).filter((each) => each !== id)
    await behindItsBack(
      db,
      sql`update verdict_inputs set asked = (select asked from verdict_inputs ${where} and verdict_id = ${other ?? 0}) ${where} and verdict_id = ${id}`,
    )
    expect((await again(told, id)).body).toMatchObject({ outcome: 'differs', is_whole: false })
  })

  test('a verdict of another engine, and one from before inputs were kept, say so', async () => {
    const told = await breached()
    const id = await latest(told)
    const { db } = database
    await behindItsBack(
      db,
      sql`update verdicts set verdict = jsonb_set(verdict, '{engine}', '"an older method"') where id = ${id}`,
    )
    expect((await again(told, id)).body).toMatchObject({
      outcome: 'another engine',
      engine: { recorded: 'an older method' },
      recomputed: { overall: expect.any(String) },
    })
    await behindItsBack(db, sql`delete from verdict_inputs where verdict_id = ${id}`)
    expect((await again(told, id)).body).toMatchObject({
      outcome: 'no inputs',
      is_whole: null,
      recomputed: null,
      recount: null,
    })
    expect((await ledger(told)).data.find(({ verdict }) => verdict?.id === id)?.verdict?.can_recompute).toBe(
      false,
    )
  })
})

// An upgrade in the middle of rollouts: what the version with three gates left goes on as if this one had written it.
import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../db/audit-verification.ts'
import { rows } from '../../db/client.ts'
import { metricPastsOf, talliesAfter, talliesToJudge } from '../../db/gate-counts.ts'
import { recount } from '../../db/recount.ts'
import { eventsOf, loadRollout, verdictsOf } from '../../db/rollout-storage.ts'
import { gateStations } from '../../server/domain/gates/gate-counts.ts'
import { verdict } from '../../server/domain/gates/verdict.ts'
import type { RolloutId } from '../../server/domain/ids.ts'
import { plan, stage } from '../../server/domain/plan.ts'
import { fold } from '../../server/domain/rollout/evolve.ts'
import { canaryStations } from '../../server/domain/rollout/state.ts'
import { formerDatabase } from '../support/former-database.ts'
import { testBrowser } from '../support/test-browser.ts'
import { openTestService } from '../support/test-service.ts'

const former = await formerDatabase('three-gates', 3)
const database = await former.database.open()
afterAll(async () => {
  await database.close()
  await former.database.drop()
})
const { db } = database
const service = await openTestService({ database })
const { ask, clock } = service
clock.pass(former.now - clock.now())

const all = Object.entries(former.rollouts)
const started = all.filter(([name]) => !name.includes('pending'))
const live = all.filter(([name]) => ['active', 'paused', 'aborting'].includes(name))
const of = (name: string) => {
  const found = former.rollouts[name]
  if (!found) throw new Error(`expected one of ${Object.keys(former.rollouts)}, got ${name}`)
  return found.id
}

async function loaded(id: RolloutId) {
  const found = await loadRollout(db, id)
  if (!found) throw new Error(`rollout ${id} was lost`)
  return found
}

const recordOf = async (id: RolloutId) => (await eventsOf(db, id)).map(({ sequence: _, ...event }) => event)

/** What is counted of a rollout, in an order of its own. */
const countedOf = (id: RolloutId) =>
  rows(
    db,
    sql`select to_jsonb(a) as counted from arm_tallies a where rollout_id = ${id}::uuid
        union all select to_jsonb(m) from metric_tallies m where rollout_id = ${id}::uuid order by 1`,
  )

test('what was on record before records were chained is the beginning of its chains', async () => {
  const chains = await verifyAudit(db, [])
  expect(chains.flatMap(({ fault }) => fault ?? [])).toEqual([])
  const [{ count } = { count: 0 }] = await rows<{ count: number }>(
    db,
    sql`select count(*)::int as count from audit_entries where source = 'events'`,
  )
  expect(count).toBeGreaterThan(all.length)
})

describe.each(all)('the rollout that was %s', (_, { id }) => {
  test('is what its record says', async () => {
    expect(fold(await recordOf(id))).toEqual((await loaded(id)).state)
  })

  test('has a plan as plans are now, in its state and in every event', async () => {
    const { state } = await loaded(id)
    expect(plan.parse(state.plan)).toEqual(state.plan)
    const told = (await recordOf(id)).flatMap((event) => ('plan' in event ? [event.plan] : []))
    expect(told.length).toBeGreaterThan(0)
    for (const each of told) expect(plan.parse(each)).toEqual(each)
    const planned = 'stageHistory' in state ? state.stageHistory.flatMap((entry) => entry.planned.stages) : []
    for (const each of planned) expect(stage.parse(each)).toEqual(each)
  })

  test('has a record in the words of now', async () => {
    const fields = { BreachOpened: ['mode', 'details', 'suspect'], BreachAcknowledged: ['evidence'] }
    const staged = { StageAdvanced: ['evidence'], StageSet: ['evidence'], StageUndone: ['soakedShifts'] }
    const expected: Record<string, string[]> = { ...fields, ...staged, RolloutCompleted: ['evidence'] }
    for (const event of await recordOf(id)) {
      for (const field of expected[event.type] ?? []) expect(event).toHaveProperty(field)
      if (event.type.startsWith('Breach')) expect(event).toHaveProperty('gate')
      expect(event).not.toHaveProperty('metric')
    }
  })

  test('has verdicts as verdicts are now, by the alphas of its gates', async () => {
    const { state, verdict: last } = await loaded(id)
    for (const each of [...(last ? [last] : []), ...(await verdictsOf(db, id))]) {
      expect(verdict.parse(each)).toEqual(each)
      const alphas = state.plan.gates.map((gate) => ('alpha' in gate ? gate.alpha : 0))
      expect(each.gates.map((gate) => gate.alpha)).toEqual(alphas)
      expect(each.alarmBudget).toBeCloseTo(
        alphas.reduce((sum, alpha) => sum + alpha, 0),
        9,
      )
    }
  })

  test('can be looked at, with its charts', async () => {
    const { status, body } = await ask('GET', `/api/v1/rollouts/${id}`)
    expect(status).toBe(200)
    const page = await testBrowser(service.app).visit(body.url)
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('</html>')])
  })
})

test.each(started)('of the rollout that was %s gates judge what they did', async (name, { id, ...was }) => {
  const { state } = await loaded(id)
  const { procedureId } = state
  const judged = gateStations(
    state,
    await metricPastsOf(db, procedureId, id),
    await talliesToJudge(db, procedureId, id),
    await talliesAfter(db, procedureId, id, { canary: clock.now(), base: clock.now() }),
  )
  const asked = (metric: string) => state.plan.gates.some((gate) => gate.metric === metric)
  const shown = ({ units, bad, runs, errors, timeouts }: typeof nothing) =>
    Object.fromEntries(
      Object.entries({
        'first-pass yield': { n: units, bad },
        'error rate': { n: runs, bad: errors },
        'timeout rate': { n: runs, bad: timeouts },
      }).filter(([metric]) => asked(metric)),
    )
  // A completed rollout is counted on: five runs of each station came after it, of which one hung.
  const later = name === 'completed' ? { units: 5, bad: 1, runs: 5, errors: 0, timeouts: 1 } : nothing
  const added = (counts: typeof nothing) => ({
    units: counts.units + later.units,
    bad: counts.bad + later.bad,
    runs: counts.runs + later.runs,
    errors: counts.errors + later.errors,
    timeouts: counts.timeouts + later.timeouts,
  })
  const counted = (each: object) =>
    Object.fromEntries(Object.entries(each).filter(([, { n }]: [string, { n: number }]) => n > 0))
  const sorted = (list: { id: string }[]) => list.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(sorted(judged)).toEqual(
    sorted(
      was.gateStations.map(({ id: stationId, arm, past, since }) => ({
        id: stationId,
        arm,
        past: shown(past),
        since: counted(shown(added(since))),
        mix: expect.any(Object),
      })),
    ),
  )
  for (const { mix } of judged) for (const shift of Object.values(mix)) expect(shift).toBe(0)
})

const nothing = { units: 0, bad: 0, runs: 0, errors: 0, timeouts: 0 }

test.each(started)(
  'of the rollout that was %s a count from its runs finds nothing else',
  async (_, { id }) => {
    const { state } = await loaded(id)
    const carried = await countedOf(id)
    expect(carried.length).toBeGreaterThan(0)
    await db.transaction((tx) => recount(tx, state.procedureId, id))
    expect(await countedOf(id)).toEqual(carried)
  },
)

test('a breach has the mode of its gate', async () => {
  const { state } = await loaded(of('paused'))
  expect(
    'breaches' in state && state.breaches.map(({ gate, mode, closed }) => [gate, mode, closed?.how]),
  ).toEqual([
    ['first-pass yield', 'roll back', 'acknowledged'],
    ['error rate', 'pause', undefined],
  ])
})

test('soaks are told in shifts, over pauses, stages and an undo', async () => {
  const { state } = await loaded(of('active'))
  if (state.status !== 'active') throw new Error(`expected active, got ${state.status}`)
  expect(state.stageHistory.map((entry) => entry.soakedShifts)).not.toContain(undefined)
  expect(Math.max(...state.stageHistory.map((entry) => entry.soakedShifts))).toBeGreaterThan(3)
})

describe('afterwards', () => {
  test('a round of judging goes through, decides nothing anew and leaves the record whole', async () => {
    const before = new Map(
      await Promise.all(all.map(async ([, { id }]) => [id, await recordOf(id)] as const)),
    )
    clock.pass(1_000)
    await service.judge()
    for (const [name, { id }] of all) {
      const record = await recordOf(id)
      const more = record.slice(before.get(id)?.length).map(({ type }) => type)
      // That stations have been silent since is a fact, and no decision; whose approval is missing is asked now.
      const asked = name === 'pending' ? ['ApprovalAsked'] : []
      expect([name, more.filter((type) => type !== 'StationTroubled')]).toEqual([name, asked])
      expect(fold(record)).toEqual((await loaded(id)).state)
    }
    for (const name of ['active', 'paused', 'completed']) {
      const { verdict: given } = await loaded(of(name))
      expect([name, given?.at]).toEqual([name, clock.now()])
      expect(verdict.parse(given)).toEqual(given)
    }
  })

  test.each(live)('a further run of the rollout that was %s is counted', async (_, { id }) => {
    const { state } = await loaded(id)
    const [station] = state.order.filter((each) => state.stations[each]?.status !== 'queued')
    clock.pass(60_000)
    const count = async () => (await ask('GET', `/api/v1/rollouts/${id}`)).body.canary_arm
    const before = await count()
    const run = {
      procedure_id: state.procedureId,
      station_id: station,
      deployment_id: state.deploymentId,
      serial_number: `after ${id}`,
      outcome: 'PASS',
      started_at: clock.iso(-40_000),
      ended_at: clock.iso(-1_000),
    }
    const answer = await ask('POST', '/api/v1/runs/batch', { body: { runs: [run] } })
    expect(answer.body.results).toMatchObject([{ status: 200 }])
    expect(await count()).toMatchObject({
      units: before.units + 1,
      passed: before.passed + 1,
      runs: before.runs + 1,
    })
    const carried = await countedOf(id)
    await db.transaction((tx) => recount(tx, state.procedureId, id))
    expect(await countedOf(id)).toEqual(carried)
    await service.judge(state.procedureId)
  })

  test('a rollout that waited for its approval starts with the past of its stations', async () => {
    const id = of('pending')
    expect((await ask('POST', `/api/v1/rollouts/${id}/approve`, { body: {} })).status).toBe(200)
    const { state } = await loaded(id)
    expect(state.status).toBe('active')
    const pasts = await metricPastsOf(db, state.procedureId, id)
    expect(pasts.filter(({ metric }) => metric === 'first-pass yield').map(({ n, bad }) => [n, bad])).toEqual(
      [
        [12, 1],
        [12, 1],
        [12, 1],
      ],
    )
  })

  test('a stage that was jumped to before can be undone, which brings back the plan it replaced', async () => {
    const id = of('active')
    const { state: before } = await loaded(id)
    expect(
      (await ask('POST', `/api/v1/rollouts/${id}/undo`, { body: { reason: 'lot 8 is bad' } })).status,
    ).toBe(200)
    const { state } = await loaded(id)
    expect(plan.parse(state.plan)).toEqual(state.plan)
    expect(state.plan.stages).not.toEqual(before.plan.stages)
    expect(canaryStations(state).length).toBeLessThan(canaryStations(before).length)
    expect(fold(await recordOf(id))).toEqual(state)
  })

  test('the abort that was open ends when its stations are back', async () => {
    const id = of('aborting')
    const { state } = await loaded(id)
    clock.pass(60_000)
    for (const [station, progress] of Object.entries(state.stations)) {
      if (progress.status !== 'reverting') continue
      const body = { station_id: station, reason: 'switched off' }
      expect((await ask('POST', `/api/v1/rollouts/${id}/waive`, { body })).status).toBe(200)
    }
    expect((await loaded(id)).state.status).toBe('aborted')
    expect(fold(await recordOf(id))).toEqual((await loaded(id)).state)
  })
})

// Containment through the real service: which units a build has judged, what became of them, and who answered for it.
import { describe, expect, test } from 'vitest'
import { type Bench, type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000

type Story = { line: TestLine; rollout: TestRollout; canary: Bench; other: Bench }
type Unit = { serial: string; verdict: string; state: string }

/** A rollout with one canary station of four that is confirmed on the build. */
async function story(): Promise<Story> {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  const other = line.benches.find((bench) => bench.id !== canary?.id)
  if (!canary || !other) throw new Error('expected a canary station and another')
  return { line, rollout, canary, other }
}

/** A minute later, a run of a unit on the canary station, of the new build unless another one is named. */
async function judged({ line, canary }: Story, unit: string, outcome: string, said: Partial<RunSaid> = {}) {
  clock.pass(minute)
  const answer = await line.run({ station: canary, deployment: line.next, unit, outcome, ...said })
  expect(answer.status).toBe(200)
}
const again = (told: Story, unit: string, outcome: string, said: Partial<RunSaid> = {}) =>
  judged(told, unit, outcome, { station: told.other, deployment: told.line.base, ...said })

const abort = async ({ rollout }: Story) =>
  expect((await rollout.verb('abort', { reason: 'bad units pass' })).status).toBe(200)
const url = ({ rollout }: Story) => `/api/v1/rollouts/${rollout.id}/containment`
const list = async (told: Story, query = '') => (await ask('GET', `${url(told)}${query}`)).body
const words = (units: Unit[]) => units.map(({ serial, verdict, state }) => `${serial} ${verdict} ${state}`)
const signOff = (told: Story, body: object, name = 'Ana') =>
  ask('POST', `${url(told)}/sign-off`, { body, headers: { 'x-actor-name': name } })

describe('the list', () => {
  test('holds each unit once, with the last verdict of the build, possible escapes apart from possible false scrap', async () => {
    const told = await story()
    await judged(told, 'A', 'PASS')
    await judged(told, 'B', 'FAIL')
    await judged(told, 'B', 'PASS')
    await judged(told, 'C', 'PASS')
    await judged(told, 'C', 'FAIL')
    await judged(told, 'D', 'ERROR')
    await judged(told, 'E', 'TIMEOUT')
    await abort(told)
    const { containment, data, next_after } = await list(told)
    expect(words(data)).toEqual([
      'E TIMEOUT open',
      'D ERROR open',
      'C FAIL open',
      'B PASS open',
      'A PASS open',
    ])
    expect(next_after).toBeNull()
    expect(data[2]).toMatchObject({
      runs: 2,
      passed_runs: 1,
      station: { name: told.canary.name, site: 'Lyon' },
      retest: null,
    })
    expect(data[2].started_at - data[2].first_at).toBe(minute)
    expect(containment).toMatchObject({
      build: { version: 'v2' },
      first: 'both',
      state: 'open',
      occasions: [{ kind: 'abort', why: 'bad units pass' }],
      counts: {
        units: 5,
        runs: 7,
        escapes: { units: 2, open: 2, confirmed_good: 0, confirmed_bad: 0 },
        false_scrap: { units: 3, failed: 1, errors: 1, timeouts: 1, open: 3 },
        retested: 0,
        stations: [{ name: told.canary.name, passed: 2, failed: 3 }],
        station_count: 1,
      },
    })
  })

  test('leaves out what decides about no unit: reference samples, shadow runs, runs that a person stopped, and other builds', async () => {
    const told = await story()
    await judged(told, 'stopped', 'ABORTED')
    await judged(told, 'golden', 'PASS', { more: { sample: 'golden' } })
    await judged(told, 'shadowed', 'PASS', { more: { shadow: true } })
    await judged(told, 'other build', 'PASS', { deployment: told.line.base })
    await abort(told)
    expect(await list(told)).toMatchObject({
      data: [],
      containment: { state: 'nothing to contain', counts: { units: 0, first_at: null } },
    })
  })

  test('goes on after the abort, and holds what the build judged on any station', async () => {
    const told = await story()
    await judged(told, 'before', 'PASS')
    await abort(told)
    await judged(told, 'after', 'PASS')
    await judged(told, 'elsewhere', 'FAIL', { station: told.other })
    expect(words((await list(told)).data)).toEqual([
      'elsewhere FAIL open',
      'after PASS open',
      'before PASS open',
    ])
  })

  test('is settled by the latest later run that decides, on a build that was not taken back itself', async () => {
    const told = await story()
    const worse = await told.line.build('v3')
    for (const unit of ['good', 'bad', 'broke off', 'changed its mind', 'bad build', 'before'])
      await judged(told, unit, unit === 'bad' ? 'FAIL' : 'PASS')
    await again(told, 'before', 'FAIL', { start: -3 * 60 * minute })
    await abort(told)
    await again(told, 'good', 'PASS')
    await again(told, 'good', 'ERROR')
    await again(told, 'bad', 'FAIL')
    await again(told, 'broke off', 'TIMEOUT')
    await again(told, 'changed its mind', 'PASS')
    await again(told, 'changed its mind', 'FAIL')
    await told.line.pickup(told.canary, told.line.base)
    await service.judge(told.line.procedure)
    const second = await told.line.start({
      deployment_id: worse,
      stages: [{ target: { stations: 1 } }, { target: { share: 1 } }],
    })
    expect(second.status).toBe(201)
    await again(told, 'bad build', 'PASS', { deployment: worse })
    await ask('POST', `/api/v1/rollouts/${second.body.rollout.id}/abort`, { body: { reason: 'worse' } })
    const { data, containment } = await list(told)
    expect(words(data)).toEqual([
      'before PASS open',
      'bad build PASS open',
      'changed its mind PASS confirmed bad',
      'broke off PASS open',
      'bad FAIL confirmed bad',
      'good PASS confirmed good',
    ])
    expect(data.at(-1).retest).toMatchObject({
      outcome: 'PASS',
      build: { version: 'v1' },
      station: { name: told.other.name },
    })
    expect(data[1].retest).toMatchObject({ build: { version: 'v3' } })
    expect(containment.counts).toMatchObject({
      retested: 5,
      escapes: { units: 5, confirmed_good: 1, confirmed_bad: 1, open: 3 },
      false_scrap: { units: 1, confirmed_good: 0, confirmed_bad: 1, open: 0 },
    })
    expect(words((await list(told, '?open=true&list=escapes')).data)).toEqual([
      'before PASS open',
      'bad build PASS open',
      'broke off PASS open',
    ])
    expect(words((await list(told, '?list=false%20scrap')).data)).toEqual(['bad FAIL confirmed bad'])
  })

  test('names runs apart of which nobody knows the build, on stations that had it, while they had it', async () => {
    const line = await testLine(service, { stations: 4 })
    const rollout = await testRollout(service, line)
    const [canary] = await rollout.canaries()
    const other = line.benches.find(({ id }) => id !== canary?.id)
    if (!canary || !other) throw new Error('expected a canary station and another')
    const told = { line, rollout, canary, other }
    const unsaid = (unit: string, station = canary) =>
      judged(told, unit, 'PASS', { deployment: null, station })
    await judged(told, 'known', 'PASS')
    await service.judge(line.procedure)
    await unsaid('unknown')
    await unsaid('unknown')
    await unsaid('on base', other)
    await abort(told)
    await unsaid('on the way back')
    await judged(told, 'proves it', 'PASS', { deployment: line.base })
    await service.judge(line.procedure)
    await unsaid('back')
    const { data, containment } = await list(told)
    expect(words(data)).toEqual(['known PASS open'])
    expect(containment.unattributed).toEqual({ runs: 3, units: 2 })
  })

  test('is read page by page, each unit on one page', async () => {
    const told = await story()
    for (const unit of ['1', '2', '3', '4', '5']) await judged(told, unit, 'PASS')
    await judged(told, '2', 'PASS')
    const seen: string[] = []
    let after = ''
    for (let pages = 0; pages < 9; pages++) {
      const page = await list(told, `?limit=2${after}`)
      seen.push(...page.data.map(({ serial }: Unit) => serial))
      if (page.next_after === null) break
      after = `&after=${page.next_after}`
    }
    expect(seen).toEqual(['2', '5', '4', '3', '1'])
  })

  test('ends where a later rollout of the same build begins a list of its own', async () => {
    const told = await story()
    await judged(told, 'first', 'PASS')
    await abort(told)
    clock.pass(minute)
    await told.line.pickup(told.canary, told.line.base)
    await service.judge(told.line.procedure)
    clock.pass(minute)
    const second = await told.rollout.verb('retry', { reason: 'the fixture was loose' })
    expect(second.status).toBe(201)
    await judged(told, 'second', 'PASS')
    expect(words((await list(told)).data)).toEqual(['first PASS open'])
    const next = (await ask('GET', `/api/v1/rollouts/${second.body.rollout.id}/containment`)).body
    expect(words(next.data)).toEqual(['second PASS open'])
    expect(next.containment).toMatchObject({ state: 'nothing to contain', occasions: [] })
  })

  test('is a table that opens as text, whatever a serial number says', async () => {
    const told = await story()
    await judged(told, '=cmd|calc', 'PASS')
    await judged(told, 'a,"b"', 'FAIL')
    const answer = await ask('GET', `${url(told)}.csv`)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    const lines = String(answer.body).split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toContain('serial_number,verdict,state,judged_at,station')
    expect(lines[1]).toMatch(/^"a,""b""",FAIL,open,/)
    expect(lines[2]).toMatch(/^'=cmd\|calc,PASS,open,/)
  })
})

describe('a breach', () => {
  test('makes the list one that asks, and the thread is told of it', async () => {
    const line = await testLine(service, { stations: 4 })
    const hour = 60 * minute
    await line.runs(
      line.benches.flatMap((station) =>
        Array.from({ length: 100 }, (_, index): RunSaid => {
          return {
            station,
            deployment: line.base,
            outcome: index % 20 === 0 ? 'FAIL' : 'PASS',
            start: -9 * hour + index * minute,
          }
        }),
      ),
    )
    const rollout = await testRollout(service, line)
    await rollout.confirm()
    const [canary] = await rollout.canaries()
    if (!canary) throw new Error('no canary')
    clock.pass(hour)
    const start = (index: number) => -50 * minute + index * minute
    await line.runs(
      Array.from({ length: 40 }, (_, index): RunSaid => {
        return {
          station: canary,
          deployment: line.next,
          outcome: index % 2 ? 'FAIL' : 'PASS',
          start: start(index),
        }
      }),
    )
    const before = service.jobs.length
    await service.judge(line.procedure)
    expect(service.jobs.slice(before)).toContainEqual({ kind: 'containment', rolloutId: rollout.id })
    const { containment } = (await ask('GET', `/api/v1/rollouts/${rollout.id}/containment`)).body
    expect(containment).toMatchObject({
      state: 'open',
      occasions: [{ kind: 'breach', gate: 'first-pass yield' }],
      counts: { units: 40, escapes: { units: 20 }, false_scrap: { units: 20 } },
    })
  })
})

describe('a rollback', () => {
  test('of a completed rollout asks for all units that its build has judged, on every station', async () => {
    const line = await testLine(service, { stations: 2 })
    const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
    await rollout.confirm()
    await service.judge(line.procedure)
    const told = { line, rollout, canary: line.bench(0), other: line.bench(1) }
    await judged(told, 'one', 'PASS')
    await judged(told, 'two', 'PASS', { station: line.bench(1) })
    if ((await rollout.get()).status !== 'completed') await rollout.onward()
    expect((await rollout.get()).status).toBe('completed')
    await judged(told, 'three', 'FAIL')
    expect((await list(told)).containment.state).toBe('nothing to contain')
    const before = service.jobs.length
    const back = await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
      body: { deployment_id: line.base, reason: 'customer returns' },
    })
    expect(back.status).toBe(200)
    expect(service.jobs.slice(before)).toContainEqual({ kind: 'containment', rolloutId: rollout.id })
    const { containment, data } = await list(told)
    expect(containment).toMatchObject({
      state: 'open',
      occasions: [{ kind: 'rollback', why: 'customer returns' }],
    })
    expect(words(data)).toEqual(['three FAIL open', 'two PASS open', 'one PASS open'])
  })
})

describe('a sign-off', () => {
  test('keeps the name, the note and the very list, and a list that grows asks again', async () => {
    const told = await story()
    await judged(told, 'A', 'PASS')
    await judged(told, 'B', 'FAIL')
    await abort(told)
    const before = service.jobs.length
    const { digest } = (await list(told)).containment.counts
    const signed = await signOff(told, { note: 'A is scrapped, B was tested by hand', digest })
    expect(signed).toMatchObject({
      status: 200,
      body: {
        did: 'signed off the containment of 2 units judged by v2',
        containment: {
          state: 'signed off',
          sign_offs: [
            {
              by: { name: 'Ana' },
              note: 'A is scrapped, B was tested by hand',
              units: 2,
              passed: 1,
              failed: 1,
              open: 2,
              digest,
            },
          ],
        },
      },
    })
    expect(service.jobs.slice(before)).toContainEqual({ kind: 'containment', rolloutId: told.rollout.id })
    await again(told, 'B', 'PASS')
    expect((await list(told)).containment.state).toBe('signed off')
    await judged(told, 'C', 'PASS')
    const grown = (await list(told)).containment
    expect(grown).toMatchObject({ state: 'changed', counts: { units: 3 } })
    expect(grown.counts.digest).not.toBe(digest)
    expect(await signOff(told, { note: 'C too', digest })).toMatchObject({
      status: 409,
      body: { code: 'stale', message: expect.stringContaining('1 more unit than Ana signed off') },
    })
    expect((await signOff(told, { note: 'C too', digest: grown.counts.digest }, 'Ben')).status).toBe(200)
    expect(
      (await list(told)).containment.sign_offs.map(({ by }: { by: { name: string } }) => by.name),
    ).toEqual(['Ben', 'Ana'])
  })

  test('is asked for again in the thread when a station still runs the build, once for each run', async () => {
    const told = await story()
    await judged(told, 'A', 'PASS')
    await abort(told)
    await told.line.pickup(told.canary, told.line.base)
    await service.judge(told.line.procedure)
    await signOff(told, { note: 'scrapped' })
    await service.look(told.line.procedure)
    await judged(told, 'B', 'PASS')
    const before = service.jobs.length
    const asked = () => service.jobs.slice(before).filter(({ kind }) => kind === 'containment')
    await service.look(told.line.procedure)
    expect(asked()).toEqual([{ kind: 'containment', rolloutId: told.rollout.id }])
    clock.pass(5 * minute)
    await service.look(told.line.procedure)
    expect(asked()).toHaveLength(1)
    expect((await list(told)).containment.state).toBe('changed')
  })

  test('of the same list is given once, also by two at the same moment', async () => {
    const told = await story()
    await judged(told, 'A', 'PASS')
    await abort(told)
    const answers = await Promise.all(
      ['Ana', 'Ben', 'Cem'].map((name) => signOff(told, { note: 'scrapped' }, name)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(await signOff(told, { note: 'once more' })).toMatchObject({
      status: 409,
      body: { code: 'not_now', message: expect.stringContaining('has signed off this very list') },
    })
  })

  test('needs a note, something to contain, and a rollout', async () => {
    const told = await story()
    await judged(told, 'A', 'PASS')
    expect(await signOff(told, { note: 'early' })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('Nothing was breached, aborted or rolled back') },
    })
    await abort(told)
    expect((await signOff(told, { note: '  ' })).status).toBe(422)
    const nobody = '/api/v1/rollouts/00000000-0000-4000-8000-000000000000/containment'
    expect((await ask('POST', `${nobody}/sign-off`, { body: { note: 'x' } })).status).toBe(404)
    expect((await ask('GET', nobody)).status).toBe(404)
    expect((await ask('GET', `${nobody}.csv`)).status).toBe(404)
    expect((await ask('GET', url(told), { token: told.canary.key })).status).toBe(403)
    expect((await ask('GET', url(told), { token: null })).status).toBe(401)
  })
})

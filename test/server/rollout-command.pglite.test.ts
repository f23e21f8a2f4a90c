// The command line starts a rollout, decides in it and follows it to its end, against a service that listens.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text as all } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { type RunWith, ranCommand } from '../support/ran-command.ts'
import { tcpGate } from '../support/tcp-gate.ts'
import { bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { rolloutOf, type TestRollout } from '../support/test-rollout.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service
const url = await service.app.listen({ port: 0, host: '127.0.0.1' })
const folder = mkdtempSync(join(tmpdir(), 'firstpass-rollout-'))
afterAll(() => rmSync(folder, { recursive: true }))
/** Stages that ask for nothing but their stations. */
const plan = join(folder, 'plan.json')
writeFileSync(plan, JSON.stringify({ stages: bareStages.map((stage) => ({ ...stage, soak: {} })) }))

const environment = { FIRSTPASS_URL: url, FIRSTPASS_TOKEN: adminToken, FIRSTPASS_ACTOR: 'Ana' }
const run = (words: string[], more: RunWith = {}) =>
  ranCommand(words, { ...more, env: { ...environment, ...more.env } })
const often = ['--interval', '0.2s']
const start = (line: TestLine, ...words: string[]) => [
  ...['rollout', 'start', line.procedure, 'v2', '--plan', plan, '--reason', 'tightened VCC'],
  ...words,
]
const stories = { stations: 3 }

/** What is said on the way, and a promise for the moment when it was said. */
function listener() {
  let said = ''
  const waiting: { text: string; heard: () => void }[] = []
  return {
    heard(piece: string): void {
      said += piece
      for (const each of waiting) if (said.includes(each.text)) each.heard()
    },
    until: (text: string): Promise<void> =>
      said.includes(text) ? Promise.resolve() : new Promise((done) => waiting.push({ text, heard: done })),
  }
}

/** The live rollout of a line, to be moved by its stations. */
async function live(line: TestLine): Promise<TestRollout> {
  const { data } = (await ask('GET', `/api/v1/rollouts?procedure_id=${line.procedure}`)).body
  return rolloutOf(service, line, data[0].id)
}

function asProcess(words: string[], heard: (piece: string) => void) {
  const child = spawn(process.execPath, [resolve('cli/firstpass.js'), ...words], {
    env: { PATH: process.env.PATH, ...environment },
  })
  child.stderr.on('data', (piece) => heard(String(piece)))
  return {
    child,
    ended: new Promise<number | null>((done) => child.on('close', done)),
    out: all(child.stdout),
  }
}

/** Done, and nothing was said on the way. */
async function done(...words: string[]): Promise<string> {
  const { code, out, err } = await run(words)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

async function started(line: TestLine): Promise<TestRollout> {
  await done(...start(line))
  return live(line)
}

describe('firstpass rollout start --wait', () => {
  test('follows the rollout through its stages, and ends with 0 once it has completed', async () => {
    const line = await testLine(service, stories)
    const { heard, until } = listener()
    const { ended, out } = asProcess(start(line, '--wait', ...often), heard)
    await until('stage 1 of 3 (1 station) · waits for')
    const rollout = await live(line)
    await rollout.confirm()
    await rollout.onward()
    await until('stage 2 of 3 (50 %)')
    await rollout.confirm()
    await rollout.onward()
    await rollout.onward()
    expect([await ended, await out]).toEqual([
      0,
      expect.stringMatching(/^Board \w+ v2 completed: every station of the rollout runs it\nhttp[^?]*$/),
    ])
  })

  test('ends with 3 once it is paused, says who and why, and goes on with resume --wait', async () => {
    const line = await testLine(service, stories)
    const { heard, until } = listener()
    const waiting = run(start(line, '--wait', ...often), { heard })
    await until('stage 1 of 3')
    const rollout = await live(line)
    const paused = await done('rollout', 'pause', line.procedure, '--reason', 'fixture 3 is dirty')
    expect(paused).toContain('paused: fixture 3 is dirty')
    const ended = await waiting
    expect(ended.code).toBe(3)
    expect(ended.out).toContain('v2 is paused by Ana: fixture 3 is dirty')

    const further = listener()
    const resumed = run(['rollout', 'resume', line.procedure, '--wait', '--json', ...often], {
      heard: further.heard,
    })
    await further.until('stage 1 of 3')
    await rollout.verb('abort', { reason: 'false fails on line 3' })
    const { code, out } = await resumed
    expect(code).toBe(4)
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'aborted',
      exit_code: 4,
      rollout: { id: rollout.id, abort: { why: 'false fails on line 3' } },
    })
  })

  test('ends with 5 when its time is over, and with 130 when whoever ran it ends it: the rollout goes on', async () => {
    const line = await testLine(service, stories)
    const timed = await run(start(line, '--wait', '--timeout', '0.05s', ...often))
    expect(timed).toMatchObject({ code: 5, out: expect.stringContaining('v2 goes on: active, stage 1 of 3') })
    const { heard, until } = listener()
    const { child, ended, out } = asProcess(['rollout', 'watch', line.procedure], heard)
    await until('stage 1 of 3')
    child.kill('SIGINT')
    expect([await ended, await out]).toEqual([130, expect.stringContaining('goes on without this command')])
    expect((await (await live(line)).get()).status).toBe('active')
  })
})

describe('a lost connection', () => {
  test('is told and outlived: what it waits for is the rollout', async () => {
    const line = await testLine(service, stories)
    const rollout = await started(line)
    const gate = await tcpGate({ host: '127.0.0.1', port: Number(new URL(url).port) })
    const { heard, until } = listener()
    const watching = run(['rollout', 'watch', rollout.id, ...often], {
      heard,
      env: { FIRSTPASS_URL: `http://127.0.0.1:${gate.port}` },
    })
    await until('stage 1 of 3')
    await gate.shut()
    await until('was not reached')
    await rollout.verb('abort', { reason: 'meanwhile' })
    await gate.open()
    expect(await watching).toMatchObject({ code: 4, out: expect.stringContaining('was aborted by') })
    await gate.shut()
  })

  test('in the middle of a command is no second command, and 503 is asked again when it says so', async () => {
    const line = await testLine(service, stories)
    const answers: number[] = []
    /** Says that it is busy, then takes the start and loses its answer, then hands on what comes. */
    const between = createServer((request, reply) => {
      void all(request).then(async (body) => {
        if (request.method === 'POST') answers.push(answers.length)
        if (request.method === 'POST' && answers.length === 1)
          return reply.writeHead(503, { 'retry-after': '0' }).end('{"code":"busy","message":"Later."}')
        const answer = await fetch(new URL(request.url ?? '', url), {
          method: request.method ?? 'GET',
          headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
          ...(body === '' ? {} : { body }),
        })
        const said = await answer.text()
        if (request.method === 'POST' && answers.length === 2) return request.socket.destroy()
        return reply.writeHead(answer.status, { 'content-type': 'application/json' }).end(said)
      })
    })
    const done = await run(start(line), { env: { FIRSTPASS_URL: await listens(between) } })
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('started the rollout') })
    expect(done.err).toContain('Later. Asking again in 0 s.')
    expect(answers).toHaveLength(3)
    const { data } = (await ask('GET', `/api/v1/rollouts?procedure_id=${line.procedure}`)).body
    expect(data).toHaveLength(1)
  })
})

async function listens(server: Server): Promise<string> {
  afterAll(() => server.close())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the verbs', () => {
  test('decide in the rollout of a procedure that is named, against the version that was read', async () => {
    const line = await testLine(service, stories)
    const rollout = await started(line)
    const named = (await rollout.get()).procedure.name
    const refused = await run(['rollout', 'advance', named])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('0 of 1') })
    const early = await run(['rollout', 'advance', named, '--override'])
    expect(early).toMatchObject({ code: 2, err: expect.stringContaining('expected --reason') })
    const why = ['--reason', 'the fixture is known']
    expect(await run(['rollout', 'advance', named, '--override', ...why])).toMatchObject({
      code: 0,
      out: expect.stringContaining('stage 2 of 3 (50 %)'),
    })
    const old = await run(['rollout', 'pause', named, '--expected-version', '1', ...why])
    expect(old).toMatchObject({ code: 1, err: expect.stringContaining('Ana advanced to stage 2') })
    const stale = await run(['rollout', 'undo', named, '--expected-stage', '1', ...why])
    expect(stale).toMatchObject({ code: 1, err: expect.stringMatching(/stage 2/) })
    expect(await run(['rollout', 'undo', named, ...why])).toMatchObject({ code: 0 })
    const share = await run(['rollout', 'set', named, '100%', '--override', ...why])
    expect(share.out).toContain('(all stations)')
    const silent = (await rollout.get()).stations[0].name
    expect(await run(['rollout', 'waive', named, '--station', silent, ...why])).toMatchObject({
      code: 0,
      out: expect.stringContaining('waived the station'),
    })
    const events = await rollout.events()
    expect(events.filter(({ type }) => type === 'StationWaived')).toMatchObject([
      { why: 'the fixture is known', by: { name: 'Ana', door: 'command line' } },
    ])
  })

  test('with the id of a command that was given already do nothing again', async () => {
    const line = await testLine(service, stories)
    const rollout = await started(line)
    const pause = ['rollout', 'pause', rollout.id, '--reason', 'night', '--command-id', `${rollout.id} night`]
    const first = await run(pause)
    await run(['rollout', 'resume', rollout.id, '--reason', 'morning'])
    const second = await run([...pause, '--expected-version', '1'])
    expect([first.code, second.code]).toEqual([0, 0])
    expect((await rollout.get()).status).toBe('active')
  })

  test('of a name that means several rollouts list them, and act on none', async () => {
    const [one, other] = [await testLine(service, stories), await testLine(service, stories)]
    const ids = [(await started(one)).id, (await started(other)).id]
    const asked = await run(['rollout', 'abort', '--reason', 'x'])
    expect(asked.code).toBe(2)
    expect(asked.err).toContain('name the one you mean by its id')
    for (const id of ids) expect(asked.err).toContain(id)
    const brief = await run([
      'rollout',
      'abort',
      ids[0]?.slice(0, 13) ?? '',
      '--reason',
      'x',
      '--wait',
      ...often,
    ])
    expect(brief).toMatchObject({ code: 0, out: expect.stringContaining('every station is back on v1') })
  })

  test('retry and roll back: a repeat of the same rollback is one', async () => {
    const line = await testLine(service, stories)
    const rollout = await started(line)
    await rollout.verb('abort', { reason: 'loose' })
    expect(await run(['rollout', 'retry', line.procedure, '--reason', 'tightened'])).toMatchObject({
      code: 0,
    })
    const second = await live(line)
    await second.confirm()
    await second.verb('set', { share: 1, override: true, reason: 'on' })
    await second.onward()
    expect((await second.get()).status).toBe('completed')
    const back = ['rollout', 'rollback', line.procedure, 'v1', '--reason', 'field returns']
    const id = ['--command-id', `back ${second.id}`]
    expect(await run([...back, ...id])).toMatchObject({ code: 0, out: expect.stringContaining('back to v1') })
    expect(await run([...back, ...id])).toMatchObject({ code: 0, out: expect.stringContaining('back to v1') })
    const history = await run(['rollout', 'history', line.procedure])
    expect(history.out.match(/rolled back to v1/g)).toHaveLength(1)
    const stale = { deployment_id: line.next, reason: 'x', expected_active_deployment_id: line.next }
    expect(await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, { body: stale })).toMatchObject(
      {
        status: 409,
        body: { code: 'stale', message: expect.stringContaining('taken to v1 meanwhile') },
      },
    )
  })
})

describe('another build, another station', () => {
  test('supersede ends the live rollout, and starts that of the build that takes its place, once', async () => {
    const line = await testLine(service, stories)
    const first = await started(line)
    await line.build('v3')
    const words = ['rollout', 'supersede', line.procedure, 'v3', '--plan', plan]
    expect(await run(words)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') })
    expect((await first.get()).status).toBe('active')
    const given = [...words, '--reason', 'fixes the limits of v2', '--command-id', `${first.id} v3`]
    const said = await done(...given)
    expect(said).toContain('v3')
    const second = await live(line)
    expect([(await first.get()).status, (await second.get()).deployment.version]).toEqual(['aborted', 'v3'])
    await done(...given)
    expect((await live(line)).id).toBe(second.id)
    const unknown = await run([...words.with(3, 'v9'), '--reason', 'x'])
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('v9') })
  })

  test('retest lists pairs of failed units with the build and the stations that test them again', async () => {
    const line = await testLine(service, stories)
    const rollout = await started(line)
    await rollout.confirm()
    const [canary] = await rollout.canaries()
    const other = line.benches.find(({ id }) => id !== canary?.id)
    if (!canary || !other) return expect.fail('expected a canary station and another')
    const empty = await run(['rollout', 'retest', line.procedure])
    expect(empty.code).toBe(1)
    service.clock.pass(60_000)
    await line.runs([
      { station: canary, deployment: line.next, unit: 'OF-CANARY', outcome: 'FAIL' },
      { station: other, deployment: line.base, unit: 'OF-BASE', outcome: 'FAIL' },
    ])
    service.clock.pass(60_000)
    const told = await done('rollout', 'retest', line.procedure, '--pairs', '1')
    expect(told).toContain('asked for 1 matched pair to be tested again on the other build')
    expect(told).toMatch(/^PAIR +UNIT +TEST WITH +ON +FAILED BY$/m)
    expect(told).toMatch(/^1 +OF-CANARY +v1 +/m)
    expect(told).toMatch(new RegExp(`^1 +OF-BASE +v2 +${canary.name} `, 'm'))
    const wrong = await run(['rollout', 'retest', line.procedure, '--pairs', 'some'])
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('--pairs') })
  })
})

test('a freeze holds an advance until it is lifted, and is read as Slack reads it', async () => {
  const line = await testLine(service, stories)
  const rollout = await started(line)
  const why = ['--reason', 'customer audit']
  const frozen = await done('rollout', 'freeze', line.procedure, ...why)
  expect(frozen).toContain('unfreeze "Board')
  const held = await run(['rollout', 'advance', rollout.id, '--override', ...why])
  expect(held).toMatchObject({ code: 1, err: expect.stringContaining('customer audit') })
  await done('rollout', 'unfreeze', line.procedure)
  await done('rollout', 'advance', rollout.id, '--override', ...why)
  expect(await done('rollout', 'unfreeze', line.procedure)).toContain('no freeze of Board')
  expect(await run(['rollout', 'freeze', line.procedure, '--until', 'sometime', ...why])).toMatchObject({
    code: 2,
    err: expect.stringContaining('tomorrow 06:00'),
  })
})

describe('looks', () => {
  test('status, why, list, preview, containment and audit say what the interface says', async () => {
    const line = await testLine(service, stories)
    const preview = await run(['preview', line.procedure, 'v2', '--stages', '1,50%,100%'])
    expect(preview.out).toMatch(/^STAGE +TAKES +STATIONS/)
    const rollout = await started(line)
    await rollout.confirm()
    const [bench] = await rollout.canaries()
    if (!bench) throw new Error('no canary')
    await line.run({ station: bench, unit: 'SN-1', deployment: line.next })
    const status = await run(['rollout', 'status', line.procedure])
    expect(status.out).toContain('active, stage 1 of 3 (1 station), version')
    expect(status.out).toMatch(/^canary +1 +1 +100\.0 % \(/m)
    expect((await run(['rollout', 'why', rollout.id])).out).toContain('done   1 of 1 station confirmed')
    const listed = await run(['rollout', 'list', '--procedure', line.procedure])
    expect(listed.out).toContain(`${rollout.id.slice(0, 8)}  `)
    expect((await run(['containment', rollout.id])).out).toMatch(/^SN-1 +PASS /m)
    expect((await run(['containment', rollout.id, '--csv'])).out).toMatch(
      /^serial_number,.*\r?\nSN-1,PASS,open,/,
    )
    const audit = await run(['audit', rollout.id])
    expect(audit.out).toMatch(/RolloutCreated +Ana \(command line\) .*tightened VCC/)
    const asked = await run(['rollout', 'status', 'no such'])
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('no procedure is called "no such"') })
  })

  test('stations and their keys are listed, shown, made, replaced and revoked', async () => {
    const line = await testLine(service, stories)
    const { name } = line.bench(0)
    expect((await run(['stations', 'list', '--search', name])).out).toMatch(
      new RegExp(`^${name} +Lyon +L1`, 'm'),
    )
    expect((await run(['stations', 'show', name])).out).toMatch(/^Board \w+ +v1 /m)
    const part = await run(['stations', 'show', name.slice(0, -1)])
    expect(part).toMatchObject({ code: 2, err: expect.stringContaining(`${name}, Lyon, L1`) })
    expect(await run(['keys', 'make', name])).toMatchObject({
      code: 2,
      err: expect.stringContaining('rotate'),
    })
    const rotated = await run(['keys', 'rotate', name, '--overlap-minutes', '0'])
    const key = rotated.out.split('\n')[0] ?? ''
    const opens = async (token: string) => (await line.assignments({ ...line.bench(0), key: token })).status
    expect([await opens(line.bench(0).key), await opens(key)]).toEqual([401, 200])
    const revoked = await run(['keys', 'revoke', name, key.slice(0, 8), '--reason', 'the disk was stolen'])
    expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining('is ended') })
    expect((await run(['keys', 'list', name])).out).toContain('the disk was stolen')
    const made = await run(['keys', 'make', name])
    expect(await opens(made.out.split('\n')[0] ?? '')).toBe(200)
  })
})

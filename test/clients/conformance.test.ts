// One list of faults, and both station clients: nothing is lost, nothing is stored twice, the order is kept.
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { pythonStationsProgram } from '../../demo/factory/bench-clients.ts'
import { findPython } from '../../demo/factory/find-python.ts'
import { type RemoteBench, type RemoteBenches, remoteBenches } from '../../demo/factory/remote-benches.ts'
import { until } from '../demo/factory/small-factory.ts'
import { type Fault, type FaultServer, faultServer } from './fault-server.ts'

const python = await findPython()
const typescript = fileURLToPath(new URL('typescript-stations.ts', import.meta.url))
const clients: { name: string; command: [string, ...string[]] | null }[] = [
  {
    name: 'the TypeScript client',
    command: [process.execPath, '--disable-warning=ExperimentalWarning', typescript],
  },
  'program' in python
    ? { name: 'the Python client', command: [python.program, pythonStationsProgram] }
    : { name: `the Python client (SKIPPED: ${python.absent})`, command: null },
]
/** A second of waiting is two milliseconds. */
const waitFactor = 0.002
const started = Date.parse('2026-05-22T06:00:00Z')

describe.each(clients)('$name', ({ command }) => {
  const withClient = test.skipIf(command === null)
  const warnings: string[] = []
  let processes: RemoteBenches[] = []
  let shared: RemoteBenches
  let server: FaultServer
  let folder: string
  let made = 0

  beforeAll(() => {
    if (command) shared = start()
  })
  afterAll(async () => {
    for (const each of processes) each.kill()
    await Promise.all(processes.map((each) => each.ended))
  })
  beforeEach(async () => {
    warnings.length = 0
    server = await faultServer()
    folder = mkdtempSync(join(tmpdir(), 'firstpass-conformance-'))
    onTestFinished(async () => {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    })
  })

  function start(): RemoteBenches {
    if (!command) throw new Error('skipped')
    const process = remoteBenches({ command, log: { warn: (text) => warnings.push(text) } })
    processes = [...processes, process]
    return process
  }

  async function open(
    from: RemoteBenches = shared,
    more: { installs?: boolean; mostBytes?: number; url?: string } = {},
  ): Promise<RemoteBench> {
    const station = await from.open({
      name: `ST-${++made}`,
      url: server.url,
      key: 'key',
      procedureId: 'procedure',
      folder,
      waitFactor,
      log: { info: () => {}, warn: () => {} },
      acknowledged: () => {},
      ...more,
    })
    if (from === shared) onTestFinished(() => station.close(0))
    return station
  }

  const serialOf = (number: number) => `SN-${String(number).padStart(4, '0')}`
  const serials = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => serialOf(from + index))
  const runOf = (number: number) => ({
    procedure_id: 'procedure',
    serial_number: serialOf(number),
    outcome: 'PASS',
    started_at: new Date(started + number * 60_000).toISOString(),
  })
  const report = (station: RemoteBench, number: number) => station.report(runOf(number))
  async function reportAll(station: RemoteBench, from: number, to: number): Promise<void> {
    await Promise.all(serials(from, to).map((_, index) => report(station, from + index)))
  }
  const batches = () => server.seen('/runs/batch')
  const parked = () =>
    readFileSync(join(folder, 'parked.jsonl'), 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  const onRuns = (fault: Fault | null) =>
    server.fault(({ path }) => (path.endsWith('/runs/batch') ? fault : null))

  withClient.each<[string, Fault]>([
    ['a 503', { status: 503 }],
    ['a 429', { status: 429 }],
    ['a 408', { status: 408 }],
    ['a connection that is reset', { cut: 'before' }],
    ['an answer that is lost after the runs were stored', { cut: 'after' }],
    ['a 401', { status: 401 }],
    ['a 403', { status: 403 }],
    ['a 404 of another server', { status: 404, body: '<html>' }],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
    ['a 200 of a login page', { status: 200, body: '<html>' }],
    ['a result missing', { status: 207, body: { results: [] } }],
  ])('after %s sends all, once, in their order', async (_, fault) => {
    onRuns(fault)
    const station = await open()
    await reportAll(station, 1, 5)
    await until(() => batches().length >= 1, 'it has tried')
    expect(station.queued()).toBeGreaterThanOrEqual(5)
    server.fault(() => null)
    await reportAll(station, 6, 8)
    await until(() => server.serials().length === 8 && station.queued() === 0, 'all are stored')
    expect(server.serials()).toEqual(serials(1, 8))
    expect(station.parked()).toBe(0)
    expect(server.seen('/elsewhere')).toEqual([])
  })

  withClient('waits as long as Retry-After says', async () => {
    onRuns({ status: 503, headers: { 'retry-after': '100' } })
    const station = await open()
    await report(station, 1)
    await until(() => batches().length >= 3, 'it came three times')
    const [first, second, third] = batches().map((one) => one.at)
    for (const wait of [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]) {
      expect(wait).toBeGreaterThanOrEqual(195)
      expect(wait).toBeLessThan(600)
    }
  })

  withClient('reads a Retry-After that is a moment by the clock of the server', async () => {
    const ahead = Date.now() + 36 * 3_600_000
    const date = (ms: number) => new Date(ms).toUTCString()
    onRuns({ status: 503, headers: { date: date(ahead), 'retry-after': date(ahead + 50_000) } })
    const station = await open()
    await report(station, 1)
    await until(() => batches().length >= 2, 'it came again')
    const [first, second] = batches().map((one) => one.at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(95)
    expect((second ?? 0) - (first ?? 0)).toBeLessThan(500)
  })

  withClient('tells of a key that is refused each time, and tries it once a minute', async () => {
    onRuns({ status: 401 })
    const station = await open()
    await report(station, 1)
    await until(() => batches().length >= 3, 'it came three times')
    const [first, second] = batches().map((one) => one.at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(89)
    const told = () => warnings.filter((text) => /\d reports are kept .* 401/.test(text)).length
    await until(() => told() >= 3, 'it is told each time')
  })

  withClient(
    'parks the one run of a batch that is refused, with the reason, and sends it again when told to',
    async () => {
      server.refuse((serial) => (serial === serialOf(3) ? 422 : null))
      const station = await open()
      await reportAll(station, 1, 5)
      await until(() => server.serials().length === 4 && station.parked() === 1, 'the others are stored')
      await until(() => station.queued() === 0, 'nothing waits')
      expect(parked()).toEqual([
        expect.objectContaining({
          kind: 'run',
          why: expect.stringContaining('it is refused'),
          body: expect.objectContaining({ serial_number: serialOf(3) }),
        }),
      ])
      expect(warnings.some((text) => text.includes('refused a run'))).toBe(true)
      server.refuse(() => null)
      station.retryParked()
      await until(() => server.serials().includes(serialOf(3)), 'it is stored after all')
      await until(() => station.parked() === 0, 'it is not parked any more')
    },
  )

  withClient('sends a run of a batch again that could not be stored for now', async () => {
    let tries = 0
    server.refuse((serial) => (serial === serialOf(2) && ++tries <= 2 ? 503 : null))
    const station = await open()
    await reportAll(station, 1, 3)
    await until(() => server.serials().length === 3 && station.queued() === 0, 'all are stored')
    expect(station.parked()).toBe(0)
  })

  withClient('halves a batch that is too large until it shows the run that is', async () => {
    server.fault(({ path, body }) =>
      path.endsWith('/runs/batch') && body.includes(serialOf(6)) ? { status: 413, body: '<html>' } : null,
    )
    const station = await open()
    await reportAll(station, 1, 9)
    await until(() => server.serials().length === 8 && station.parked() === 1, 'the others are stored')
    expect(server.serials()).toEqual(serials(1, 9).filter((serial) => serial !== serialOf(6)))
  })

  withClient('sends at most 1,000 in a batch of what either client has left on the disk', async () => {
    const bodies = serials(1, 1203).map((_, index) => JSON.stringify(runOf(index + 1)))
    const lines = bodies.map((body, index) => `{"n":${index + 1},"kind":"run","body":${body}}\n`)
    writeFileSync(join(folder, 'queue.jsonl'), `${lines.join('')}{"done":[1,3]}\n`)
    const station = await open()
    await until(() => server.serials().length === 1201 && station.queued() === 0, 'all are stored')
    expect(server.serials()).toEqual([serialOf(2), ...serials(4, 1203)])
    const sizes = batches().map((one) => JSON.parse(one.body).runs.length)
    expect(sizes).toEqual([1000, 201])
  })

  withClient(
    'killed with runs in its queue, half a line at its end and a batch under way, loses none',
    async () => {
      onRuns({ cut: 'after' })
      const first = start()
      const station = await open(first)
      await reportAll(station, 1, 20)
      const unanswered = report(station, 21).catch(() => 'killed')
      first.kill()
      await first.ended
      await unanswered
      appendFileSync(join(folder, 'queue.jsonl'), '{"n":99,"kind":"run","body":{"serial_nu')
      const second = await open()
      await report(second, 22)
      await second.close(0)
      server.fault(() => null)
      // What is put behind the torn line is read back too.
      const third = await open()
      await until(() => server.serials().includes(serialOf(22)) && third.queued() === 0, 'all are stored')
      const stored = server.serials().filter((serial) => serial !== serialOf(21))
      expect(stored).toEqual([...serials(1, 20), serialOf(22)])
      expect(new Set(server.serials()).size).toBe(server.serials().length)
      expect(third.parked()).toBe(0)
    },
  )

  withClient('keeps a line that the disk has damaged for a person, and sends the others', async () => {
    onRuns({ status: 503 })
    const station = await open()
    await reportAll(station, 1, 3)
    await station.close(0)
    const path = join(folder, 'queue.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace(`"${serialOf(2)}"`, '\0\0\0\0\0\0\0\0\0'))
    server.fault(() => null)
    const again = await open()
    await until(() => server.serials().length === 2, 'the others are stored')
    expect(server.serials()).toEqual([serialOf(1), serialOf(3)])
    expect(again.parked()).toBe(1)
    expect(parked()).toEqual([expect.objectContaining({ kind: 'unreadable' })])
  })

  withClient('refuses a run in clear words when its queue is full, and keeps those it has', async () => {
    onRuns({ status: 503 })
    const station = await open(shared, { mostBytes: 2000 })
    const outcomes = await Promise.allSettled(serials(1, 30).map((_, index) => report(station, index + 1)))
    const refused = outcomes.filter((one) => one.status === 'rejected')
    expect(refused.length).toBeGreaterThan(5)
    expect(String(refused[0]?.reason)).toMatch(/holds \d+ reports that wait .* this run was not stored/)
    server.fault(() => null)
    await until(() => station.queued() === 0, 'the others are sent')
    expect(server.serials()).toEqual(serials(1, 30 - refused.length))
  })

  withClient('does not share its folder with another process', async () => {
    await open()
    await expect(open(start())).rejects.toThrow(/is in use by process \d+/)
  })

  withClient('knows within moments what to run, and still does without the server', async () => {
    const station = await open()
    await until(() => station.desired() === 'build-1', 'the first build')
    server.assign({ id: 'build-2', version: '2' })
    await until(() => station.desired() === 'build-2', 'the second build')
    const polls = server.seen('/assignments')
    expect(polls.map((one) => one.headers['if-none-match'])).toContain('W/"1"')
    expect(polls[0]?.headers.authorization).toBe('Bearer key')
    expect(polls.length).toBeLessThanOrEqual(4)
    server.fault(() => ({ cut: 'before' }))
    await station.close(0)
    const again = await open()
    expect(again.desired()).toBe('build-2')
    server.fault(() => null)
    server.assign(null)
    await until(() => again.desired() === null, 'nothing is to be run')
  })

  withClient('says pulled when it is asked, running at the first run, and how long it is busy', async () => {
    const station = await open()
    await until(() => station.desired() === 'build-1', 'the build')
    const told = { telemetry: telemetry.telemetry, checks: telemetry.checks }
    const run = station.begin({ deploymentId: 'build-1', startedAt: started, ...told })
    await until(() => server.seen('/heartbeats').some((one) => JSON.parse(one.body).busy), 'it is busy')
    server.assign({ id: 'build-2', version: '2' })
    await until(() => server.seen('/pickups').length === 3, 'the second build is pulled')
    run.end(told)
    await report(station, 1)
    station.begin({ deploymentId: 'build-2', startedAt: started + 60_000, ...told }).end(told)
    await until(() => server.seen('/pickups').length === 4, 'the second build runs')
    expect(server.seen('/pickups').map((one) => JSON.parse(one.body))).toEqual(
      [
        ['build-1', 'pulled'],
        ['build-1', 'running'],
        ['build-2', 'pulled'],
        ['build-2', 'running'],
      ].map(([deployment_id, state]) => ({ procedure_id: 'procedure', deployment_id, state })),
    )
    const busy = server.seen('/heartbeats').map((one) => JSON.parse(one.body))
    expect(busy[0]).toMatchObject({ busy: false })
    expect(busy).toContainEqual(
      expect.objectContaining({ busy: true, run_started_at: '2026-05-22T06:00:00.000Z' }),
    )
  })

  withClient('runs a build only when its artifact has come as it was registered', async () => {
    const content = 'the second build'
    const sha256 = createHash('sha256').update(content).digest('hex')
    const url = server.offer('/artifact', 'another file')
    server.assign({
      id: 'build-1',
      version: '1',
      artifact_url: server.offer('/one', '1'),
      artifact_sha256: one,
    })
    const station = await open(shared, { installs: true })
    await until(() => station.desired() === 'build-1', 'the first build')
    server.assign({ id: 'build-2', version: '2', artifact_url: url, artifact_sha256: sha256 })
    const states = () => server.seen('/pickups').map((each) => JSON.parse(each.body))
    await until(() => states().some((each) => each.state === 'failed'), 'it is not taken')
    expect(states().find((each) => each.state === 'failed')?.message).toContain(`sha256 ${sha256}`)
    expect(station.desired()).toBe('build-1')
    server.offer('/artifact', content)
    await until(() => station.desired() === 'build-2', 'it is taken after all')
    await until(() => states().length === 3, 'it is told')
    expect(states().map((each) => each.state)).toEqual(['pulled', 'failed', 'pulled'])
    expect(readFileSync(join(folder, 'artifacts', sha256), 'utf8')).toBe(content)
  })
})

const one = createHash('sha256').update('1').digest('hex')
const telemetry = {
  telemetry: { telemetry_gap_s: 1, drops: 0, fixture_cycles: 7 },
  checks: { acceptance_suite_passed: true },
}

// Both station clients and the examples against the real service over HTTP.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStation } from '../../clients/station/station.ts'
import { findPython } from '../../demo/factory/find-python.ts'
import { until } from '../demo/factory/small-factory.ts'
import { tcpGate } from '../support/tcp-gate.ts'
import { type Bench, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
await service.app.listen({ host: '127.0.0.1', port: 0 })
const address = service.app.server.address()
const gate = await tcpGate({
  host: '127.0.0.1',
  port: address !== null && typeof address === 'object' ? address.port : 0,
})
afterAll(gate.shut)
const url = `http://127.0.0.1:${gate.port}`
const line = await testLine(service, { stations: 5 })
const python = await findPython()
const noPython = 'absent' in python ? `SKIPPED: ${python.absent}` : null
const has = async (...command: [string, ...string[]]) => (await run({}, ...command)).code === 0
const noPytest =
  noPython ?? ((await has('python3', '-c', 'import pytest')) ? null : 'SKIPPED: pytest is not installed')
const noCurl = (await has('curl', '--version')) ? null : 'SKIPPED: curl is not installed'

function bench(index: number): Bench {
  const found = line.benches[index]
  if (!found) throw new Error(`no bench ${index}`)
  return found
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'firstpass-station-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** What the service knows of the unit's runs. */
async function stored(serial: string) {
  const answer = await service.ask('GET', `/api/v1/procedures/${line.procedure}/units/${serial}/runs`)
  return answer.body.data as {
    outcome: string
    station: { name: string }
    deployment: { id: string } | null
  }[]
}

async function run(
  env: Record<string, string>,
  ...[program, ...words]: [string, ...string[]]
): Promise<{ code: number | null; out: string; err: string }> {
  return runWith('', env, program, ...words)
}

async function runWith(input: string, env: Record<string, string>, program: string, ...words: string[]) {
  const child = spawn(program, words, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } })
  const said = { out: '', err: '' }
  child.stdout.on('data', (part) => {
    said.out += part
  })
  child.stderr.on('data', (part) => {
    said.err += part
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await Promise.race([
    once(child, 'close').then(([exit]) => exit as number | null),
    once(child, 'error').then(() => -1),
  ])
  return { code, ...said }
}

const environment = (station: Bench, place: string) => ({
  FIRSTPASS_URL: url,
  FIRSTPASS_KEY: station.key,
  FIRSTPASS_FOLDER: place,
  FIRSTPASS_PROCEDURE: line.procedure,
  PYTHONPATH: ['clients/python', 'examples/openhtf'].map((each) => resolve(each)).join(delimiter),
})

test('the TypeScript client runs what it is assigned, and hands over what it kept while the service was away', async () => {
  const place = folder()
  const station = await openStation({
    url,
    key: bench(0).key,
    folder: place,
    now: service.clock.now,
    waitFactor: 0.1,
    log: { info: () => {}, warn: () => {} },
  })
  expect(station.assignment(line.procedure)?.id).toBe(line.base)
  await gate.shut()
  const going = station.begin({ procedureId: line.procedure })
  await going.report({ serial_number: 'TS-1', outcome: 'FAIL' })
  await station.report({ ...line.runBody({ unit: 'TS-2', deployment: line.base }) })
  await station.report({ ...line.runBody({ unit: ' ', deployment: line.base }) })
  expect(station.queued()).toBeGreaterThanOrEqual(3)
  await gate.open()
  await until(() => station.queued() === 0, 'the queue is sent')
  expect(station.parked()).toBe(1)
  await station.close()
  expect(await stored('TS-1')).toMatchObject([
    { outcome: 'FAIL', station: { name: bench(0).name }, deployment: { id: line.base } },
  ])
  expect(await stored('TS-2')).toHaveLength(1)
})

const pythonProgram = `
import sys, time
from firstpass_station import Station

url, key, folder, procedure = sys.argv[1:]
with Station(url, key, folder, wait_factor=0.1, tells_clock=False) as station:
    print(station.assignment(procedure).version, flush=True)
    sys.stdin.readline()
    run = station.begin(procedure, started_at=${Date.parse('2026-05-22T05:00:00Z') / 1000})
    run.report(serial_number="PY-1", outcome="FAIL", metrics={"not a number": float("nan")}, ended_at="2026-05-22T05:01:00Z")
    station.report({"procedure_id": procedure, "serial_number": " ", "outcome": "PASS"})
    print("kept", station.queued >= 2, flush=True)
    sys.stdin.readline()
    while station.queued:
        time.sleep(0.01)
    print("parked", station.parked, station.parked_reports()[0].why[:12], flush=True)
`

describe(`the Python client (${noPython ?? 'by python3'})`, () => {
  test.skipIf(noPython !== null)(
    'runs what it is assigned, and hands over what it kept while the service was away',
    async () => {
      const child = spawn('python3', ['-c', pythonProgram, url, bench(1).key, folder(), line.procedure], {
        env: { ...process.env, ...environment(bench(1), '') },
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      let said = ''
      child.stdout.on('data', (part) => {
        said += part
      })
      await until(() => said.includes('v1\n'), 'it is told what to run')
      await gate.shut()
      child.stdin.write('\n')
      await until(() => said.includes('kept True\n'), 'it keeps its runs')
      await gate.open()
      child.stdin.write('\n')
      await once(child, 'close')
      expect(said).toContain('parked 1 {"status":42')
      expect(await stored('PY-1')).toMatchObject([
        { outcome: 'FAIL', station: { name: bench(1).name }, deployment: { id: line.base } },
      ])
    },
  )
})

describe(`the example for OpenHTF (${noPython ?? 'on records that OpenHTF has written'})`, () => {
  const program = `
import json, os, sys
from firstpass_station import Station
from firstpass_callback import report_to_firstpass

env = os.environ
with Station(env["FIRSTPASS_URL"], env["FIRSTPASS_KEY"], env["FIRSTPASS_FOLDER"], tells_clock=False) as station:
    for path in sys.argv[1:]:
        record = json.load(open(path))
        record["dut_id"] = record["dut_id"] and "HTF-" + record["outcome"]
        run = station.begin(env["FIRSTPASS_PROCEDURE"], deployment_id="${line.base}")
        report_to_firstpass(run)(record)
`
  test.skipIf(noPython !== null)('reports each outcome, with phases and measurements', async () => {
    const outcomes = ['pass', 'fail', 'error', 'timeout', 'abort']
    const records = outcomes.map((each) => resolve(`test/fixtures/clients/openhtf-${each}.json`))
    const ended = await run(environment(bench(2), folder()), 'python3', '-c', program, ...records)
    expect(ended).toEqual({ code: 0, out: '', err: '' })
    for (const outcome of ['PASS', 'FAIL', 'ERROR', 'TIMEOUT'])
      expect(await stored(`HTF-${outcome}`)).toMatchObject([{ outcome, deployment: { id: line.base } }])
    const [listed] = (
      await service.ask('GET', '/api/v2/runs?outcomes=FAIL&sort_by=created_at')
    ).body.data.filter((each: { unit: { serial_number: string } }) => each.unit.serial_number === 'HTF-FAIL')
    const { body } = await service.ask('GET', `/api/v2/runs/${listed.id}`)
    expect(JSON.stringify(body.phases)).toContain('"rail_3v3"')
  })
})

describe(`the example for pytest (${noPytest ?? 'by pytest'})`, () => {
  const tests = `
import pytest

def test_rail(measure):
    measure("rail_3v3", 3.31, low=3.2, high=3.4, units="V")

def test_sleep_current(measure):
    measure("sleep_current", 14.0, high=12.0, units="uA")

@pytest.mark.skip(reason="no antenna")
def test_rf():
    pass
`
  test.skipIf(noPytest !== null)('reports a session as a run, with a phase for each test', async () => {
    const place = folder()
    const session = join(place, 'tests')
    mkdirSync(session)
    writeFileSync(join(session, 'conftest.py'), readFileSync('examples/pytest/conftest.py'))
    writeFileSync(join(session, 'test_board.py'), tests)
    const ended = await run(
      { ...environment(bench(3), join(place, 'station')), FIRSTPASS_DEPLOYMENT: line.base },
      'python3',
      ...[
        '-m',
        'pytest',
        '-q',
        '-p',
        'no:cacheprovider',
        '--rootdir',
        session,
        '--serial-number',
        'PT-1',
        session,
      ],
    )
    expect(ended.out).toContain('1 failed, 1 passed, 1 skipped')
    expect(await stored('PT-1')).toMatchObject([{ outcome: 'FAIL', deployment: { id: line.base } }])
    expect(readFileSync(join(place, 'station/queue.jsonl'), 'utf8')).toBe('')
  })
})

describe(`the example in shell (${noCurl ?? 'by curl'})`, () => {
  test.skipIf(noCurl !== null)(
    'asks what to run, keeps runs, sends them, and parks what is refused',
    async () => {
      const place = folder()
      const env = { ...environment(bench(4), place), FIRSTPASS_WAIT: '0', FIRSTPASS_PAUSE: '0' }
      const sh = (input: string, ...words: string[]) =>
        runWith(input, env, 'sh', 'examples/shell/station.sh', ...words)
      expect(await sh('', 'assignment')).toMatchObject({ code: 0, out: `${line.base}\n` })
      expect(await sh('', 'assignment')).toMatchObject({ code: 0, out: `${line.base}\n`, err: '' })
      await sh('', 'running', line.base)
      // Without a build of its own: what the station runs counts.
      await sh(JSON.stringify(line.runBody({ unit: 'SH-1', start: 1000 })), 'report')
      await sh(JSON.stringify(line.runBody({ unit: ' ' })), 'report')
      await sh(JSON.stringify(line.runBody({ unit: 'SH-2', start: 2000 })), 'report')
      await gate.shut()
      const away = await sh('', 'assignment')
      expect(away.out).toBe(`${line.base}\n`)
      expect(away.err).toContain('going on with what it said last')
      const sending = sh('', 'send')
      await until(
        () => readFileSync(join(place, 'errors.log'), 'utf8').split('\n').length > 4,
        'it has tried',
      )
      await gate.open()
      const sent = await sending
      expect(sent.code).toBe(0)
      expect(sent.err).toContain('(422)')
      for (const serial of ['SH-1', 'SH-2'])
        expect(await stored(serial)).toMatchObject([{ outcome: 'PASS', deployment: { id: line.base } }])
      expect(readdirSync(join(place, 'queue'))).toEqual([])
      expect(readdirSync(join(place, 'parked'))).toEqual([
        expect.stringMatching(/\.run$/),
        expect.stringMatching(/\.run\.why$/),
      ])
    },
  )
})

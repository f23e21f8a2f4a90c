// Every request that real clients sent, replayed against the service: same status, same keys, and the runs they meant.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../../db/client.ts'
import {
  type Captured,
  capturedProcedure,
  capturedRequests,
  misfits,
  tokenOf,
  urlOf,
} from '../../support/captured-requests.ts'
import { type Answer, adminToken, openTestService } from '../../support/test-service.ts'

const service = await openTestService()
const { ask } = service
// After all that was captured: a run of the future would not be believed.
service.clock.pass(183 * 86_400_000)

const made = async (answering: Promise<Answer>) => {
  const answer = await answering
  expect([200, 201]).toContain(answer.status)
  return answer.body
}
await made(
  ask('POST', '/api/v2/procedures', {
    body: { id: capturedProcedure, name: 'Board FCT', identifier: 'FCT' },
  }),
)
const build = await made(
  ask('POST', '/api/v1/deployments', {
    body: {
      procedure_id: capturedProcedure,
      version: '1.4.2',
      commit: {
        sha: 'd3adbeefcafe00112233445566778899aabbccdd',
        message: 'tighten 3V3 limit',
        author: 'Ana',
      },
      artifact_url: 'https://builds.test/1.4.2.tar.zst',
      artifact_sha256: 'a'.repeat(64),
    },
  }),
)
const station = await made(
  ask('POST', '/api/v1/stations', { body: { name: 'FCT-01', procedure_ids: [capturedProcedure] } }),
)
const stranger = await made(ask('POST', '/api/v1/stations', { body: { name: 'FCT-99' } }))
await made(
  ask('PUT', `/api/v1/procedures/${capturedProcedure}/active-deployment`, {
    body: { deployment_id: build.id, reason: 'what runs today' },
  }),
)

/** What the captured keys stand for here, and what is changed so that the request meets that condition. */
type Case = { token: string | null; body?: (body: Captured['body']) => unknown; status?: number }
const asStation: Case = { token: station.key }
/** The test server that was captured was broken in some way for these keys; this one is not. */
const works: Case = { ...asStation, status: 200 }
const cases: Record<string, Case> = {
  'tok-station': asStation,
  'tok-station-long-enough': asStation,
  'tok-user': { token: adminToken },
  'tok-401': { token: 'nobody' },
  'tok-403': { token: stranger.key },
  'tok-404': {
    token: adminToken,
    body: (body) => ({
      ...body,
      procedure_id: '00000000-0000-4000-8000-000000000009',
      station_name: 'FCT-01',
    }),
  },
  'tok-422': {
    ...asStation,
    body: (body) => ({
      ...body,
      procedure_id: capturedProcedure,
      started_at: '2026-05-22T06:00:00Z',
      ended_at: '2026-05-22T05:00:00Z',
    }),
  },
  'tok-201': works,
  'tok-429x2': works,
  'tok-500': works,
  'tok-503x2': works,
  'tok-html502': works,
  'tok-slow': works,
}

function caseOf(captured: Captured): Case {
  const token = tokenOf(captured)
  const known = token === null ? { token: null, status: 200 } : (cases[token] ?? { token })
  // A station that is not linked may still ask who it is; a user's key is what may not.
  return token === 'tok-403' && captured.method === 'GET' ? { token: adminToken } : known
}

/** Runs have no page of their own here. */
const leftOut = ['.url is missing']

/** Replays the lines in order; a PUT goes to the address that was answered before. */
async function replay(name: string): Promise<void> {
  let upload = { uploadUrl: '', id: '' }
  for (const [index, captured] of capturedRequests(name).entries()) {
    const where = `${name} ${index + 1}: ${captured.method} ${captured.path} ${tokenOf(captured)}`
    const { token, body = (sent) => sent, status = captured.response.status } = caseOf(captured)
    const isPut = captured.method === 'PUT'
    const said =
      captured.path === '/api/v1/import' ? { ...captured.body, upload_id: upload.id } : captured.body
    const { pathname, search } = new URL(isPut ? upload.uploadUrl : 'http://x')
    const answer = await ask(captured.method, isPut ? `${pathname}${search}` : urlOf(captured), {
      token,
      headers: {
        'user-agent': captured.headers['User-Agent'] ?? captured.headers['user-agent'] ?? '',
        ...(captured.headers['x-deployment-id']
          ? { 'x-deployment-id': captured.headers['x-deployment-id'] }
          : {}),
      },
      ...(said === null ? {} : { body: body(said) }),
    })
    expect(answer.status, `${where}\n${JSON.stringify(answer.body)}`).toBe(status)
    expect(answer.headers['content-type'], where).toBe('application/json')
    if (status === captured.response.status && !isPut) {
      const wrong = misfits(answer.body, captured.response.body).filter((what) => !leftOut.includes(what))
      expect(wrong, where).toEqual([])
    }
    if (status >= 400) expect(answer.body.code, where).toBe(captured.response.body.code)
    if (captured.path === '/api/v1/uploads/initialize') upload = answer.body
  }
}

type Kept = {
  outcome: string
  started: string
  ended: string
  count: number | null
  by: string
  zoneless: boolean
}
async function kept(serial: string): Promise<Kept[]> {
  return rows<Kept>(
    service.database.db,
    sql`select outcome, to_char(started_at at time zone 'UTC', 'HH24:MI:SS.US') as started,
          to_char(ended_at at time zone 'UTC', 'HH24:MI:SS.US') as ended, measurement_count as count,
          attributed_by as by, zoneless
        from runs where procedure_id = ${capturedProcedure}::uuid and serial = ${serial} and station_id = ${station.id}::uuid`,
  )
}
const run = (outcome: string, started: string, ended: string, more: Partial<Kept> = {}): Kept[] => [
  { outcome, started, ended, count: null, by: 'none', zoneless: false, ...more },
]

test('the Python client of version 2 is answered as it expects, and its runs are kept once each', async () => {
  await replay('v2')
  const six = '06:00:00.000000'
  expect(await kept('SN-0001')).toEqual(run('PASS', six, '06:00:42.000000'))
  expect(await kept('SN-0002')).toEqual(run('FAIL', six, '06:01:01.250000', { count: 1 }))
  // Three bodies with one serial, station and start are one run: the first that came.
  expect(await kept('SN-0003')).toEqual(run('ERROR', six, '06:05:00.000000'))
  // Naive times are UTC; beyond the millisecond they are cut.
  expect(await kept('SN-naive')).toEqual(
    run('PASS', '06:00:00.123000', '06:00:01.623000', { zoneless: true }),
  )
  expect(await kept('SN-+02:00')).toEqual(run('PASS', six, '06:01:00.000000'))
  expect(await kept('SN-epoch')).toEqual(run('PASS', '06:00:00.500000', '06:01:40.000000'))
})

test('the C++ client of version 2', async () => {
  await replay('cpp')
  expect(await kept('SN-CPP-1')).toEqual(run('PASS', '06:00:00.000000', '06:00:42.000000'))
})

test('the Python client of version 1: runs of the old shape, by the id or the name of their procedure', async () => {
  await replay('v1')
  expect(await kept('SN-V1-1')).toEqual(run('FAIL', '06:00:00.000000', '06:01:02.500000', { count: 1 }))
  // Neither start nor duration: it ended when it arrived.
  expect(await kept('SN-V1-2')).toEqual(run('PASS', '06:00:00.000000', '06:00:00.000000'))
  expect(await kept('SN-STREAM-1')).toEqual(run('PASS', '17:17:29.851000', '17:17:29.852000', { count: 1 }))
})

test('OpenHTF by version 1: an upload without a key, imported as one run of each outcome', async () => {
  await replay('v1-openhtf')
  const all = await Promise.all([0, 1, 2, 3, 4].map((number) => kept(`SN-HTF-${number}`)))
  expect(all.map((runs) => runs.map(({ outcome, count }) => [outcome, count]))).toEqual([
    [['PASS', 1]],
    [['FAIL', 1]],
    [['ERROR', 1]],
    [['TIMEOUT', 1]],
    [['ABORTED', 1]],
  ])
  expect(all[3]).toEqual(run('TIMEOUT', '17:16:49.921000', '17:16:52.986000', { count: 1 }))
})

test('replayed once more, all of it makes no further run', async () => {
  const count = async () =>
    (await rows<{ n: number }>(service.database.db, sql`select count(*)::int as n from runs`))[0]?.n
  const before = await count()
  for (const name of ['v2', 'cpp', 'v1', 'v1-openhtf']) await replay(name)
  expect(before).toBeGreaterThan(10)
  expect(await count()).toBe(before)
})

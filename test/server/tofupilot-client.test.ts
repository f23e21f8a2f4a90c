// How TofuPilot is asked: what each of its answers means for the next request, and where the key goes.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { tofupilotClient } from '../../server/backends/tofupilot/client.ts'
import type { TofupilotFailure } from '../../server/backends/tofupilot/failure.ts'
import { readSettings, secretsOf } from '../../server/config.ts'
import { error, tofupilotStandIn, tofupilotToken } from '../support/tofupilot-stand-in.ts'

const tofupilot = await tofupilotStandIn(Date.now)
const station = tofupilot.addStation('FCT-01')
const build = tofupilot.addBuild('a'.repeat(40))
const client = tofupilotClient({ url: `${tofupilot.url}/`, token: tofupilotToken })

async function failing(asking: Promise<unknown>): Promise<TofupilotFailure> {
  return asking.then(
    () => expect.unreachable('it was answered'),
    (failure: TofupilotFailure) => failure,
  )
}

test.each([
  [429, 'Too many requests', { 'retry-after': '7' }, { kind: 'away', arrived: 'no', waitMs: 7_000 }],
  [503, 'starting', {}, { kind: 'away', arrived: 'no', waitMs: null }],
  [500, 'boom', {}, { kind: 'away', arrived: 'unknown', waitMs: null }],
  [502, '<html>bad gateway</html>', {}, { kind: 'away', arrived: 'unknown', waitMs: null }],
  [404, 'Station not found', {}, { kind: 'refused', arrived: 'no', waitMs: null }],
  [422, 'not ready', {}, { kind: 'refused', arrived: 'no', waitMs: null }],
  [401, 'Invalid API key', {}, { kind: 'locked out', arrived: 'no', waitMs: null }],
] as const)('%i "%s" is told with what it means', async (status, message, headers, meaning) => {
  const body = message.startsWith('<') ? message : error(status, message, 'CODE', ['the issue']).body
  tofupilot.misbehave(() => ({ status, body, headers }))
  const failure = await failing(client.pin(station.id, build.id))
  expect(failure).toMatchObject({ status, ...meaning })
  expect(failure.message).toContain(message.startsWith('<') ? 'bad gateway' : `${message}; the issue`)
  tofupilot.misbehave(null)
})

test('an answer that is lost, or does not come in time, leaves open whether it was done', async () => {
  tofupilot.misbehave(() => 'lose')
  expect(await failing(client.pin(station.id, build.id))).toMatchObject({ kind: 'away', arrived: 'unknown' })
  expect(station.given).toBe(build.id)
  const never = Promise.withResolvers<void>()
  tofupilot.misbehave(() => ({ hold: never.promise }))
  const hasty = tofupilotClient({ url: tofupilot.url, token: tofupilotToken, requestMs: 30 })
  expect((await failing(hasty.station(station.id))).message).toBe('no answer in time')
  tofupilot.misbehave(null)
  never.resolve()
})

test('nobody at that address is a reason that a person understands', async () => {
  const nobody = tofupilotClient({ url: 'http://127.0.0.1:1', token: tofupilotToken })
  expect((await failing(nobody.station('x'))).message).toMatch(/ECONNREFUSED|bad port/)
})

test('an answer of another shape is a fault of the server, told by its field', async () => {
  tofupilot.misbehave(() => ({ status: 200, body: { data: 'none' } }))
  const failure = await failing(client.stations(tofupilot.procedure.id))
  expect(failure).toMatchObject({ kind: 'away' })
  expect(failure.message).toContain('GET /stations was answered otherwise than expected: data')
  tofupilot.misbehave(null)
})

test('the key goes to no other address: a redirect is not followed', async () => {
  const seen: (string | undefined)[] = []
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end('{}')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  afterAll(() => elsewhere.close())
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
  tofupilot.misbehave(() => ({ status: 307, body: {}, headers: { location } }))
  expect(await failing(client.pin(station.id, build.id))).toMatchObject({ kind: 'away' })
  expect(seen).toEqual([])
  tofupilot.misbehave(null)
})

test('an id is one part of the address, whatever is in it', async () => {
  await failing(client.station('../procedures/x?y=1'))
  expect(tofupilot.asked.at(-1)?.path).toBe('/api/v2/stations/..%2Fprocedures%2Fx%3Fy%3D1')
})

test('the key is a secret of the settings, and leaves this machine over TLS alone', () => {
  const env = {
    ADMIN_TOKEN: 'a'.repeat(20),
    TOFUPILOT_URL: 'https://www.tofupilot.app',
    TOFUPILOT_TOKEN: tofupilotToken,
  }
  expect(secretsOf(readSettings(env))).toContain(tofupilotToken)
  const open = { ...env, TOFUPILOT_URL: 'http://tofupilot.factory.example' }
  expect(() => readSettings(open)).toThrow(/TOFUPILOT_URL: expected https/)
  expect(readSettings({ ...open, ALLOW_HTTP: 'true' }).TOFUPILOT_URL).toBe(open.TOFUPILOT_URL)
  expect(() => readSettings({ ...env, TOFUPILOT_TOKEN: '' })).toThrow(/TOFUPILOT_TOKEN: expected a value/)
})

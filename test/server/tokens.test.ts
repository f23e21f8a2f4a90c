// Threat: a token that leaks, is too strong, or outlives its use. What tokens do, on each engine.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { tokenSnapshot } from '../../server/token-snapshot.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const line = await testLine(service, { stations: 2 })
const quiet = { warn: () => {} }

async function make(name: string, scopes: string[], more: Record<string, unknown> = {}) {
  const made = await ask('POST', '/api/v1/tokens', { body: { name, scopes, ...more } })
  expect(made.status).toBe(201)
  return { id: String(made.body.id), token: String(made.body.token) }
}
const opens = async (token: string) => (await ask('GET', '/api/v1/procedures', { token })).status

describe('a token', () => {
  test('is shown once, and kept as a hash with its first characters', async () => {
    const { id, token } = await make('CI of FCT', ['read'])
    expect(token).toMatch(/^fpt_[\w-]{43}$/)
    expect(await opens(token)).toBe(200)
    const listed = await ask('GET', '/api/v1/tokens')
    expect(JSON.stringify(listed.body)).not.toContain(token)
    expect(listed.body.data.find((each: { id: string }) => each.id === id)).toMatchObject({
      name: 'CI of FCT',
      scopes: ['read'],
      state: 'in use',
      secrets: [{ prefix: token.slice(0, 10) }],
      created_by: { kind: 'program', id: 'admin token' },
    })
    const stored = await rows<{ all: string }>(
      database.db,
      sql`select (select json_agg(t)::text from api_tokens t) || (select json_agg(s)::text from api_token_secrets s)
          || (select json_agg(e)::text from access_events e) as all`,
    )
    expect(stored[0]?.all).not.toContain(token)
    expect(stored[0]?.all).toContain(token.slice(0, 10))
  })

  test('without the scope gets 403 with what is needed and what it has', async () => {
    const { token } = await make('reader', ['read', 'report'])
    expect(
      await ask('POST', '/api/v1/rollouts', {
        token,
        body: { procedure_id: line.procedure, deployment_id: line.next },
      }),
    ).toMatchObject({
      status: 403,
      body: {
        code: 'not_allowed',
        needed: 'rollout',
        has: ['read', 'report'],
        message: expect.stringContaining('"reader" has read, report'),
      },
    })
  })

  test('acts under its own name and id, whatever name it claims', async () => {
    const { id, token } = await make('release robot', ['rollout'])
    const started = await ask('POST', '/api/v1/rollouts', {
      token,
      body: { procedure_id: line.procedure, deployment_id: line.next, preset: 'two-stage' },
      headers: { 'x-actor-name': 'Ana', 'x-actor-door': 'command line' },
    })
    expect(started.body.rollout.owner).toEqual({
      kind: 'program',
      id,
      name: 'release robot',
      door: 'command line',
    })
    await ask('POST', `/api/v1/rollouts/${started.body.rollout.id}/abort`, { body: { reason: 'done' } })
  })

  test('expires by itself', async () => {
    const { token } = await make('for an hour', ['read'], { expires_at: clock.iso(3_600_000) })
    expect(await opens(token)).toBe(200)
    clock.pass(3_600_001)
    expect(await ask('GET', '/api/v1/procedures', { token })).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining('is over') },
    })
    expect(
      await ask('POST', '/api/v1/tokens', {
        body: { name: 'never', scopes: ['read'], expires_at: clock.iso(-1) },
      }),
    ).toMatchObject({ status: 422 })
  })

  test('that is rotated goes on for its grace beside the new one, under the same id', async () => {
    const { id, token } = await make('rotated', ['read'])
    const rotated = await ask('POST', `/api/v1/tokens/${id}/rotate`, { body: { grace_minutes: 10 } })
    expect(rotated).toMatchObject({ status: 201, body: { id, former_ends_at: clock.iso(600_000) } })
    const second = rotated.body.token
    expect([await opens(token), await opens(second)]).toEqual([200, 200])
    clock.pass(600_000)
    expect([await opens(token), await opens(second)]).toEqual([401, 200])
    const third = (await ask('POST', `/api/v1/tokens/${id}/rotate`, { body: { grace_minutes: 0 } })).body
      .token
    expect([await opens(second), await opens(third)]).toEqual([401, 200])
  })

  test('that is revoked opens nothing from that moment, with the reason, and cannot be rotated', async () => {
    const { id, token } = await make('leaked', ['admin'])
    expect(await opens(token)).toBe(200)
    expect((await ask('POST', `/api/v1/tokens/${id}/revoke`, { body: {} })).status).toBe(422)
    const revoked = await ask('POST', `/api/v1/tokens/${id}/revoke`, {
      body: { reason: 'was in a build log' },
    })
    expect(revoked.body).toMatchObject({ state: 'revoked', why: 'was in a build log' })
    expect(await ask('GET', '/api/v1/procedures', { token })).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining('was in a build log') },
    })
    expect((await ask('POST', `/api/v1/tokens/${id}/rotate`)).status).toBe(409)
    expect((await ask('POST', '/api/v1/tokens', { body: { name: 'Leaked', scopes: ['read'] } })).status).toBe(
      201,
    )
    expect((await ask('POST', '/api/v1/tokens', { body: { name: 'LEAKED', scopes: ['read'] } })).status).toBe(
      409,
    )
  })

  test('made, rotated and revoked: who did it stands in the record', async () => {
    const { id } = await make('recorded', ['read'])
    await ask('POST', `/api/v1/tokens/${id}/rotate`)
    await ask('POST', `/api/v1/tokens/${id}/revoke`, {
      body: { reason: 'over' },
      headers: { 'x-actor-name': 'Ana' },
    })
    const found = await rows<{ type: string; why: string | null; name: string }>(
      database.db,
      sql`select type, why, by ->> 'name' as name from access_events where body ->> 'tokenId' = ${id} order by id`,
    )
    expect(found).toEqual([
      { type: 'token made', why: null, name: 'API' },
      { type: 'token rotated', why: null, name: 'API' },
      { type: 'token revoked', why: 'over', name: 'Ana' },
    ])
  })

  test('limited to a procedure opens that one and its rollouts alone', async () => {
    const other = await testLine(service, { stations: 1 })
    const { token } = await make('of one procedure', ['read', 'deploy', 'report'], {
      procedures: [line.procedure],
    })
    const status = async (...[method, url, body]: ['GET' | 'POST', string, unknown?]) =>
      (await ask(method, url, { token, body })).status
    expect(await status('GET', `/api/v1/procedures/${line.procedure}/deployments`)).toBe(200)
    expect(await status('GET', `/api/v1/deployments/${line.next}`)).toBe(200)
    expect(await status('GET', `/api/v1/rollouts?procedure_id=${line.procedure}`)).toBe(200)
    const run = (of: typeof line) => ({ ...of.runBody({}), station_id: line.bench(0).id })
    expect(await status('POST', '/api/v1/runs', run(line))).toBe(200)
    expect(await status('POST', '/api/v1/runs', run(other))).toBe(403)
    expect(await status('POST', '/api/v1/runs/batch', { runs: [run(line), run(other)] })).toBe(403)
    expect(await status('GET', `/api/v1/procedures/${other.procedure}/deployments`)).toBe(403)
    expect(await status('GET', `/api/v1/deployments/${other.next}`)).toBe(403)
    expect(await status('GET', '/api/v1/rollouts')).toBe(403)
    expect(await status('GET', `/api/v1/stations?procedure_id=${line.procedure}`)).toBe(403)
    expect(
      await status('POST', `/api/v1/deployments/${other.next}/logs`, { lines: [{ message: 'x' }] }),
    ).toBe(403)
  })

  test('is noted as used, many uses at a time and none of them more than once in three minutes', async () => {
    const { id, token } = await make('used', ['read'])
    const lastUsed = async () =>
      (await ask('GET', '/api/v1/tokens')).body.data.find((each: { id: string }) => each.id === id)
        .last_used_at
    expect(await lastUsed()).toBeNull()
    const first = clock.iso(0)
    await opens(token)
    expect(await lastUsed()).toBe(first)
    clock.pass(60_000)
    await opens(token)
    expect(await lastUsed()).toBe(first)
    clock.pass(180_000)
    await opens(token)
    expect(await lastUsed()).toBe(clock.iso(0))
  })
})

test('another process hears of a revoked token, and without hearing knows it for two seconds at most', async () => {
  const { id, token } = await make('known elsewhere', ['read'])
  let present = 0
  const deaf = { ...database, listen: async () => async () => {} }
  const elsewhere = await tokenSnapshot({ database: deaf, now: clock.now, log: quiet }, () => present)
  const hash = createHash('sha256').update(token).digest('hex')
  expect(await elsewhere.byHash(hash)).toMatchObject({ endsAt: null })
  await ask('POST', `/api/v1/tokens/${id}/revoke`, { body: { reason: 'x' } })
  present = 1_999
  expect(await elsewhere.byHash(hash)).toMatchObject({ endsAt: null })
  present = 2_001
  expect(await elsewhere.byHash(hash)).toMatchObject({ revokedWhy: 'x' })
  await elsewhere.stop()
})

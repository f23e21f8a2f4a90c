// Webhooks from the event to a receiver on a real port: chosen, signed, repeated, given up, switched off, sent again.
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { rows } from '../../db/client.ts'
import { rolloutTypes, webhookTypes } from '../../server/domain/webhooks/event-types.ts'
import { bareStages, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'
import { verified, webhookReceiver } from '../support/webhook-receiver.ts'

const receiver = await webhookReceiver()
const service = await openTestService({ webhookAllow: ['127.0.0.1'] })
const { ask, clock, database } = service
await service.webhooks.start()
const hour = 3_600_000
const patiently = { timeout: 10_000, interval: 10 }
let count = 0

async function endpoint(more: Record<string, unknown> = {}) {
  const path = `/hook-${++count}`
  const made = await ask('POST', '/api/v1/webhooks', {
    body: { url: receiver.url(path), events: ['rollout.*'], ...more },
  })
  expect(made.body).toMatchObject({ id: expect.any(String) })
  const id: string = made.body.id
  return {
    id,
    path,
    secret: made.body.secret as string,
    received: () => receiver.at(path),
    types: () => receiver.at(path).map(({ body }) => body.type),
    now: async () => (await ask('GET', `/api/v1/webhooks/${id}`)).body,
    deliveries: async (query = '') =>
      (await ask('GET', `/api/v1/webhooks/${id}/deliveries${query}`)).body.data,
  }
}
async function started(line: Awaited<ReturnType<typeof testLine>>): Promise<string> {
  const answer = await line.start({ stages: bareStages })
  expect(answer.status).toBe(201)
  return answer.body.rollout.id
}

test('each event of a rollout is sent once, as the record has it, and its signature verifies', async () => {
  const line = await testLine(service)
  const hook = await endpoint({ procedures: [line.procedure] })
  const id = await started(line)
  await ask('POST', `/api/v1/rollouts/${id}/abort`, { body: { reason: 'burnt fixture' } })
  const record = (await ask('GET', `/api/v1/rollouts/${id}/events`)).body.data
  await vi.waitFor(() => expect(hook.received()).toHaveLength(record.length), patiently)
  const sent = hook.received().toSorted((a, b) => a.body.data.sequence - b.body.data.sequence)
  expect(sent.map(({ body }) => body.data.event)).toEqual(
    record.map(({ sequence, ...event }: { sequence: number }) => event),
  )
  expect(sent[0]?.body).toMatchObject({
    type: 'rollout.created',
    timestamp: clock.iso(),
    data: {
      procedure: { id: line.procedure },
      rollout: { id, deployment_id: line.next, version: 'v2' },
      page_url: `http://firstpass.test/rollouts/${id}`,
    },
  })
  expect(hook.types()).toContain('rollout.aborted')
  for (const message of sent) expect(verified(message, hook.secret)).toEqual(message.body)
  expect(() => verified(sent[0] ?? expect.fail(), `whsec_${btoa('another')}`)).toThrow('signature')
  expect(new Set(sent.map(({ id: own }) => own)).size).toBe(record.length)
})

test('what is not chosen is not sent: other types, and other procedures', async () => {
  const [line, other] = [await testLine(service), await testLine(service)]
  const hook = await endpoint({ events: ['rollout.started', 'alarm.*'], procedures: [line.procedure] })
  const all = await endpoint({ events: ['*'] })
  await started(other)
  await started(line)
  await vi.waitFor(() => expect(hook.types()).toEqual(['rollout.started']), patiently)
  await vi.waitFor(
    () => expect(all.types().filter((type) => type === 'rollout.started')).toHaveLength(2),
    patiently,
  )
  expect(await hook.deliveries()).toHaveLength(1)
})

test('nothing is queued by a transaction that is taken back', async () => {
  const line = await testLine(service)
  const hook = await endpoint({ events: ['*'], procedures: [line.procedure] })
  const failing = database.db.transaction(async (tx) => {
    await tx.execute(sql`insert into procedure_events (procedure_id, type, body, at)
      values (${line.procedure}::uuid, 'Activated', '{}'::jsonb, ${clock.iso()}::timestamptz)`)
    throw new Error('taken back')
  })
  await expect(failing).rejects.toThrow('taken back')
  expect(await hook.deliveries()).toEqual([])
})

test('every kind of event in the record has its type, and what it tells', async () => {
  const line = await testLine(service, { stations: 2 })
  const hook = await endpoint({ events: ['*'] })
  const station = line.bench(0).id
  const id = await started(line)
  await ask('PUT', `/api/v1/stations/${station}/hold`, { body: { reason: 'probe worn' } })
  await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, {
    body: { policy: { fourEyes: true }, expected_version: 0, reason: 'agreed' },
  })
  await ask('POST', '/api/v1/tokens', { body: { name: `token of ${id}`, scopes: ['read'] } })
  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { auto_push: true } })
  await database.db.execute(sql`insert into station_alarms (procedure_id, station_id, kind, since, detail, opened_at)
    values (${line.procedure}::uuid, ${station}::uuid, 'drifted', ${clock.iso()}, 'ran v3', ${clock.iso()})`)
  await database.db.execute(sql`update station_alarms set closed_at = ${clock.iso()}, closed_how = 'acknowledged'
    where station_id = ${station}::uuid`)
  await database.db.execute(sql`insert into containment_sign_offs (procedure_id, rollout_id, by, at, note, units, passed, failed, open, digest)
    values (${line.procedure}::uuid, ${id}::uuid, '{"name": "Ines"}'::jsonb, ${clock.iso()}, 'scrapped', 3, 2, 1, 0, 'ab')`)
  const told = {
    'station.held': { station: { id: station }, event: { type: 'held', why: 'probe worn' } },
    'policy.changed': { procedure: { id: line.procedure }, policy: { scope: line.procedure, version: 1 } },
    'access.token_made': { event: { type: 'token made', name: `token of ${id}` } },
    'alarm.opened': { station: { id: station }, alarm: { kind: 'drifted', detail: 'ran v3' } },
    'alarm.closed': { alarm: { kind: 'drifted', closed_how: 'acknowledged' } },
    'containment.signed_off': {
      rollout: { id },
      sign_off: { note: 'scrapped', units: 3, by: { name: 'Ines' } },
    },
    'procedure.push_switched': { procedure: { id: line.procedure }, event: { type: 'PushSwitched' } },
  }
  await vi.waitFor(() => expect(hook.types()).toEqual(expect.arrayContaining(Object.keys(told))), patiently)
  for (const [type, data] of Object.entries(told))
    expect(hook.received().find(({ body }) => body.type === type)?.body.data).toMatchObject(data)
  expect(JSON.stringify(hook.received().map(({ body }) => body))).not.toMatch(/fpt_[\w-]{12}|whsec_/)
})

test('the types that can be chosen are those that the database gives to the events of a rollout', async () => {
  const named = JSON.stringify(Object.keys(rolloutTypes))
  const found = await rows<{ name: string; type: string }>(
    database.db,
    sql`select value as name, webhook_type('rollout', value) as type from jsonb_array_elements_text(${named}::text::jsonb)`,
  )
  expect(Object.fromEntries(found.map(({ name, type }) => [name, type]))).toEqual(rolloutTypes)
  const sent = await rows<{ type: string }>(database.db, sql`select distinct type from webhook_messages`)
  expect(sent.map(({ type }) => type).filter((type) => !webhookTypes.includes(type))).toEqual([])
})

test('what is not taken is sent again ever later, under the same id and with a fresh signature, until it is', async () => {
  const line = await testLine(service)
  const hook = await endpoint({ events: ['rollout.started'], procedures: [line.procedure] })
  receiver.answers(({ path }) =>
    path === hook.path && hook.received().length < 3 ? { status: 500 } : { status: 200 },
  )
  await started(line)
  await vi.waitFor(
    async () => expect(await hook.deliveries()).toMatchObject([{ attempts: 1, last_status: 500 }]),
    patiently,
  )
  expect(await hook.now()).toMatchObject({ state: 'failing', failing_since: clock.iso(), waiting: 1 })
  clock.pass(4_000)
  const [waiting] = await hook.deliveries()
  expect(Date.parse(waiting.next_attempt_at) - clock.now()).toBeGreaterThan(0)
  clock.pass(2_000)
  await vi.waitFor(
    async () => expect(await hook.deliveries()).toMatchObject([{ attempts: 2, last_status: 500 }]),
    patiently,
  )
  clock.pass(6 * 60_000)
  await vi.waitFor(
    async () => expect(await hook.deliveries()).toMatchObject([{ state: 'taken', attempts: 3 }]),
    patiently,
  )
  expect(new Set(hook.received().map(({ id }) => id)).size).toBe(1)
  for (const message of hook.received()) verified(message, hook.secret)
  expect(await hook.now()).toMatchObject({ state: 'in use', failing_since: null, waiting: 0 })
})

test('after ten attempts in three days a message is given up and its endpoint switched off, which is said and can be undone', async () => {
  const line = await testLine(service)
  const hook = await endpoint({ events: ['rollout.started'], procedures: [line.procedure] })
  const watching = await endpoint({ events: ['access.webhook_disabled'] })
  receiver.answers(({ path }) => (path === hook.path ? { status: 503 } : { status: 200 }))
  await started(line)
  await vi.waitFor(
    async () => expect(await hook.deliveries()).toMatchObject([{ attempts: 1, last_status: 503 }]),
    patiently,
  )
  await database.db.execute(
    sql`update webhook_messages set attempts = 9 where endpoint_id = ${hook.id}::uuid`,
  )
  clock.pass(76 * hour)
  await vi.waitFor(
    async () => expect(await hook.deliveries()).toMatchObject([{ attempts: 10, state: 'given_up' }]),
    patiently,
  )
  const off = await hook.now()
  expect(off).toMatchObject({
    state: 'switched off',
    why: expect.stringContaining('it has taken nothing since'),
  })
  await vi.waitFor(
    () =>
      expect(watching.received()[0]?.body.data.event).toMatchObject({
        webhook_id: hook.id,
        by: { id: 'firstpass' },
      }),
    patiently,
  )

  const other = await testLine(service)
  await ask('PATCH', `/api/v1/webhooks/${hook.id}`, {
    body: { procedures: [other.procedure, line.procedure] },
  })
  await started(other)
  expect(await hook.deliveries()).toHaveLength(1)
  const [given] = await hook.deliveries()
  const again = `/api/v1/webhooks/${hook.id}/deliveries/${given.id}/redeliver`
  expect(await ask('POST', again)).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('"enabled": true') },
  })
  receiver.answers(() => ({ status: 200 }))
  await ask('PATCH', `/api/v1/webhooks/${hook.id}`, { body: { enabled: true } })
  expect((await ask('POST', again)).status).toBe(202)
  await vi.waitFor(
    async () => expect(await hook.deliveries('?state=taken')).toMatchObject([{ id: given.id }]),
    patiently,
  )
  expect(hook.received()).toHaveLength(3)
})

test('an endpoint that answers 410 is switched off at once, and what waits for it is called off', async () => {
  const line = await testLine(service)
  const hook = await endpoint({ procedures: [line.procedure] })
  receiver.answers(({ path }) => (path === hook.path ? { status: 410 } : { status: 200 }))
  await started(line)
  await vi.waitFor(
    async () =>
      expect(await hook.now()).toMatchObject({ state: 'switched off', why: 'it answered 410: it is gone' }),
    patiently,
  )
  expect(await hook.deliveries('?state=waiting')).toEqual([])
})

test.each([
  ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 302, 'a redirect is not followed'],
  ['no answer', 'nothing', null, 'no answer within 1 s'],
  ['an answer without end', { status: 400, body: 'x'.repeat(9_000_000) }, 400, 'it answered 400'],
] as const)('%s is no success, and says so', async (_, said, status, why) => {
  const hook = await endpoint()
  receiver.answers(({ path }) => (path === hook.path ? said : { status: 200 }))
  const tried = await ask('POST', `/api/v1/webhooks/${hook.id}/test`)
  expect(tried.body).toMatchObject({
    type: 'webhook.test',
    last_status: status,
    last_error: expect.stringContaining(why),
  })
  expect(receiver.at('/elsewhere')).toEqual([])
})

test('while a secret takes the place of another, both verify; after the grace only the new one', async () => {
  const hook = await endpoint()
  receiver.answers(() => ({ status: 200 }))
  const rotated = await ask('POST', `/api/v1/webhooks/${hook.id}/rotate`, { body: { grace_hours: 1 } })
  expect(rotated.body.secret).not.toBe(hook.secret)
  const sent = async () => {
    expect((await ask('POST', `/api/v1/webhooks/${hook.id}/test`)).body).toMatchObject({ state: 'taken' })
    return hook.received().at(-1) ?? expect.fail()
  }
  const during = await sent()
  verified(during, hook.secret)
  verified(during, rotated.body.secret)
  clock.pass(hour)
  const after = await sent()
  verified(after, rotated.body.secret)
  expect(() => verified(after, hook.secret)).toThrow()
  const stored = await rows<{ all: string }>(
    database.db,
    sql`select string_agg(e::text, '') as all from webhook_endpoints e`,
  )
  expect(stored[0]?.all).not.toContain(hook.secret.slice(6, 20))
})

test('an address into the network of the service, a type that is none, and a deleted endpoint are refused in words', async () => {
  const refused = async (body: object) => (await ask('POST', '/api/v1/webhooks', { body })).body.message
  expect(await refused({ url: 'https://169.254.169.254/latest', events: ['*'] })).toContain('not public')
  expect(await refused({ url: 'http://8.8.8.8/', events: ['*'] })).toContain('expected https://')
  expect(await refused({ url: 'https://me:secret@example.com/', events: ['*'] })).toContain(
    'without a name and password',
  )
  expect(await refused({ url: receiver.url('/'), events: ['rollout.strated'] })).toContain(
    'rollout.breach_opened',
  )
  const hook = await endpoint()
  const moved = await ask('PATCH', `/api/v1/webhooks/${hook.id}`, { body: { url: 'https://127.0.0.2/' } })
  expect(moved).toMatchObject({ status: 422, body: { issues: [{ path: 'body.url' }] } })
  expect((await ask('DELETE', `/api/v1/webhooks/${hook.id}`)).status).toBe(204)
  expect((await ask('POST', `/api/v1/webhooks/${hook.id}/test`)).status).toBe(404)
  expect((await ask('GET', '/api/v1/webhooks')).body.data.map(({ id }: { id: string }) => id)).not.toContain(
    hook.id,
  )
})

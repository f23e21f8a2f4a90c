// Threat: the key of one station, taken off its bench. It can neither move, read nor report for another station. That it
// opens no route of people is shown for every route in what-routes-demand.test.ts.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, database, clock } = service
const line = await testLine(service, { stations: 2 })
const elsewhere = await testLine(service, { stations: 1 })
const [thief, victim] = [line.bench(0), line.bench(1)]
const stranger = elsewhere.bench(0)
const token = thief.key

const runsOf = async (id: string) =>
  (
    await rows<{ count: number }>(
      database.db,
      sql`select count(*)::int as count from runs where station_id = ${id}::uuid`,
    )
  )[0]?.count
const seen = async (id: string) =>
  (await rows(database.db, sql`select heartbeat_at, busy, telemetry from stations where id = ${id}::uuid`))[0]
const refused = { status: 403, body: { code: 'not_allowed' } }

describe('the key of a station', () => {
  test('reports no run for another one, alone or in a batch, and what it says of itself is stored', async () => {
    const run = (more: Record<string, unknown>) => ({ ...line.runBody({}), ...more })
    expect(await ask('POST', '/api/v1/runs', { token, body: run({ station_id: victim.id }) })).toMatchObject(
      refused,
    )
    const batch = await ask('POST', '/api/v1/runs/batch', {
      token,
      body: { runs: [run({ station_id: victim.id }), run({}), run({ station_id: thief.id })] },
    })
    expect(batch.body.results.map(({ status }: { status: number }) => status)).toEqual([403, 200, 200])
    expect([await runsOf(victim.id), await runsOf(thief.id)]).toEqual([0, 2])
  })

  test('reports through the doors of TofuPilot as itself alone, whatever the body names', async () => {
    const before = await runsOf(thief.id)
    const body = {
      ...line.runBody({}),
      station_id: victim.id,
      station_name: victim.name,
      metadata: { station_id: victim.id },
    }
    expect((await ask('POST', '/api/v2/runs', { token, body })).status).toBe(200)
    expect([await runsOf(victim.id), await runsOf(thief.id)]).toEqual([0, Number(before) + 1])
  })

  test('reports there no run of a procedure that it is not linked to; on the native door such a run is a fact of its own station', async () => {
    const body = elsewhere.runBody({})
    expect((await ask('POST', '/api/v2/runs', { token, body })).status).toBe(403)
    const native = await ask('POST', '/api/v1/runs', { token, body })
    expect(native.status).toBe(200)
    const stored = await rows(
      database.db,
      sql`select station_id::text as station, deployment_id from runs where procedure_id = ${elsewhere.procedure}::uuid`,
    )
    expect(stored).toEqual([{ station: thief.id, deployment_id: null }])
  })

  test('says nothing of another one: no heartbeat, no acknowledgement', async () => {
    const before = await seen(victim.id)
    const beat = { busy: true, telemetry: { temperature: 99 }, station_id: victim.id }
    expect(await ask('POST', '/api/v1/stations/me/heartbeats', { token, body: beat })).toMatchObject(refused)
    const pickup = { procedure_id: line.procedure, deployment_id: line.next, state: 'running' }
    expect(
      await ask('POST', '/api/v1/stations/me/pickups', { token, body: { ...pickup, station_id: victim.id } }),
    ).toMatchObject(refused)
    expect(
      await ask('POST', '/api/v1/stations/me/pickups', {
        token,
        body: { ...pickup, procedure_id: elsewhere.procedure, deployment_id: elsewhere.next },
      }),
    ).toMatchObject({ status: 404 })
    expect(await seen(victim.id)).toEqual(before)
    expect(await rows(database.db, sql`select 1 from pickups where station_id <> ${thief.id}::uuid`)).toEqual(
      [],
    )
  })

  test('reads its own assignments alone, whichever station is asked for', async () => {
    for (const path of [
      `/api/v1/stations/me/assignments?station_id=${victim.id}`,
      `/api/v2/stations/current?station_id=${victim.id}`,
      '/api/cli/pull',
    ]) {
      const { status, body } = await ask('GET', path, { token })
      expect(status).toBe(200)
      expect(JSON.stringify(body)).toContain(thief.name)
      expect(JSON.stringify(body)).not.toContain(victim.name)
      expect(JSON.stringify(body)).not.toContain(elsewhere.procedure)
    }
    expect((await ask('GET', `/api/cli/pull/${elsewhere.procedure}`, { token })).status).toBe(404)
    expect((await ask('GET', `/api/v1/stations/${victim.id}/assignments`, { token })).status).toBe(404)
  })

  test('reads by version 1 only runs of procedures that it is linked to', async () => {
    const unit = `SN-${randomUUID()}`
    await elsewhere.run({ station: stranger, unit })
    expect((await ask('GET', `/api/v1/runs?serial_number=${unit}`, { token })).body).toEqual([])
    expect(
      (await ask('GET', `/api/v1/runs?serial_number=${unit}`, { token: stranger.key })).body,
    ).toHaveLength(1)
  })

  test('neither imports nor closes an upload of another one', async () => {
    const begun = await ask('POST', '/api/v1/uploads/initialize', {
      token: victim.key,
      body: { name: 'record.json' },
    })
    const upload_id = begun.body.id
    expect(
      await ask('POST', '/api/v1/import', { token, body: { upload_id, importer: 'OPENHTF' } }),
    ).toMatchObject({
      status: 404,
    })
    expect(
      await ask('POST', '/api/v1/uploads/sync', { token, body: { upload_id, run_id: randomUUID() } }),
    ).toMatchObject({ status: 404 })
  })

  test('moves nobody: no pin, no rollout, no key, of its own neither', async () => {
    const tries: ['POST' | 'PUT' | 'GET', string, object?][] = [
      ['POST', `/api/v2/stations/${victim.id}/deployments/${line.next}`, {}],
      ['POST', `/api/v2/stations/${thief.id}/deployments/${line.next}`, {}],
      ['POST', '/api/v1/rollouts', { procedure_id: line.procedure, deployment_id: line.next }],
      ['POST', `/api/v1/stations/${victim.id}/keys`, {}],
      ['POST', `/api/v1/stations/${thief.id}/keys`, {}],
      ['PUT', `/api/v1/stations/${victim.id}/hold`, { reason: 'x' }],
      ['POST', `/api/v1/procedures/${elsewhere.procedure}/stations/${thief.id}`, {}],
    ]
    for (const [method, url, body] of tries)
      expect((await ask(method, url, { token, body })).status, url).toBe(403)
    clock.pass(1_000)
    expect(await line.pinned(victim)).toBe(line.base)
  })
})

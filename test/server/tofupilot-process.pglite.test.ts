// The whole service with TofuPilot behind it: jobs of its own, real time between them, and another process afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { startFirstpass } from '../../server/firstpass.ts'
import { tofupilotStandIn, tofupilotToken } from '../support/tofupilot-stand-in.ts'

const patiently = { timeout: 25_000, interval: 50 }
const token = 'admin-token-of-this-test'

test('pins and readings go on by themselves, and after a restart from where they were', async () => {
  const tofupilot = await tofupilotStandIn(Date.now)
  const stations = ['FCT-01', 'FCT-02'].map((name) => tofupilot.addStation(name))
  const build = tofupilot.addBuild('ba5e'.repeat(10))
  const directory = mkdtempSync(join(tmpdir(), 'firstpass-tofupilot-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const env = {
    ...{ PORT: '0', ADMIN_TOKEN: token, DATA_DIR: directory, LOG_LEVEL: 'silent' },
    ...{ TOFUPILOT_URL: tofupilot.url, TOFUPILOT_TOKEN: tofupilotToken, TOFUPILOT_POLL_SECONDS: '5' },
  }
  let running = await startFirstpass({ env })
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    }
    const answer = await fetch(`${running.url}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return answer.json()
  }
  const { id } = await ask('POST', '/api/v1/procedures', { name: 'Board FCT' })
  await ask('PUT', `/api/v1/procedures/${id}/tofupilot`, { tofupilot_id: tofupilot.procedure.id })
  await vi.waitFor(async () => {
    expect((await ask('GET', `/api/v1/procedures/${id}/tofupilot`)).read_at).not.toBeNull()
  }, patiently)
  const builds = await ask('GET', `/api/v1/procedures/${id}/deployments`)
  const active = { deployment_id: builds.data[0].id, reason: 'what runs today' }
  await ask('PUT', `/api/v1/procedures/${id}/active-deployment`, active)
  await vi.waitFor(() => expect(tofupilot.givenTo(build)).toEqual(['FCT-01', 'FCT-02']), patiently)
  await running.close()

  const run = tofupilot.addRun(stations[0] ?? null)
  running = await startFirstpass({ env })
  await vi.waitFor(async () => {
    expect((await ask('GET', `/api/v2/runs?serial_numbers=${run.serial}`)).data).toHaveLength(1)
  }, patiently)
  await running.close()
})

import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { requireFreePort } from '../../../demo/factory/free-port.ts'
import { obey } from '../../../demo/factory/operator.ts'
import { statusLine } from '../../../demo/factory/status-line.ts'

function cables() {
  const did: string[] = []
  return {
    did,
    goOffline: (name: string) => void did.push(`cut ${name}`),
    comeBack: (name: string) => void did.push(`back ${name}`),
    stationNames: ['LYON-L1-01', 'PENANG-P1-01'],
    offlineNames: () => ['PENANG-P1-01'],
  }
}

describe('the person at the terminal', () => {
  it('cuts a station off and brings it back, however the name is written', () => {
    const factory = cables()
    expect(obey('offline lyon-l1-01', factory)).toBeNull()
    expect(obey(' back LYON-L1-01 ', factory)).toBeNull()
    expect(obey('back', factory)).toBeNull()
    expect(obey('', factory)).toBeNull()
    expect(factory.did).toEqual(['cut LYON-L1-01', 'back LYON-L1-01', 'back PENANG-P1-01'])
  })

  it('is told what was expected', () => {
    const factory = cables()
    expect(obey('offline', factory)).toContain('LYON-L1-01, PENANG-P1-01')
    expect(obey('offline LYON-9', factory)).toContain('No station is named LYON-9')
    expect(obey('explode', factory)).toContain('Expected "offline STATION"')
    expect(factory.did).toEqual([])
  })

  it('reads in one line how the builds do, and of trouble only when there is some', () => {
    const builds = { base: { id: 'b', version: '2.4.0' }, candidate: { id: 'c', version: '2.4.1' } }
    const score = { runs: 1200, passed: 1150, failed: 48, units: 1100, unitsPassed: 1056 }
    const stats = { ...score, queued: 0, parked: 0, byDeployment: { b: score } }
    const now = Date.UTC(2026, 4, 22, 6, 30)
    expect(statusLine(stats, builds, now)).toBe(
      '2026-05-22 06:30 factory time · 2.4.0: 1,200 runs, first-pass yield 96.0 % · 2.4.1: not run yet',
    )
    expect(statusLine({ ...stats, queued: 3, parked: 1 }, builds, now)).toMatch(
      /3 waiting to be sent · 1 refused by the server$/,
    )
  })

  it('learns which flag chooses another port when one is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await expect(requireFreePort(port, '--slack-port')).rejects.toThrow(
      `Port ${port} is taken. Choose another one with --slack-port`,
    )
    taken.close()
    await once(taken, 'close')
    await expect(requireFreePort(port, '--slack-port')).resolves.toBeUndefined()
  })
})

// The service is told to stop while browsers and stations are connected.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { journeyWithProcess } from './support/journey.ts'

test('told to stop it ends within seconds, though a browser holds a connection that asked for nothing', async () => {
  const { service, url, atEnd } = await journeyWithProcess('main', { stations: 2, pastFirstAttempts: 10 })
  const { hostname, port } = new URL(url)
  const idle = connect(Number(port), hostname)
  idle.on('error', () => {})
  atEnd(async () => idle.destroy())
  await once(idle, 'connect')

  const told = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - told).toBeLessThan(8_000)
})

// Long polls over a real connection.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()

test('a client that goes away leaves nothing waiting', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  const { etag } = (await line.assignments(bench)).headers
  await service.app.listen({ port: 0, host: '127.0.0.1' })
  const address = service.app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const socket = connect(address.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `GET /api/v1/stations/me/assignments?wait=60 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bench.key}\r\nif-none-match: ${etag}\r\n\r\n`,
  )
  await vi.waitFor(() => expect(service.waiting()).toBe(1), { timeout: 5_000 })
  socket.destroy()
  await vi.waitFor(() => expect(service.waiting()).toBe(0), { timeout: 5_000 })
})

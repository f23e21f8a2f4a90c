// Ports: whether one can be listened on, asked before anything is started or emptied, and one that is free.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Throws, naming the flag that chooses another port, when something listens there already. */
export async function requireFreePort(port: number, flag: string): Promise<void> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? error.code : error
    const what = why === 'EADDRINUSE' ? 'is taken' : `cannot be used (${String(why)})`
    throw new Error(
      `Port ${port} ${what}. Choose another one with ${flag}, for example ${flag} ${port + 100}.`,
    )
  } finally {
    probe.close()
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

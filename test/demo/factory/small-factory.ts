// A factory of a few stations against the stand-in server, with a minute passing in 12 real milliseconds.
import { setTimeout as pause } from 'node:timers/promises'
import { fastClock } from '../../../demo/clock.ts'
import { type FactoryOptions, startFactory } from '../../../demo/factory/factory.ts'
import { standInServer } from './stand-in-server.ts'

export async function smallFactory(changes: Partial<FactoryOptions> = {}) {
  const server = await standInServer()
  const warnings: string[] = []
  const factory = await startFactory({
    url: server.url,
    adminToken: 'admin',
    procedureName: 'PCBA-FCT',
    stations: 3,
    scenario: 'healthy',
    seed: 1,
    pastFirstAttempts: 0,
    clock: fastClock({ speed: 5000 }),
    log: { info: () => {}, warn: (text) => warnings.push(text) },
    // Retries keep their order but not their length: a test need not wait for a Retry-After of seconds.
    waitFactor: 1 / 20,
    ...changes,
  })
  return {
    server,
    factory,
    warnings,
    end: async () => {
      await factory.stop()
      await server.down()
    },
  }
}

/** Real time passes until the condition holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`It did not happen in 20 s: ${what}`)
    await pause(5)
  }
}

// Which client is on which simulated station: the TypeScript one, or for some of them the Python one.
import { fileURLToPath } from 'node:url'
import type { BenchClient, BenchClientOptions } from './bench-client.ts'
import type { FactoryLog } from './factory-log.ts'
import { findPython } from './find-python.ts'
import { type RemoteBenches, remoteBenches } from './remote-benches.ts'
import { typescriptBench } from './typescript-bench.ts'

export const pythonStationsProgram = fileURLToPath(new URL('python/stations.py', import.meta.url))

/** `pythonStations` of `stations` run Python, spread evenly over them; none where there is no Python, which is said. */
export async function benchClients(deps: { stations: number; pythonStations: number; log: FactoryLog }) {
  const { stations, log } = deps
  const pythonStations = Math.min(deps.pythonStations, stations)
  const python = pythonStations > 0 ? await startPython(log) : null
  const upTo = (index: number) => Math.floor((index * pythonStations) / stations)

  function open(index: number, options: BenchClientOptions): Promise<BenchClient> {
    if (python !== null && upTo(index + 1) > upTo(index)) return python.open(options)
    return typescriptBench(options)
  }

  return {
    open,
    end: async () => python?.end(),
    /** Stations that run the Python client. */
    inPython: python === null ? 0 : pythonStations,
  }
}

async function startPython(log: FactoryLog): Promise<RemoteBenches | null> {
  const found = await findPython()
  if ('program' in found) return remoteBenches({ command: [found.program, pythonStationsProgram], log })
  log.info(`All stations run the TypeScript client, none the Python one: ${found.absent}.`)
  return null
}

// Simulated stations that run the Python client beside some that run the TypeScript one.
import { describe, expect, it, onTestFinished } from 'vitest'
import { findPython } from '../../../demo/factory/find-python.ts'
import { smallFactory, until } from './small-factory.ts'

const python = await findPython()
const absent = 'absent' in python ? ` (SKIPPED: ${python.absent})` : ''

describe(`a factory with a station in Python${absent}`, () => {
  it.skipIf(absent !== '')('tells of it all that it tells of the others', async () => {
    const { server, factory, warnings, end } = await smallFactory({ stations: 2, pythonStations: 1 })
    onTestFinished(end)
    expect(factory.pythonStations).toBe(1)
    const [typescript = '', inPython = ''] = factory.stationNames
    const runsOf = (station: string) => server.runs().filter((run) => run.station === station)
    await until(() => factory.stationNames.every((name) => runsOf(name).length >= 5), '5 runs of each')
    for (const name of factory.stationNames) server.pin(name, factory.candidate.id)
    const isSwapped = (name: string) => runsOf(name).some((run) => run.deployment_id === factory.candidate.id)
    await until(() => factory.stationNames.every(isSwapped), 'both run the new build')
    factory.goOffline(inPython)
    const before = runsOf(inPython).length
    const others = runsOf(typescript).length
    await until(() => runsOf(typescript).length >= others + 10, 'the other one goes on')
    expect(runsOf(inPython).length).toBeLessThanOrEqual(before + 1)
    factory.comeBack(inPython)
    await until(() => runsOf(inPython).length > before + 5, 'its kept runs arrive')
    await factory.stop()
    expect(factory.stats()).toMatchObject({ queued: 0, parked: 0 })
    expect(server.runs()).toHaveLength(factory.stats().runs)
    expect(warnings).toEqual([])
    const told = (name: string) => {
      const own = server.seen().filter((one) => one.station === name)
      const beat = own.find((one) => one.body.busy)?.body ?? {}
      return {
        run: Object.keys(runsOf(name).find((run) => run.outcome === 'PASS') ?? {}),
        beat: Object.keys(beat).toSorted(),
        // Orders go to another process: it may begin one more run on base when it knows of the new build already.
        pickups: [
          ...new Set(
            own
              .filter((one) => one.path.endsWith('/pickups'))
              .map((one) => `${one.body.state} ${one.body.deployment_id}`),
          ),
        ],
      }
    }
    expect(told(inPython)).toEqual(told(typescript))
  })
})

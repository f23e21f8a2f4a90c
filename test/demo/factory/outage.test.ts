import { afterEach, describe, expect, it } from 'vitest'
import { fleet } from '../../../demo/factory/fleet.ts'
import { uploadOf } from '../../../demo/factory/station-habits.ts'
import { smallFactory, until } from './small-factory.ts'

let end: (() => Promise<void>) | null = null

async function running(changes: Parameters<typeof smallFactory>[0] = {}) {
  const one = await smallFactory(changes)
  end = one.end
  return one
}

afterEach(async () => {
  await end?.()
  end = null
})

type Running = Awaited<ReturnType<typeof smallFactory>>

/** Every finished run is stored once, whatever happened on the way. */
async function expectNothingLost({ server, factory }: Running) {
  await factory.stop()
  expect(factory.stats().queued).toBe(0)
  expect(server.runs().length + factory.stats().parked).toBe(factory.stats().runs)
}

describe('when the server is away', () => {
  it('keeps the runs of a refused connection and sends them afterwards', async () => {
    const all = await running()
    await until(() => all.factory.stats().runs >= 6, 'some runs')
    await all.server.down()
    const before = all.factory.stats().runs
    await until(() => all.factory.stats().runs >= before + 30, '30 runs without a server')
    expect(all.factory.stats().queued).toBeGreaterThanOrEqual(30)
    await all.server.up()
    await until(() => all.factory.stats().queued <= 2, 'the queue is sent')
    expect(all.factory.stats().parked).toBe(0)
    await expectNothingLost(all)
  })

  it.each([503, 429])('does not give up on %i and waits as long as it is told', async (status) => {
    const all = await running({ stations: 1 })
    const asked: number[] = []
    all.server.misbehave((request) => {
      if (!request.url.includes('/runs')) return null
      asked.push(performance.now())
      return { status, retryAfter: 2 }
    })
    await until(() => asked.length >= 4, 'it came again')
    expect(all.server.runs()).toEqual([])
    // A twentieth of the two seconds.
    asked.slice(1).forEach((at, index) => {
      expect(at - (asked[index] ?? at)).toBeGreaterThan(95)
    })
    all.server.misbehave(null)
    await expectNothingLost(all)
  })

  it('sends runs and acknowledgements in the order in which they happened', async () => {
    const all = await running({ stations: 1 })
    const [station = ''] = all.factory.stationNames
    await until(() => all.factory.stats().runs >= 3, 'some runs')
    all.server.misbehave((request) =>
      request.method === 'POST' && !request.url.includes('heartbeats') ? { status: 503 } : null,
    )
    all.server.pin(station, all.factory.candidate.id)
    const onCandidate = () => all.factory.stats().byDeployment[all.factory.candidate.id]?.runs ?? 0
    await until(() => onCandidate() >= 5, 'runs on the new build')
    all.server.misbehave(null)
    await until(() => all.factory.stats().queued <= 1, 'the queue is sent')
    const states = all.server
      .seen()
      .filter((one) => one.path.endsWith('/pickups'))
      .map((one) => one.body.state)
    expect(states).toEqual(['pulled', 'running', 'pulled', 'running'])
    await expectNothingLost(all)
  })
})

describe('when the server refuses a run', () => {
  it('parks that one, says so, and sends the others of the batch', async () => {
    const all = await running()
    all.server.refuse((run) => run.serial_number.endsWith('3'))
    all.server.misbehave((request) => (request.url.includes('/runs') ? { status: 503 } : null))
    await until(() => all.factory.stats().runs >= 24, 'a queue of runs')
    all.server.misbehave(null)
    await until(() => all.factory.stats().queued <= 2, 'the queue is sent')
    expect(all.factory.stats().parked).toBeGreaterThanOrEqual(2)
    expect(all.warnings.some((text) => text.includes('this run is refused'))).toBe(true)
    await all.factory.stop()
    const { runs, parked } = all.factory.stats()
    expect(all.server.runs().length).toBeGreaterThan(15)
    // A parked run that was to be uploaded twice is parked twice.
    expect(all.server.runs().length + parked).toBeGreaterThanOrEqual(runs)
  })

  it('halves a batch that is refused as a whole until it fits', async () => {
    const all = await running({ stations: 1 })
    all.server.misbehave((request) => (request.url.includes('/runs') ? { status: 503 } : null))
    await until(() => all.factory.stats().runs >= 6, 'a queue of runs')
    all.server.misbehave((request) => {
      const { runs = [] } = request.body as { runs?: unknown[] }
      return request.url.includes('/batch') && runs.length > 2 ? { status: 413 } : null
    })
    await until(() => all.factory.stats().queued <= 1, 'the queue is sent')
    all.server.misbehave(null)
    expect(all.factory.stats().parked).toBe(0)
    await expectNothingLost(all)
  })
})

describe('an upload that is not on time', () => {
  it('arrives in the end, or when the factory stops', async () => {
    const [seed, stations, units] = [1, 5, 30]
    const manners = fleet(stations, seed).flatMap((station) =>
      Array.from({ length: units }, (_, index) => {
        const serial = `${station.name}-1${String(index + 1).padStart(6, '0')}`
        return uploadOf(seed, station, { serial, attempt: 1, product: 'TX-200', sample: null }).manner
      }),
    )
    expect(manners).toContain('late')
    expect(manners).toContain('twice')
    const all = await running({ seed, stations })
    await until(() => all.factory.stats().units >= stations * (units + 10), 'enough units')
    await expectNothingLost(all)
    const serials = new Set(all.server.runs().map((run) => run.serial_number))
    expect(serials.has('LYON-L1-01-1000001')).toBe(true)
  })
})

describe('a cut cable', () => {
  it('leaves the other stations alone and loses nothing', async () => {
    const all = await running()
    const [station = ''] = all.factory.stationNames
    await until(() => all.factory.stats().runs >= 6, 'some runs')
    all.factory.goOffline(station)
    const stored = () => all.server.runs().filter((run) => run.station === station).length
    const more = async (count: number) => {
      const runs = all.factory.stats().runs + count
      await until(() => all.factory.stats().runs >= runs, `${count} more runs`)
    }
    // What was on the wire when the cable was cut may still be stored.
    await more(5)
    const before = stored()
    await more(30)
    expect(stored()).toBe(before)
    all.factory.comeBack(station)
    await until(() => stored() > before + 5, 'its kept runs arrive')
    await expectNothingLost(all)
  })
})

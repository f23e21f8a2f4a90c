// The simulated factory: it knows the service only by its address and speaks nothing but its HTTP protocol.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pauses } from '../../clients/station/retry-wait.ts'
import type { Clock } from '../clock.ts'
import { adminApi } from './admin-api.ts'
import { benchClients } from './bench-clients.ts'
import type { FactoryLog } from './factory-log.ts'
import { fleet as fleetOf } from './fleet.ts'
import { history } from './history.ts'
import { factoryIncident } from './incident.ts'
import type { PeoplePolicy } from './people-policy.ts'
import { referenceSamples } from './reference-samples.ts'
import { retestShelf } from './retest-shelf.ts'
import type { ScenarioName } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { type Score, scoreboard } from './scoreboard.ts'
import { type FactorySetUp, setUpFactory, storePast } from './set-up.ts'
import { station } from './station.ts'
import { unitSupply } from './unit-supply.ts'

export type FactoryStats = Score & {
  /** Runs and acknowledgements that the server has not taken yet. */
  queued: number
  /** Those it refused for good. */
  parked: number
  byDeployment: Record<string, Score>
}

export type FactoryOptions = {
  url: string
  adminToken: string
  procedureName: string
  stations: number
  scenario: ScenarioName
  seed: number
  clock: Clock
  log: FactoryLog
  soakMinutes?: number
  slackChannel?: string
  /** Who may decide and who is called, in every procedure. */
  people?: PeoplePolicy
  /** First attempts of each station before now; 300 unless told, fewer in a fleet of more than 130. */
  pastFirstAttempts?: number
  /** A factory that the server knows already: nothing is set up and no past is stored. */
  earlier?: { setUp: FactorySetUp; generation: number }
  /** Ends a set-up that is under way. */
  signal?: AbortSignal
  /** Multiplies the real time that retries wait. */
  waitFactor?: number
  /** Of the stations, so many run the Python client where there is Python; none unless told. */
  pythonStations?: number
  /** Where the stations keep their queues; absent: in a folder that goes with the factory. */
  folder?: string
}

export type Factory = Awaited<ReturnType<typeof startFactory>>

/** Of all stations together: what a server on the embedded database takes in a few seconds. */
const mostPastFirstAttempts = 40_000

/** Throws when the set-up does not go through; from then on nothing but `stop` ends it. */
export async function startFactory(options: FactoryOptions) {
  const { url, seed, clock, log } = options
  const { waitFactor = 1 } = options
  const scenario = scenarios[options.scenario]
  const fleet = fleetOf(options.earlier?.setUp.stations.length ?? options.stations, seed)
  const shelf = retestShelf({ seed, fleet })
  const generation = options.earlier?.generation ?? 1
  const working = new AbortController()
  const signal = options.signal ?? working.signal
  const admin = adminApi({ url, adminToken: options.adminToken, pause: pauses(waitFactor), signal })
  if (options.people) await admin.people(options.people, 'For the people of the demo')
  const setUp = options.earlier?.setUp ?? (await prepare())
  if (scenario.policy)
    await admin.policy(setUp.procedureId, scenario.policy, `For the scenario ${scenario.name}`)
  const scores = scoreboard()
  const incident = factoryIncident({
    incident: scenario.incident,
    candidate: { id: setUp.candidate.id, behaviour: scenario.candidate },
    now: clock.now,
    goOffline,
    say: log.info,
  })

  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'firstpass-stations-')))
  const clients = await benchClients({
    stations: fleet.length,
    pythonStations: options.pythonStations ?? 0,
    log,
  })
  const stations = await Promise.all(
    fleet.map(async (profile, index) =>
      station({
        client: await clients.open(index, {
          name: profile.name,
          url,
          key: keyOf(profile.name),
          procedureId: setUp.procedureId,
          folder: join(folder, profile.name),
          waitFactor,
          log,
          acknowledged: (pickup) => incident.acknowledged(profile, pickup),
        }),
        procedureId: setUp.procedureId,
        profile,
        seed,
        clock,
        supply: unitSupply({
          station: profile.name,
          shelf,
          samples: referenceSamples({ seed, station: profile.name }),
          productOf: (index) => incident.productAt(profile, index),
          generation,
          firstIndex: pastFirstAttempts() + 1,
        }),
        shelf,
        behaviourOf: (deploymentId) => incident.behaviourOf(profile, deploymentId),
        heldMs: incident.heldMs,
        kept: () => incident.keptBy(profile),
        scoreboard: scores,
      }),
    ),
  )
  const ended = Promise.all(stations.map((one) => one.run(working.signal)))
  // Awaited in `stop`; a loop that breaks before says so at once instead of ending the process.
  ended.catch((error: unknown) => log.warn(`The simulated factory broke: ${String(error)}`))

  async function prepare(): Promise<FactorySetUp> {
    const made = await setUpFactory({ ...options, admin, fleet })
    const past = history({
      seed,
      fleet,
      shelf,
      generation,
      deploymentId: made.base.id,
      firstAttempts: pastFirstAttempts(),
      endsAt: clock.now(),
    })
    log.info(`Storing ${past.length} runs of the past days of ${fleet.length} stations.`)
    await storePast(admin, made, seed, past)
    return made
  }

  function pastFirstAttempts(): number {
    return options.pastFirstAttempts ?? Math.min(300, Math.floor(mostPastFirstAttempts / fleet.length))
  }

  function keyOf(name: string): string {
    const known = setUp.stations.find((one) => one.name === name)
    if (!known)
      throw new Error(`No key is known for the station ${name}. Start with an empty data directory.`)
    return known.key
  }

  function named(stationName: string) {
    const found = stations.find((one) => one.name === stationName)
    if (!found)
      throw new Error(
        `No station is named ${stationName}. There are ${stations.map((one) => one.name).join(', ')}.`,
      )
    return found
  }

  function goOffline(stationName: string): void {
    named(stationName).cut()
    log.info(`${stationName} lost its network. It goes on testing and keeps its runs.`)
  }

  function comeBack(stationName: string): void {
    named(stationName).restore()
    log.info(`${stationName} has its network back and sends what it kept.`)
  }

  function stats(): FactoryStats {
    return {
      ...scores.total(),
      queued: stations.reduce((sum, one) => sum + one.queued(), 0),
      parked: stations.reduce((sum, one) => sum + one.parked(), 0),
      byDeployment: scores.byDeployment(),
    }
  }

  let stopped: Promise<void> | null = null

  /** Ends the testing at once; what is already tested is handed over as far as the server takes it. Once, however often it is asked. */
  function stop(): Promise<void> {
    stopped ??= handOver()
    return stopped
  }

  async function handOver(): Promise<void> {
    working.abort()
    await ended.finally(clients.end)
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
  }

  return {
    ...setUp,
    setUp,
    stats,
    stop,
    goOffline,
    comeBack,
    pythonStations: clients.inPython,
    stationNames: stations.map((one) => one.name),
    offlineNames: () => stations.filter((one) => !one.isUp()).map((one) => one.name),
  }
}

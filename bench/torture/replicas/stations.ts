// Stations that poll, acknowledge and report, each asking any process, and often twice, until they are answered.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { DeploymentId, ProcedureId } from '../../../server/domain/ids.ts'
import { deploymentId } from '../../../server/domain/ids.ts'
import { type Random, randomFrom } from '../../calibrate/random.ts'
import type { Fleet, FleetStation } from '../../speed/fleet.ts'
import type { Fault } from '../torture.ts'
import type { Ask } from './anywhere.ts'

export type Stations = {
  /** Ids that were answered with, by procedure. */
  acknowledged: Map<ProcedureId, Set<string>>
  sent(): number
  twice(): number
  unanswered(): number
  faults: Fault[]
  /** Makes no new runs; resolves when all are acknowledged. */
  drain(): Promise<void>
}

const assignments = z.object({
  assignments: z.array(
    z.object({ procedure_id: z.string(), deployment: z.object({ id: deploymentId }).nullable() }),
  ),
})
const stored = z.object({ id: z.string() })

/** @param options.isBad builds under which most runs end in an error. `restMs` between two runs of one station. */
export function stations(
  fleets: Fleet[],
  ask: Ask,
  options: { seed: number; restMs: number; isBad: (build: DeploymentId) => boolean },
): Stations {
  const acknowledged = new Map<ProcedureId, Set<string>>(
    fleets.map(({ procedureId }) => [procedureId, new Set()]),
  )
  const faults: Fault[] = []
  let [sent, twice, unanswered] = [0, 0, 0]
  let draining = false

  async function work(fleet: Fleet, station: FleetStation): Promise<void> {
    const random = randomFrom(options.seed, station.id)
    let build = station.deploymentId
    let etag: string | null = null
    for (let unit = 0; !draining; unit++) {
      if (unit % 3 === 0) {
        const polled = await ask('GET', '/api/v1/stations/me/assignments', station.key, { etag })
        if (polled?.status === 200) {
          etag = polled.etag
          const asked = assignments
            .parse(polled.body)
            .assignments.find(({ procedure_id }) => procedure_id === fleet.procedureId)
          const wanted = asked?.deployment?.id
          if (wanted !== undefined && wanted !== build) {
            build = wanted
            for (const state of ['pulled', 'running']) await pickedUp(fleet, station, build, state)
          }
        }
      }
      await report(fleet, station, build, unit, random)
      await pause(options.restMs * (0.5 + random()))
    }
  }

  async function pickedUp(fleet: Fleet, { key }: FleetStation, build: DeploymentId, state: string) {
    const body = { procedure_id: fleet.procedureId, deployment_id: build, state }
    const answer = await untilAnswered(() => ask('POST', '/api/v1/stations/me/pickups', key, { body }))
    if (answer.status !== 204)
      faults.push({ promise: 'a pickup is taken', seen: `${answer.status} ${JSON.stringify(answer.body)}` })
  }

  async function report(
    { procedureId }: Fleet,
    { id, key }: FleetStation,
    build: DeploymentId,
    unit: number,
    random: Random,
  ): Promise<void> {
    const endedAt = Date.now()
    const luck = random()
    const body = {
      procedure_id: procedureId,
      deployment_id: build,
      // Every fifth run is the second one of the unit before.
      serial_number: `${id.slice(0, 8)}-${unit % 5 === 4 ? unit - 1 : unit}`,
      outcome: options.isBad(build) && luck < 0.7 ? 'ERROR' : luck < 0.05 ? 'FAIL' : 'PASS',
      started_at: new Date(endedAt - 20 - (unit % 20)).toISOString(),
      ended_at: new Date(endedAt).toISOString(),
    }
    const send = () => untilAnswered(() => ask('POST', '/api/v1/runs', key, { body }))
    // A third of them twice at the same time, as after an answer that was lost.
    const isTwice = random() < 1 / 3
    sent += 1
    twice += isTwice ? 1 : 0
    const answers = await Promise.all(isTwice ? [send(), send()] : [send()])
    const ids = new Set(answers.map((answer) => stored.safeParse(answer.body).data?.id ?? 'none'))
    if (ids.size !== 1 || answers.some(({ status }) => status !== 200))
      faults.push({
        promise: 'a run is taken, and under one id however often it is sent',
        seen: answers.map(({ status, body: said }) => `${status} ${JSON.stringify(said)}`).join('; '),
      })
    for (const each of ids) if (each !== 'none') acknowledged.get(procedureId)?.add(each)
  }

  /** Again after no answer, and after one that says to come again. */
  async function untilAnswered(send: () => ReturnType<Ask>) {
    for (;;) {
      const answer = await send()
      if (answer !== null && answer.status < 500 && answer.status !== 429) return answer
      unanswered += 1
      await pause(50 + 100 * Math.random())
    }
  }

  const all = Promise.all(fleets.flatMap((fleet) => fleet.stations.map((station) => work(fleet, station))))
  all.catch(() => {})
  return {
    acknowledged,
    sent: () => sent,
    twice: () => twice,
    unanswered: () => unanswered,
    faults,
    async drain() {
      draining = true
      await all
    },
  }
}

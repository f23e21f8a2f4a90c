// Stations that keep each run until it is acknowledged, send it again after every failure, and often send it twice.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Fleet } from '../fleet.ts'

export type Outbox = {
  /** Ids that were answered with. */
  acknowledged: ReadonlySet<string>
  sent(): number
  /** Requests that ended without a 200. */
  unanswered(): number
  /** Makes no new runs; resolves when all are acknowledged. */
  drain(): Promise<void>
}

const answer = z.object({ id: z.string() })

/** @param stations how many report at once, each one run after the other. */
export function outbox(url: string, { procedureId, stations }: Fleet): Outbox {
  const mark = randomBytes(4).toString('hex')
  const acknowledged = new Set<string>()
  let [made, unanswered] = [0, 0]
  let draining = false

  const working = stations.map(async ({ key, deploymentId }, place) => {
    for (let unit = 0; !draining; unit++) {
      made += 1
      const endedAt = Date.now()
      const body = JSON.stringify({
        procedure_id: procedureId,
        deployment_id: deploymentId,
        // Every fifth run is the second one of the unit before.
        serial_number: `${mark}-${place}-${unit % 5 === 4 ? unit - 1 : unit}`,
        outcome: unit % 20 === 7 ? 'FAIL' : 'PASS',
        started_at: new Date(endedAt - 420 - unit).toISOString(),
        ended_at: new Date(endedAt).toISOString(),
      })
      // A third of them twice at the same time, as after an answer that was lost.
      await Promise.all([untilTaken(key, body), ...(unit % 3 === 0 ? [untilTaken(key, body)] : [])])
    }
  })

  async function untilTaken(key: string, body: string): Promise<void> {
    for (;;) {
      const id = await send(key, body)
      if (id !== null) return void acknowledged.add(id)
      unanswered += 1
      await pause(100 + 200 * Math.random())
    }
  }

  async function send(key: string, body: string): Promise<string | null> {
    try {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const response = await fetch(`${url}/api/v1/runs`, { method: 'POST', headers, body })
      const text = await response.text()
      if (response.ok) return answer.parse(JSON.parse(text)).id
      if (response.status < 500 && response.status !== 429)
        throw new Refused(`a run was answered with ${response.status}: ${text.slice(0, 300)}`)
      return null
    } catch (error) {
      if (error instanceof Refused) throw error
      return null
    }
  }

  const all = Promise.all(working)
  all.catch(() => {})
  return {
    acknowledged,
    sent: () => made,
    unanswered: () => unanswered,
    async drain() {
      draining = true
      await all
    },
  }
}

/** A station keeps such a run until a person acts: here it is a fault of the bench. */
class Refused extends Error {}

// Asks the server what the station is to run, in a loop of its own, so that a new pin is known within moments.
import { z } from 'zod'
import type { FactoryLog } from './factory-log.ts'
import { type Answer, fateOf, wordsOf } from './http-client.ts'
import { type RealPause, retryWaitMs } from './retry-wait.ts'
import type { StationLink } from './station-link.ts'

const assignmentsAnswer = z.object({
  assignments: z.array(
    z.object({
      procedure_id: z.string(),
      deployment: z.object({ id: z.string(), version: z.string() }).nullable(),
    }),
  ),
})

/** Real seconds the server may hold the question when nothing has changed. */
const waitSeconds = 30
/** Real milliseconds between two questions when the server does not hold them. */
const shortestMs = 500

export function assignmentWatch(deps: {
  stationName: string
  procedureId: string
  link: StationLink
  pause: RealPause
  spread: number
  log: FactoryLog
  /** A deployment other than the one asked for until now; null when nothing is to be run. */
  changed: (deploymentId: string | null) => void
}) {
  let etag: string | null = null
  let desired: string | null = null
  let failures = 0

  /** Polls until the signal is aborted; then it rejects with the signal's reason. */
  async function poll(signal: AbortSignal): Promise<never> {
    for (;;) {
      const asked = performance.now()
      const answer = await deps.link.request({
        method: 'GET',
        path: `/api/v1/stations/me/assignments?wait=${waitSeconds}`,
        ifNoneMatch: etag,
        signal,
      })
      if (fateOf(answer) !== 'done') {
        failures += 1
        // An absent server is no news of one station: it shows in what waits to be sent.
        if (failures === 1 && fateOf(answer) === 'refused')
          deps.log.warn(`${deps.stationName}: the server does not say what to run: ${wordsOf(answer)}`)
        await deps.pause(retryWaitMs(answer, failures, deps.spread), signal)
        continue
      }
      failures = 0
      const learned = learn(answer)
      const early = Math.max(shortestMs - (performance.now() - asked), pollAfterMs(answer))
      if (!learned && early > 0) await deps.pause(early, signal)
    }
  }

  /** When a server is about to end it spreads those who wait over the time that the next one needs for them. */
  function pollAfterMs(answer: Answer): number {
    return answer.kind === 'answer' ? (answer.pollAfterMs ?? 0) : 0
  }

  /** Whether the answer changed what this station is to run. */
  function learn(answer: Answer): boolean {
    if (answer.kind !== 'answer' || answer.status === 304) return false
    const parsed = assignmentsAnswer.safeParse(answer.body)
    if (!parsed.success) {
      deps.log.warn(`${deps.stationName}: cannot read its assignments: ${parsed.error.message}`)
      return false
    }
    etag = answer.etag
    const mine = parsed.data.assignments.find((one) => one.procedure_id === deps.procedureId)
    const next = mine?.deployment?.id ?? null
    if (next === desired) return false
    desired = next
    deps.changed(next)
    return true
  }

  return { poll, desired: () => desired }
}

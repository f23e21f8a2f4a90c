// Events are kept before they are acknowledged: Slack sends again what was not, and never again what was.
import type { BaseLogger } from 'pino'
import { z } from 'zod'
import type { SlackEvents } from '../../server/service.ts'
import { within } from '../within.ts'

export type TakeEvent = ReturnType<typeof takeEvent>

const envelope = z.looseObject({ type: z.literal('event_callback'), event_id: z.string().min(1) })
/** Slack gives up after three seconds. */
const patienceMs = 2500

export function takeEvent({ events, now, log }: { events: SlackEvents; now: () => number; log: BaseLogger }) {
  /**
   * `other`: no event, to be worked on at once. `kept`: acknowledge it; the queue works on it, once for all repetitions.
   * `not kept`: do not acknowledge it.
   */
  return async function take(body: unknown): Promise<'other' | 'kept' | 'not kept'> {
    const event = envelope.safeParse(body)
    if (!event.success) return 'other'
    // Slack's old way to prove itself: nothing reads it, and nothing should keep it.
    const { token: _token, ...kept } = event.data
    const { event_id: id } = kept
    try {
      const taken = await within(patienceMs, events.take(id, kept, now()))
      if (!taken.inTime) throw new Error(`the database did not answer within ${patienceMs} ms`)
      if (!taken.result) log.debug({ event: id }, 'an event of Slack came again')
      return 'kept'
    } catch (error) {
      log.error({ err: error, event: id }, 'an event of Slack could not be kept: Slack sends it again')
      return 'not kept'
    }
  }
}

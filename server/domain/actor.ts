// Who did it, and through which door. Stored with every event.
import { z } from 'zod'

export const actor = z.object({
  kind: z.enum(['person', 'program', 'station', 'service']),
  /** Slack user id, token name, station id, or `firstpass`. */
  id: z.string().min(1),
  name: z.string().min(1),
  door: z.enum(['slack', 'api', 'page', 'command line', 'service']),
})
export type Actor = z.infer<typeof actor>

/** Firstpass itself: gates, clocks and station facts. */
export const firstpass: Actor = { kind: 'service', id: 'firstpass', name: 'Firstpass', door: 'service' }

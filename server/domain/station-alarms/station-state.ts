// What a station was asked to run, what it pulled and what it ran: three facts, and what is wrong between them.
import { z } from 'zod'
import { deploymentId, stationId } from '../ids.ts'
import { alarmView } from './alarm.ts'

const build = z.object({ id: deploymentId, version: z.string() })

export const stationState = z.object({
  station: z.object({ id: stationId, name: z.string(), site: z.string(), line: z.string() }),
  /** The pin. `servedAt`: when the station was first answered with it. */
  desired: z.object({ build, since: z.number(), servedAt: z.number().nullable() }).nullable(),
  /** Its last acknowledgement. */
  pulled: z.object({ build, state: z.enum(['pulled', 'running']), at: z.number() }).nullable(),
  /** Its last run that is known to be of a build. */
  ran: z.object({ build, at: z.number() }).nullable(),
  /** A run, or an acknowledgement of the running build, has shown the desired one since the pin. */
  isProven: z.boolean(),
  seenAt: z.number().nullable(),
  /** The open ones. */
  alarms: z.array(alarmView),
})
export type StationState = z.infer<typeof stationState>

// What the interface says of a station, as its description tells it.
import { z } from 'zod'
import { deploymentId, procedureId, rolloutId, runId, stationId } from '../domain/ids.ts'
import { outcomes } from '../domain/run.ts'
import { alarmView } from '../domain/station-alarms/alarm.ts'

const time = z.string().nullable()
const out = z.object({ reason: z.string(), until: time }).nullable()

export const stationAnswer = z.object({
  id: stationId,
  name: z.string(),
  site: z.string(),
  line: z.string(),
  tags: z.array(z.string()),
  fixtures: z.array(z.string()),
  key_prefix: z.string().nullable(),
  held_reason: z.string().nullable(),
  held: out,
  excluded: out,
  experiment: z.string().nullable(),
  clock_ahead_ms: z.number().nullable().describe('Below zero: behind.'),
  clock: z.string().nullable().describe('In words, where it is off.'),
  busy: z.boolean(),
  last_seen_at: time,
  created_at: z.string(),
})

export const seenStationAnswer = stationAnswer.extend({
  connection: z.enum(['connected', 'silent', 'never seen']),
  site_closed: z.boolean(),
})

const build = { id: deploymentId, version: z.string() }

export const stationProcedureAnswer = z.object({
  id: procedureId,
  name: z.string(),
  status: z.enum([
    'nothing asked',
    'told',
    'not told yet',
    'failed to take it',
    'pulled',
    'says it runs',
    'confirmed',
    'runs another build',
  ]),
  active: z.object(build).nullable(),
  desired: z.object({ ...build, since: time, told_at: time, rollout_id: rolloutId.nullable() }).nullable(),
  pulled: z
    .object({
      ...build,
      state: z.enum(['pulled', 'running', 'failed']),
      message: z.string().nullable(),
      at: time,
    })
    .nullable(),
  ran: z.object({ ...build, run_id: runId, outcome: z.enum(outcomes), started_at: time }).nullable(),
  last_run_at: time,
  rollout: z.object({ id: rolloutId, status: z.string(), station: z.string() }).nullable(),
})

export const stationInFullAnswer = seenStationAnswer.extend({
  telemetry: z.record(z.string(), z.unknown()),
  checks: z.record(z.string(), z.unknown()),
  procedures: z.array(stationProcedureAnswer),
  alarms: z.array(
    z.object({
      id: z.int(),
      procedure: alarmView.shape.procedure,
      kind: alarmView.shape.kind,
      since: z.string(),
      detail: z.string(),
    }),
  ),
  errors: z.array(
    z.object({
      at: z.string(),
      code: z.string().nullable(),
      message: z.string(),
      procedure_id: procedureId.nullable(),
      deployment_id: deploymentId.nullable(),
    }),
  ),
})

// What a look ahead, and a look back, answers over HTTP.
import { z } from 'zod'
import { actor } from '../domain/actor.ts'
import { changesView } from '../domain/definition/changes-view.ts'
import { rolloutId, stationId } from '../domain/ids.ts'
import { rolloutView } from '../domain/rollout-view.ts'
import { snakeCaseSchema } from './snake-case.ts'

const station = z.object({ id: stationId, name: z.string(), site: z.string(), line: z.string() })

export const previewJson = z.object({
  plan: z.unknown().describe('As it would be frozen: completed by the policy of the procedure.'),
  station_count: z.int(),
  stages: z.array(
    z.object({
      label: z.string(),
      stations: z.array(station),
      hours_to_verdict: z
        .number()
        .nullable()
        .describe('Expected hours until it can pass, at the usual pace; null: no pace is known.'),
      smallest_drop: z
        .number()
        .nullable()
        .describe(
          'The smallest drop of first-pass yield in sight by then, 0.021 is 2.1 points: about half of such drops are stopped.',
        ),
    }),
  ),
  canaries: z.object({
    score: z
      .number()
      .describe(
        'From 0 to 1: the share of recent units tested on lines with a canary, less how far its own yield is off.',
      ),
    missing: z.array(z.object({ site: z.string(), line: z.string(), stations: z.int() })),
    volume_share: z.number().nullable(),
    yields: z.object({ canaries: z.number(), fleet: z.number() }).nullable(),
    suggested: z.array(z.object({ id: stationId, name: z.string() })),
  }),
  left_out: z.array(z.object({ name: z.string(), why: z.string() })),
  changes: snakeCaseSchema(changesView)
    .nullable()
    .describe('What is known already of what the build changes of phases, measurements and limits.'),
  trouble: z
    .array(z.object({ id: stationId, name: z.string(), what: z.array(z.string()) }))
    .describe('What is known of the first stage’s stations: silent, a clock that is off, an open alarm.'),
  closed_because: z.string().nullable(),
})

export const historyJson = z.object({
  at: z.number(),
  by: actor,
  what: z.string(),
  why: z.string().nullable(),
  rollout: z
    .object({ id: rolloutId, url: z.string(), version: z.string(), status: rolloutView.shape.status })
    .nullable(),
})

// What the interface says of a build, as its description tells it.
import { z } from 'zod'
import { actor } from '../domain/actor.ts'
import { buildEnvironment, buildStatus } from '../domain/build-status.ts'
import { deploymentId, procedureId, rolloutId, stationId } from '../domain/ids.ts'
import { rolloutView } from '../domain/rollout-view.ts'

const act = { by: actor, at: z.string().nullable() }
const reasoned = z.object({ ...act, reason: z.string().nullable() })

export const deploymentAnswer = z.object({
  id: deploymentId,
  procedure_id: procedureId,
  version: z.string(),
  commit: z.object({
    sha: z.string(),
    message: z.string(),
    branch: z.string().nullable(),
    author: z.string(),
  }),
  environment: buildEnvironment,
  status: buildStatus,
  artifact_url: z.string().nullable(),
  artifact_sha256: z.string().nullable(),
  artifact_metadata: z.record(z.string(), z.unknown()),
  labels: z.array(z.string()),
  expectation: z.string().nullable(),
  expected_yield_change: z.number().nullable(),
  source: z.enum(['api', 'command line', 'github', 'tofupilot']),
  promoted: reasoned.extend({ from: z.enum(['preview', 'development']) }).nullable(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
})

export const pushAnswer = z
  .object({ rollout_id: rolloutId.nullable(), held_because: z.string().nullable() })
  .describe('What came of an automatic push.')

export const changedAnswer = deploymentAnswer.extend({ auto_push: pushAnswer.nullable() })

export const listedAnswer = deploymentAnswer.extend({ aborted: reasoned.nullable() })

export const recordAnswer = z.object({
  is_active: z.boolean(),
  not_eligible: z.string().nullable().describe('Why it cannot be rolled out now, and what to do.'),
  auto_push: pushAnswer.nullable(),
  status_changes: z.array(reasoned.extend({ from: buildStatus.nullable(), to: buildStatus })),
  rollouts: z.array(
    z.object({
      id: rolloutId,
      url: z.string(),
      status: rolloutView.shape.status,
      by: actor,
      reason: z.string().nullable(),
      created_at: z.string().nullable(),
      started_at: z.string().nullable(),
      completed_at: z.string().nullable(),
      aborted: reasoned.nullable(),
    }),
  ),
  runs: z.object({
    total: z.int(),
    PASS: z.int(),
    FAIL: z.int(),
    ERROR: z.int(),
    TIMEOUT: z.int(),
    ABORTED: z.int(),
    shadow: z.int(),
    last_at: z.string().nullable(),
  }),
  stations: z.array(
    z.object({
      id: stationId,
      name: z.string(),
      site: z.string(),
      line: z.string(),
      pinned_since: z.string().nullable(),
      pulled_at: z.string().nullable(),
      last_run_at: z.string().nullable(),
    }),
  ),
})

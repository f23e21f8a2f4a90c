// A run as TofuPilot lists it, turned into the one that its station would have posted here.
import { z } from 'zod'
import type { DeploymentId, ProcedureId } from '../ids.ts'
import { readTime } from '../time-text.ts'
import type { ReadRun } from './read-native.ts'
import { readNative } from './read-native.ts'

const named = z.looseObject({ number: z.string().nullish() }).nullish()

/** What is needed of it; all else may be there. `created_by_station` is null for runs that a person uploaded. */
export const foreignRun = z.looseObject({
  id: z.string(),
  /** Where reading has come to is told by it. */
  created_at: z.string().refine((text) => readTime(text) !== null, 'expected a time'),
  started_at: z.string(),
  ended_at: z.string(),
  outcome: z.string(),
  procedure: z.looseObject({
    id: z.string(),
    version: z.union([z.string(), z.looseObject({ tag: z.string().nullish() })]).nullish(),
  }),
  unit: z.looseObject({
    serial_number: z.string(),
    part: z.looseObject({ number: z.string().nullish(), revision: named }).nullish(),
    batch: named,
  }),
  docstring: z.string().nullish(),
  created_by_station: z.looseObject({ id: z.string(), name: z.string() }).nullish(),
  phases: z.array(z.looseObject({})).nullish(),
  logs: z.array(z.looseObject({})).nullish(),
  metadata: z.unknown().optional(),
  sample: z.string().nullish(),
})
export type ForeignRun = z.infer<typeof foreignRun>

/** @param build whose filter it was found under; null: it is of an unknown one. */
export function nativeRun(run: ForeignRun, procedureId: ProcedureId, build: DeploymentId | null): ReadRun {
  const { unit, procedure } = run
  const version = typeof procedure.version === 'string' ? procedure.version : procedure.version?.tag
  const metadata = z.record(z.string(), z.unknown()).safeParse(run.metadata).data
  return readNative({
    procedure_id: procedureId,
    serial_number: unit.serial_number,
    outcome: run.outcome,
    started_at: run.started_at,
    ended_at: run.ended_at,
    ...given({
      deployment_id: build,
      procedure_version: version,
      part_number: unit.part?.number,
      revision_number: unit.part?.revision?.number,
      batch_number: unit.batch?.number,
      docstring: run.docstring,
      sample: run.sample,
      phases: run.phases,
      logs: run.logs,
    }),
    // What a run says of its build by itself is what TofuPilot filters by: it has been asked for that.
    ...(metadata === undefined ? {} : { metadata: { ...metadata, deployment_id: null } }),
    tofupilot_run_id: run.id,
  })
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  )
}

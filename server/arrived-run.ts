// A run as it arrived: what it says by itself, read before it waits to be stored, and what it becomes once its build is known.
import { believable } from './domain/clock-ahead.ts'
import type { DeploymentId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import {
  attribute,
  notBelieved,
  notBelievedKey,
  type Run,
  type RunInput,
  saidIds,
  unitOf,
} from './domain/run.ts'
import { runFindings } from './domain/run-findings.ts'
import { makeRunId } from './run-id.ts'

export type Received = {
  input: RunInput
  stationId: StationId
  deploymentHeader: string | null
  /** Of its body, where its sender said so: many large runs are not stored at one go. */
  bytes?: number
}

export type ArrivedRun = ReturnType<typeof arrivedRun>

/** All that can be found out without the database. */
export function arrivedRun({ input, stationId, deploymentHeader, bytes = 0 }: Received, now: Instant) {
  const { procedure_id, serial_number, outcome, started_at, ended_at, deployment_id, metadata, ...rest } =
    input
  const said = { body: deployment_id, header: deploymentHeader, metadata: metadata?.deployment_id }
  const unit = unitOf(serial_number)
  const times = believable({ startedAt: started_at.at, endedAt: ended_at.at }, now)
  const detail: Record<string, unknown> = {
    ...rest,
    ...(metadata ? { metadata } : {}),
    ...(times.endedAt === ended_at.at ? {} : { said_times: saidTimes(input) }),
  }
  const findings = runFindings(detail, outcome)
  const startedAt = started_at.at
  return {
    said,
    saidIds: saidIds(said),
    bytes,
    saidStartedAt: startedAt,
    saidEndedAt: ended_at.at,
    run: {
      ...findings,
      id: makeRunId({ stationId, procedureId: procedure_id, unit, startedAt, shadow: findings.shadow }),
      procedureId: procedure_id,
      stationId,
      serial: serial_number,
      unit,
      outcome,
      ...times,
      zoneless: started_at.zoneless || ended_at.zoneless,
      detail,
    },
  }
}

/** What a station acknowledged is its build of production: a shadow run has to say itself which one it ran. */
export function asksItsPickup({ said, run }: ArrivedRun, known: ReadonlySet<string>): boolean {
  return !run.shadow && attribute({ ...said, pickup: null }, known).deploymentId === null
}

/** @param known the builds of its procedure that it, or its pickup, may be believed. */
export function runOf(
  { said, run }: ArrivedRun,
  known: ReadonlySet<string>,
  pickup: DeploymentId | null,
  shift: number,
): Run {
  const unbelieved = notBelieved(said, known)
  return {
    ...run,
    ...attribute({ ...said, pickup }, known),
    shift,
    ...(unbelieved.length > 0 ? { detail: { ...run.detail, [notBelievedKey]: unbelieved } } : {}),
  }
}

/** What the station's clock said, kept where the run was stored at another time. */
function saidTimes({ started_at, ended_at }: RunInput) {
  return {
    started_at: new Date(started_at.at).toISOString(),
    ended_at: new Date(ended_at.at).toISOString(),
  }
}

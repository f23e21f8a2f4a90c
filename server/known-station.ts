// A station as this process knows it: by one of its keys, with the answer to "what should I run" ready to be sent.
import { createHash } from 'node:crypto'
import type { KeyedStation } from '../db/station-snapshot.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'

/** A pin that its station has not been answered with. */
export type UntoldPin = { id: string; procedureId: ProcedureId }

export type KnownStation = {
  readonly id: StationId
  readonly name: string
  readonly keyHash: string
  readonly endsAt: Instant | null
  /** What it is answered with, and its tag. */
  readonly body: string
  readonly tag: string
  /** By which it is held against the database. */
  readonly bucket: number
  readonly mark: string
  /** When it was last noted that the key is used. */
  usedAt: Instant | null
  untold: UntoldPin[]
}

/** Of all its pins. */
export function hasBeenTold({ untold }: KnownStation): boolean {
  return untold.length === 0
}

export function knownStation({ assignments, ...station }: KeyedStation): KnownStation {
  const body = JSON.stringify({
    station: { id: station.id, name: station.name },
    assignments: assignments.map(({ procedureId, procedureName, deployment }) => ({
      procedure_id: procedureId,
      procedure_name: procedureName,
      deployment: deployment && {
        id: deployment.id,
        version: deployment.version,
        commit_sha: deployment.commitSha,
        artifact_url: deployment.artifactUrl,
        artifact_sha256: deployment.artifactSha256,
      },
    })),
  })
  return {
    ...station,
    body,
    tag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    untold: assignments.flatMap(({ procedureId, untold }) =>
      untold === null ? [] : [{ id: untold, procedureId }],
    ),
  }
}

// The id of a run is made of its natural key: the same run sent twice is the same row.
import { hash } from 'node:crypto'
import { type ProcedureId, type RunId, runId, type StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'

/** A version 8 UUID: 48 bits of `startedAt` in milliseconds, then a hash; ordered by time. */
export function makeRunId(key: {
  stationId: StationId
  procedureId: ProcedureId
  unit: string
  startedAt: Instant
  /** A shadow run may start together with the run of production that it stands beside. */
  shadow?: boolean
}): RunId {
  const { stationId, procedureId, unit, startedAt, shadow } = key
  const text = JSON.stringify([stationId, procedureId, unit, startedAt, ...(shadow ? ['shadow'] : [])])
  const digest = hash('sha256', text)
  const time = key.startedAt.toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(digest.slice(3, 4), 16) & 0b0011) | 0b1000).toString(16)
  return runId.parse(
    `${time.slice(0, 8)}-${time.slice(8)}-8${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`,
  )
}

// What the stations of a fleet send: polls, and runs of the build that each of them has.
import { randomBytes } from 'node:crypto'
import type { Fleet } from './fleet.ts'
import type { Traffic } from './load/traffic.ts'

/** Three of four know their ETag. */
export function pollsOf({ stations }: Pick<Fleet, 'stations'>): Traffic {
  return {
    kind: 'gets',
    requests: stations.map(({ key }) => ({
      path: '/api/v1/stations/me/assignments',
      headers: { authorization: `Bearer ${key}` },
    })),
    taggedOfFour: 3,
  }
}

/** New units at every call. */
export function runsOf(
  { procedureId, stations }: Pick<Fleet, 'procedureId' | 'stations'>,
  { batch = 1, bad = 0, path }: { batch?: number; bad?: number; path?: string } = {},
): Traffic {
  return {
    kind: 'runs',
    path: path ?? (batch === 1 ? '/api/v1/runs' : '/api/v1/runs/batch'),
    procedureId,
    stations: stations.map(({ key, deploymentId }) => ({ key, deploymentId })),
    batch,
    mark: randomBytes(6).toString('hex'),
    bad,
  }
}

// How many stations each build is on: as they should, as they say, and as their latest runs show.
import type { DeploymentId } from '../ids.ts'
import type { FleetRow, RunningBuild } from './fleet.ts'

const mostBuilds = 40

export function runningBuilds(rows: FleetRow[]): RunningBuild[] {
  const counted = new Map<DeploymentId, RunningBuild>()
  for (const { procedure, desired, pulled, ran } of rows) {
    if (procedure === null) continue
    for (const [fact, build] of [
      ['desired', desired],
      ['pulled', pulled],
      ['ran', ran],
    ] as const) {
      if (build === null) continue
      const known = counted.get(build.id) ?? {
        build: { id: build.id, version: build.version },
        procedure,
        desired: 0,
        pulled: 0,
        ran: 0,
      }
      counted.set(build.id, { ...known, [fact]: known[fact] + 1 })
    }
  }
  return [...counted.values()]
    .toSorted(
      (one, other) =>
        one.procedure.name.localeCompare(other.procedure.name, 'en') ||
        other.desired - one.desired ||
        other.ran - one.ran,
    )
    .slice(0, mostBuilds)
}

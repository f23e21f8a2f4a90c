// Which stations are there, each by its own cadence and the hours of its site.
import type { Db } from '../db/client.ts'
import { linksOf } from '../db/links.ts'
import type { Station } from '../db/registry.ts'
import { stationHabits } from '../db/run-habits.ts'
import { type Connection, connectionOf, type SiteHours } from './domain/connection.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { hoursOfSite } from './domain/opening-hours.ts'
import type { Policy } from './domain/policy.ts'
import { policyOf } from './policy-of.ts'

export function siteHours(policy: Pick<Policy, 'hours' | 'organisationHours'>, site: string): SiteHours {
  return [hoursOfSite(policy.organisationHours, site), hoursOfSite(policy.hours, site)]
}

/** Of any stations, whatever they run. One with several procedures is closed only when all of them are. */
export async function connectionsOf(
  db: Db,
  stations: Station[],
  now: Instant,
): Promise<Map<StationId, Connection>> {
  const ids = stations.map(({ id }) => id)
  const habits = new Map((await stationHabits(db, ids)).map((habit) => [habit.stationId, habit]))
  const links = Map.groupBy(await linksOf(db, ids), ({ stationId }) => stationId)
  const policies = new Map<ProcedureId, Policy>()
  for (const { procedureId } of [...links.values()].flat())
    if (!policies.has(procedureId)) policies.set(procedureId, await policyOf(db, procedureId))
  return new Map(
    stations.map((station) => {
      const habit = habits.get(station.id)
      const own = links.get(station.id) ?? []
      const heard = heardOf(station, habit?.runAt ?? null)
      const usualGapMs = habit?.usualGapSeconds == null ? null : habit.usualGapSeconds * 1000
      const timeLimitMs = 1000 * Math.max(0, ...own.map((each) => each.timeLimitSeconds))
      const seen = own.flatMap(({ procedureId }) => {
        const policy = policies.get(procedureId)
        const hours = policy ? siteHours(policy, station.site) : []
        return connectionOf({ ...heard, usualGapMs, timeLimitMs }, hours, now)
      })
      const none = () => connectionOf({ ...heard, usualGapMs, timeLimitMs: 3_600_000 }, [], now)
      return [station.id, seen.find(({ isClosed }) => !isClosed) ?? seen[0] ?? none()]
    }),
  )
}

export function heardOf(station: Station, runAt: Instant | null) {
  const heard = [station.lastSeenAt?.getTime() ?? null, runAt].filter((at) => at !== null)
  return {
    heardAt: heard.length === 0 ? null : Math.max(...heard),
    busy: station.busy,
    heartbeatAt: station.heartbeatAt?.getTime() ?? null,
  }
}

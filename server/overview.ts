// All rollouts at a glance, put together from what every door shows of them.
import type { Database } from '../db/client.ts'
import { procedureLines } from '../db/procedure-lines.ts'
import { overviewOf } from './domain/overview.ts'
import type { OverviewService } from './service/overview.ts'
import type { Service } from './service.ts'

type Deps = { database: Database; service: Pick<Service, 'get' | 'list' | 'stationAlarms'> }

/** A view of a rollout costs some dozen questions: more of them than fit on a wall are not asked for. */
const mostLive = 16
const mostEnded = 12
const mostAlarms = 60

export function overviews({ database: { db }, service }: Deps): OverviewService {
  return {
    async overview() {
      const live = await service.list({ live: true, limit: 500 })
      const alarms = await service.stationAlarms({ open: true, limit: mostAlarms + 1 })
      const recent = await service.list({ limit: 60 })
      const views = []
      for (const { id } of live.slice(0, mostLive)) views.push(await service.get(id))
      return overviewOf({
        views: views.filter((view) => view !== null),
        moreLive: Math.max(0, live.length - mostLive),
        alarms: alarms.slice(0, mostAlarms),
        moreAlarms: Math.max(0, alarms.length - mostAlarms),
        ended: recent
          .filter(({ endedAt }) => endedAt !== null)
          .toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))
          .slice(0, mostEnded),
        procedures: await procedureLines(db),
      })
    },
  }
}

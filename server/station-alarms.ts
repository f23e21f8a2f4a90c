// Alarms of stations, and what each station runs, for every door.
import type { Database, Db } from '../db/client.ts'
import { procedureById, versionsOf } from '../db/registry.ts'
import { liveStages } from '../db/rollout-storage.ts'
import { acknowledgeAlarms, alarmViews } from '../db/station-alarms.ts'
import { stationRows } from '../db/station-facts.ts'
import type { Deliveries } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import type { DeploymentId, ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import type { AlarmView } from './domain/station-alarms/alarm.ts'
import type { StationState } from './domain/station-alarms/station-state.ts'
import { refuse } from './refuse.ts'
import { rollbackReverting } from './reverting.ts'
import type { Service } from './service.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

export function stationAlarms({ database, now, deliveries }: Deps) {
  const { db } = database

  async function acknowledge(
    tx: Db,
    ids: number[],
    why: string,
    by: Actor,
  ): Promise<{ did: string } | Refusal> {
    if (why.trim() === '')
      return refuse('invalid', 'an acknowledgement needs a reason', 'Say why, in a few words.')
    const done = await acknowledgeAlarms(tx, ids, { by, at: now(), why: why.trim() })
    if (done.length === 0) return closedAlready(tx, ids)
    const messages = new Map(
      done.map(({ procedureId, kind, openedAt }) => [
        `${procedureId} ${kind} ${openedAt}`,
        { kind: 'alarms' as const, procedureId, alarm: kind, openedAt },
      ]),
    )
    for (const message of messages.values()) await deliveries.send(tx, message)
    for (const procedureId of new Set(done.map((each) => each.procedureId)))
      for (const { id, stageIndex } of await liveStages(tx, procedureId))
        await deliveries.send(tx, { kind: 'card', rolloutId: id, stageIndex })
    const named = done.map(({ station }) => station).sort()
    const kinds = [...new Set(done.map(({ kind }) => kind))].join(', ')
    return { did: `acknowledged the alarm ${kinds} of ${named.join(', ')}` }
  }

  return {
    stationAlarms: (filter = {}) => alarmViews(db, filter),
    async acknowledgeAlarms(ids: number[], why: string, by: Actor) {
      const done = await db.transaction((tx) => acknowledge(tx, ids, why, by))
      if ('refused' in done) return done
      const shown = await Promise.all(ids.map((id) => alarmViews(db, { id })))
      return { ...done, alarms: shown.flat() }
    },
    async stationStates(procedureId: ProcedureId): Promise<StationState[] | null> {
      if (!(await procedureById(db, procedureId))) return null
      const names = await versionsOf(db, procedureId)
      const alarms = await alarmViews(db, { procedureId, open: true, limit: 10_000 })
      const build = (id: DeploymentId) => ({ id, version: names.get(id) ?? id })
      const found = await stationRows(db, procedureId, now())
      return found.map(({ id, name, site, line, pins, pickup, lastRun, shownAt, seenAt }) => {
        const pin = pins.at(-1)
        return {
          station: { id, name, site, line },
          desired:
            pin && pin.to === null
              ? { build: build(pin.deploymentId), since: pin.from, servedAt: pin.servedAt }
              : null,
          pulled: pickup && { build: build(pickup.deploymentId), state: pickup.state, at: pickup.at },
          ran: lastRun && { build: build(lastRun.deploymentId), at: lastRun.startedAt },
          isProven: shownAt !== null,
          seenAt,
          alarms: alarms.filter((alarm) => alarm.station.id === id),
        }
      })
    },
    reverting: (procedureId: ProcedureId, rollbackId?: number) =>
      rollbackReverting(db, procedureId, now(), rollbackId ?? null),
  } satisfies Partial<Service>
}

async function closedAlready(tx: Db, ids: number[]): Promise<Refusal> {
  const [id] = ids
  const [alarm] = id === undefined ? [] : await alarmViews(tx, { id })
  if (!alarm) return refuse('not found', 'there is no such alarm', 'Look at the list of alarms.')
  return refuse(
    'not now',
    `the alarm of ${alarm.station.name} is closed: ${ended(alarm)}`,
    'Nothing is left to do.',
  )
}

function ended({ closed, acknowledged }: AlarmView): string {
  if (acknowledged) return `${acknowledged.by.name} acknowledged it: ${acknowledged.why}`
  return closed?.how ?? 'it is over'
}

// What must hold when all is over: read from the database, from Slack, and from what stations and people remember.

import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../db/client.ts'
import { eventsOf, loadRollout } from '../../../db/rollout-storage.ts'
import type { Message } from '../../../demo/slack/state/messages.ts'
import { rolloutId } from '../../../server/domain/ids.ts'
import { versionsOf } from '../../../server/domain/ledger.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import { fold } from '../../../server/domain/rollout/evolve.ts'
import type { Click } from './slack-door.ts'

export type Recorded = {
  id: string
  status: string
  events: (RolloutEvent & { sequence: number })[]
  /** After each of them. */
  versions: number[]
  /** Whether its events, folded, are the state that is stored, and numbered without a gap. */
  isItsRecord: boolean
}

export async function recordedRollouts(db: Db): Promise<Recorded[]> {
  const found = await rows<{ id: string }>(db, sql`select id::text as id from rollouts order by created_at`)
  const all: Recorded[] = []
  for (const row of found) {
    const id = rolloutId.parse(row.id)
    const loaded = await loadRollout(db, id)
    if (loaded === null) continue
    const events = await eventsOf(db, id)
    const folded = fold(events.map(({ sequence: _, ...event }) => event))
    const isItsRecord =
      isDeepStrictEqual(plain(folded), plain(loaded.state)) &&
      events.every(({ sequence }, place) => sequence === place + 1)
    all.push({ id, status: loaded.state.status, events, versions: versionsOf(events), isItsRecord })
  }
  return all
}

/** As the database keeps it: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** Stations that are not pinned to what their procedure runs, or to several things at once, now or in the past. */
export async function wrongPins(db: Db): Promise<string[]> {
  const now = await rows<{ seen: string }>(
    db,
    sql`select l.station_id || ' has ' || count(p.id) || ' pins, to ' || coalesce(string_agg(p.deployment_id::text, ' and '), 'nothing')
          || ' instead of ' || r.active_deployment_id as seen
        from station_procedures l join procedures r on r.id = l.procedure_id
        left join pins p on p.procedure_id = l.procedure_id and p.station_id = l.station_id and p.to_at is null
        group by l.station_id, r.active_deployment_id
        having count(p.id) <> 1 or bool_or(p.deployment_id is distinct from r.active_deployment_id)`,
  )
  const past = await rows<{ seen: string }>(
    db,
    sql`select a.station_id || ' has pins ' || a.id || ' and ' || b.id || ' at the same time' as seen
        from pins a join pins b on b.procedure_id = a.procedure_id and b.station_id = a.station_id and b.id > a.id
          and tstzrange(a.from_at, a.to_at) && tstzrange(b.from_at, b.to_at)`,
  )
  return [...now, ...past].map(({ seen }) => seen)
}

/** Of live rollouts, in one snapshot: stations whose pin is not what the rollout's state says. An unlinked one has left. */
export async function pinsAgainstState(db: Db): Promise<string[]> {
  const found = await rows<{ seen: string }>(
    db,
    sql`select 'rollout ' || r.id || ': station ' || s.station_id || ' is ' || (s.progress ->> 'status') || ' and pinned to '
          || coalesce(p.deployment_id::text, 'nothing') as seen
        from rollouts r join rollout_stations s on s.procedure_id = r.procedure_id and s.rollout_id = r.id
        join station_procedures l on l.procedure_id = s.procedure_id and l.station_id = s.station_id
        left join pins p on p.procedure_id = s.procedure_id and p.station_id = s.station_id and p.to_at is null
        where r.status in ('active', 'paused') and p.deployment_id is distinct from
          case when s.progress ->> 'status' in ('pinned', 'pulled', 'confirmed') then r.deployment_id else r.base_deployment_id end`,
  )
  return found.map(({ seen }) => seen)
}

const decides: Record<string, { actions: string[]; isBound: boolean }> = {
  StageAdvanced: { actions: ['advance', 'override_reason'], isBound: true },
  RolloutPaused: { actions: ['pause'], isBound: true },
  RolloutResumed: { actions: ['resume'], isBound: true },
  // Neither is refused because the rollout has moved on meanwhile.
  RolloutAborted: { actions: ['abort_reason'], isBound: false },
  BreachAcknowledged: { actions: ['acknowledge_reason'], isBound: false },
}

/** Decisions of people in Slack that no click of theirs explains, where each click explains one at most. */
export function unexplainedDecisions(
  recorded: Recorded[],
  clicks: readonly Click[],
): { decisions: number; unexplained: string[] } {
  const left = new Set(clicks)
  const unexplained: string[] = []
  let decisions = 0
  for (const { id, events, versions } of recorded) {
    for (const [place, event] of events.entries()) {
      const wanted = decides[event.type]
      if (wanted === undefined || event.by.door !== 'slack') continue
      // Advancing a paused rollout resumes it first: one decision, by what was pressed.
      if (event.type === 'RolloutResumed' && isOneWith(event, events[place + 1])) continue
      const before = events[place - 1]
      const first = before?.type === 'RolloutResumed' && isOneWith(event, before) ? place - 1 : place
      decisions += 1
      const version = versions[first - 1] ?? 0
      const click = [...left].find(
        (each) =>
          each.user === event.by.id &&
          each.rolloutId === id &&
          wanted.actions.includes(each.action) &&
          (!wanted.isBound || each.version === version),
      )
      if (click === undefined)
        unexplained.push(
          `rollout ${id}: ${event.type} (${event.sequence}) by ${event.by.name} at version ${version}`,
        )
      else left.delete(click)
    }
  }
  return { decisions, unexplained }
}

function isOneWith(event: RolloutEvent, other: RolloutEvent | undefined): boolean {
  return other !== undefined && other.by.id === event.by.id && other.at === event.at && other.type in decides
}

/** From Slack's answer until it is noted, with all that a busy machine adds. */
const notedWithinMs = 2_000

/**
 * Said twice: messages of the bot that it does not know as its own. Of those, `ofDeaths` are the ones around whose moment a
 * process was killed. Not said: those that it knows and Slack does not have.
 * @param seen.files ids of what was uploaded: pictures are remembered where messages are, by their file.
 */
export async function messagesAgainstPosts(
  db: Db,
  seen: { messages: readonly Message[]; files: ReadonlySet<string>; killedAt: readonly number[] },
): Promise<{ messages: number; twice: string[]; ofDeaths: number; lost: string[] }> {
  const { messages, files, killedAt } = seen
  const posts = await rows<{ key: string; ts: string }>(db, sql`select key, ts from slack_posts`)
  const own = messages.filter(({ bot_id }) => bot_id !== undefined)
  const known = new Set(posts.map(({ ts }) => ts))
  const there = new Set(own.map(({ ts }) => ts))
  const unknown = own.filter(({ ts }) => !known.has(ts))
  const twice = unknown.filter(({ ts }) => !isOfADeath(ts, killedAt))
  return {
    messages: own.length,
    twice: twice.map(({ ts, text }) => `${ts}: ${text.slice(0, 160)}`),
    ofDeaths: unknown.length - twice.length,
    lost: posts.filter(({ ts }) => !there.has(ts) && !files.has(ts)).map(({ key, ts }) => `${key} at ${ts}`),
  }
}

/** Whether a process was killed while the message could have been said and not yet noted. */
export function isOfADeath(ts: string, killedAt: readonly number[]): boolean {
  // Slack's times here are whole seconds and a running number.
  const from = Math.floor(Number(ts)) * 1000
  return killedAt.some((at) => at >= from && at < from + 1000 + notedWithinMs)
}

/** Events that must have a message, rollouts that must have a summary, stages that must have a card, and have none. */
export async function untold(db: Db, recorded: Recorded[]): Promise<{ told: number; missing: string[] }> {
  const posts = await rows<{ key: string }>(db, sql`select key from slack_posts`)
  const keys = new Set(posts.map(({ key }) => key))
  const wanted = recorded.flatMap(({ id, events }) => {
    return [
      ...toldInThread(events).map((sequence) => `event:${id}:${sequence}`),
      ...events.flatMap((event) => (event.type === 'StageStarted' ? [`card:${id}:${event.stageIndex}`] : [])),
      `summary:${id}`,
    ]
  })
  return { told: wanted.length, missing: wanted.filter((key) => !keys.has(key)) }
}

/** Breaches, always; and the end of the rollout where a breach was open, in the thread of that one. */
export function toldInThread(events: Recorded['events']): number[] {
  const open = new Set<string>()
  let isAnEndTold = false
  return events.flatMap((event) => {
    switch (event.type) {
      case 'BreachOpened':
        open.add(event.gate)
        return [event.sequence]
      case 'BreachAcknowledged':
      case 'BreachRecovered':
        open.delete(event.gate)
        return []
      case 'RolloutCompleted':
      case 'RolloutAborted':
        isAnEndTold = open.size > 0
        return isAnEndTold ? [event.sequence] : []
      case 'AbortFinished':
        return isAnEndTold ? [event.sequence] : []
      default:
        return []
    }
  })
}

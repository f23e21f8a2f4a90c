// Brings the Homes of those who look at them up to date: each at most once a minute, however much happens.
import type { BaseLogger } from 'pino'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { Delivery, DeliveryResult, SlackStore } from '../../server/service.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspaces } from '../workspaces/workspace.ts'
import type { HomeFacts } from './home-facts.ts'
import type { Homes } from './homes.ts'

type Deps = {
  homes: Homes
  store: Pick<SlackStore, 'people'>
  workspaces: Workspaces
  now: () => number
  log: BaseLogger
}
type Looking = { team: string; user: string }
type Job = Extract<Delivery, { kind: 'home' }>

/** Slack does not tell when somebody leaves their Home. */
const looksForMs = 4 * 3_600_000
const gapMs = 60_000
/** How late a job may come that is to come again. */
const lateMs = 30_000
const done: DeliveryResult = { delivered: true }

export function homeDelivery({ homes, store, workspaces, now, log }: Deps) {
  /** The job that comes again: what it draws then is what every other one has to say as well. */
  let again: { rolloutId: RolloutId; at: number } | null = null
  let slackAsksUntil = Number.NEGATIVE_INFINITY

  /** Whoever saw it drawn a moment ago gets this change with the next drawing. */
  return async function deliver(job: Job): Promise<DeliveryResult> {
    if (again?.rolloutId === job.rolloutId) again = null
    if (now() < slackAsksUntil) return later(job, slackAsksUntil, 'Slack asks for fewer calls')
    const looking = await store.people.lookingAtHome(now() - looksForMs)
    const due = looking.filter(({ team, user }) => now() - homes.drawnAt(team, user) >= gapMs)
    for (const team of new Set(due.map((each) => each.team))) {
      const people = due.filter((each) => each.team === team)
      const wait = await drawAll(team, people)
      if (wait !== null) {
        slackAsksUntil = now() + wait.seconds * 1000
        return later(job, slackAsksUntil, wait.why)
      }
    }
    const seen = looking.filter((each) => !due.includes(each))
    if (seen.length === 0) return done
    const since = Math.min(...seen.map(({ team, user }) => homes.drawnAt(team, user)))
    return later(job, since + gapMs, 'Homes were drawn less than a minute ago')
  }

  function later({ rolloutId }: Job, at: number, why: string): DeliveryResult {
    if (again !== null && now() < again.at + lateMs) return done
    again = { rolloutId, at }
    return { delivered: false, waitSeconds: Math.max(1, Math.ceil((at - now()) / 1000)), why }
  }

  /** One after the other; when Slack asks for patience, those that are left wait. */
  async function drawAll(team: string, people: Looking[]): Promise<{ seconds: number; why: string } | null> {
    const at = await workspaces.of(team)
    if (at === null) return null
    const facts: HomeFacts = await homes.read(team)
    for (const { user } of people) {
      try {
        await homes.draw(at, user, { facts, client: at.clients.background })
      } catch (error) {
        const failure = slackFailure(error)
        if (failure.kind === 'wait') return failure
        log.warn({ err: error, team, user }, 'a Home could not be drawn')
      }
    }
    return null
  }
}

// Brings the Homes of those who look at them up to date: each at most once a minute, however much happens.
import type { BaseLogger } from 'pino'
import type { DeliveryResult, SlackStore } from '../server/service.ts'
import type { HomeFacts } from './home-facts.ts'
import type { Homes } from './homes.ts'
import { slackFailure } from './slack-failure.ts'
import type { Workspaces } from './workspace.ts'

type Deps = {
  homes: Homes
  store: Pick<SlackStore, 'people'>
  workspaces: Workspaces
  now: () => number
  log: BaseLogger
}
type Looking = { team: string; user: string }

/** Slack does not tell when somebody leaves their Home. */
const looksForMs = 4 * 3_600_000
const gapMs = 60_000

export function homeDelivery({ homes, store, workspaces, now, log }: Deps) {
  /** Whoever saw it drawn a moment ago gets this change with the next drawing, when the job comes again. */
  async function deliver(): Promise<DeliveryResult> {
    const looking = await store.people.lookingAtHome(now() - looksForMs)
    const due = looking.filter(({ team, user }) => now() - homes.drawnAt(team, user) >= gapMs)
    for (const team of new Set(due.map((each) => each.team))) {
      const wait = await drawAll(
        team,
        due.filter((each) => each.team === team),
      )
      if (wait !== null) return wait
    }
    const later = looking.filter((each) => !due.includes(each))
    if (later.length === 0) return { delivered: true }
    const since = Math.min(...later.map(({ team, user }) => homes.drawnAt(team, user)))
    const waitSeconds = Math.max(1, Math.ceil((since + gapMs - now()) / 1000))
    return { delivered: false, waitSeconds, why: 'Homes were drawn less than a minute ago' }
  }

  /** One after the other; when Slack asks for patience, those that are left wait. */
  async function drawAll(team: string, people: Looking[]): Promise<DeliveryResult | null> {
    const at = await workspaces.of(team)
    if (at === null) return null
    const facts: HomeFacts = await homes.read(team)
    for (const { user } of people) {
      try {
        await homes.draw(at, user, { facts, client: at.clients.background })
      } catch (error) {
        const failure = slackFailure(error)
        if (failure.kind === 'wait')
          return { delivered: false, waitSeconds: failure.seconds, why: failure.why }
        log.warn({ err: error, team, user }, 'a Home could not be drawn')
      }
    }
    return null
  }

  return deliver
}

// Draws people's Homes: each person's in turn, so that what is drawn last is what was read last.
import type { HomeView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { Service, SlackStore } from '../../server/service.ts'
import { closedHome, homeView } from '../blocks/home.ts'
import type { Markup } from '../blocks/markup.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspace, Workspaces } from '../workspaces/workspace.ts'
import { type HomeFacts, homeFacts } from './home-facts.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { waitingFor } from './waiting-for.ts'

export type Homes = ReturnType<typeof createHomes>
type Drawing = {
  /** What their last click met with. */
  notice?: Markup | null
  /** Read already, for several people at once. */
  facts?: HomeFacts
  client?: WebClient
}

/** Of people who opened their Home and never came back. */
const mostKept = 5000

export function createHomes(deps: {
  service: Service
  store: SlackStore
  workspaces: Workspaces
  now: () => number
}) {
  const { service, store, workspaces, now } = deps
  const inTurn = oneAtATime()
  const drawn = new Map<string, { at: number; hash: string | undefined }>()
  const away = new Set<string>()

  function read(teamId: string): Promise<HomeFacts> {
    return homeFacts({ service, workspaces, teamId, now: now() })
  }

  /** Draws it and remembers that they look at it. */
  async function open(at: Workspace, user: string): Promise<void> {
    const identified = await at.people.identify(user)
    if ('actor' in identified) await store.people.openedHome(at.teamId, user, now())
    await draw(at, user)
  }

  /** @throws what Slack answers when it does not take it. */
  async function draw(at: Workspace, user: string, how: Drawing = {}): Promise<void> {
    const key = keyOf(at.teamId, user)
    const client = how.client ?? at.clients.interactive
    const notice = how.notice ?? null
    const fresh = () => viewOf(at, user, () => read(at.teamId), notice)
    const { facts } = how
    await inTurn(key, async () => {
      const view = await (facts ? viewOf(at, user, async () => facts, notice) : fresh())
      const hash = await publish(client, user, view, drawn.get(key)?.hash, fresh)
      if (drawn.size >= mostKept) drawn.clear()
      drawn.set(key, { at: now(), hash })
    })
  }

  async function viewOf(
    at: Workspace,
    user: string,
    factsOf: () => Promise<HomeFacts>,
    notice: Markup | null,
  ): Promise<HomeView> {
    const identified = await at.people.identify(user)
    if ('refused' in identified) return closedHome(identified.refused)
    const facts = await factsOf()
    const { rights } = at
    const { policies } = facts
    const waiting = await waitingFor(identified.actor, facts.live, { rights, policies, now: now() })
    const { direct } = await store.people.find(at.teamId, user)
    return homeView({ ...facts, waiting, direct, notice })
  }

  return {
    read,
    open,
    draw,
    /** They go from their Home to a form; `back` draws it when the form is done. */
    leave: (team: string, user: string) => void away.add(keyOf(team, user)),
    async back(at: Workspace, user: string): Promise<void> {
      if (away.delete(keyOf(at.teamId, user))) await draw(at, user)
    },
    /** When this process drew it last. */
    drawnAt: (team: string, user: string) => drawn.get(keyOf(team, user))?.at ?? Number.NEGATIVE_INFINITY,
  }
}

function keyOf(team: string, user: string): string {
  return `${team}/${user}`
}

/** Refused by its hash, another process has drawn it since: what was read for this drawing may be older. */
async function publish(
  client: WebClient,
  user: string,
  view: HomeView,
  hash: string | undefined,
  again: () => Promise<HomeView>,
): Promise<string | undefined> {
  try {
    const sent = await client.views.publish({ user_id: user, view, ...(hash === undefined ? {} : { hash }) })
    return sent.view?.hash
  } catch (error) {
    if (slackFailure(error).why !== 'hash_conflict') throw error
    return (await client.views.publish({ user_id: user, view: await again() })).view?.hash
  }
}

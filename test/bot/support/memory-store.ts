// What the Slack app keeps, kept in memory, for tests that are not about the database.
import { oneAtATime } from '../../../bot/deliveries/one-at-a-time.ts'
import type { SlackInstallation, SlackPost, SlackStore } from '../../../server/service.ts'

export type MemoryStore = SlackStore & {
  keptPosts: Map<string, SlackPost>
  keptInstallations: Map<string, SlackInstallation>
  /** Events that were taken, in order; `working` runs each at once, as the queue does soon after. */
  taken: { eventId: string; body: Record<string, unknown> }[]
  /** Set: taking an event fails, as it does without a database. */
  away: boolean
  onEvent: (eventId: string, body: Record<string, unknown>) => void
}

export function memoryStore(): MemoryStore {
  const inTurn = oneAtATime()
  const people = new Map<string, { team: string; user: string; direct: boolean; homeOpenedAt: number }>()
  const person = (team: string, user: string) => {
    const key = `${team}/${user}`
    const found = people.get(key) ?? { team, user, direct: false, homeOpenedAt: Number.NEGATIVE_INFINITY }
    people.set(key, found)
    return found
  }
  const store: MemoryStore = {
    keptPosts: new Map(),
    keptInstallations: new Map(),
    taken: [],
    away: false,
    onEvent: () => {},
    posts: {
      find: async (key) => store.keptPosts.get(key) ?? null,
      save: async (key, post) => void store.keptPosts.set(key, post),
      exclusively: inTurn,
    },
    people: {
      find: async (team, user) => ({ direct: person(team, user).direct }),
      setDirect: async (team, user, on) => void Object.assign(person(team, user), { direct: on }),
      openedHome: async (team, user, at) => void Object.assign(person(team, user), { homeOpenedAt: at }),
      lookingAtHome: async (since) =>
        [...people.values()]
          .filter((each) => each.homeOpenedAt >= since)
          .map(({ team, user }) => ({ team, user })),
    },
    events: {
      take: async (eventId, body) => {
        if (store.away) throw new Error('the database does not answer')
        if (store.taken.some((each) => each.eventId === eventId)) return false
        store.taken.push({ eventId, body })
        store.onEvent(eventId, body)
        return true
      },
    },
    installations: {
      find: async (team) => store.keptInstallations.get(team) ?? null,
      only: async () => {
        const live = [...store.keptInstallations.values()].filter((each) => each.ended === null)
        return live.length === 1 ? (live[0] ?? null) : null
      },
      reseal: async (team, before, sealed) => {
        const found = store.keptInstallations.get(team)
        if (found?.sealed === before) store.keptInstallations.set(team, { ...found, sealed })
      },
      save: async (made) => void store.keptInstallations.set(made.team, { ...made, ended: null }),
      end: async (team, why, at) => {
        const found = store.keptInstallations.get(team)
        if (!found || found.ended || found.installedAt >= at) return false
        store.keptInstallations.set(team, { ...found, ended: { at, why } })
        return true
      },
    },
  }
  return store
}

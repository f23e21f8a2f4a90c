// Links to pages carry a key of their own rollout: until it expires, whoever has the link may read, and read only that.
import { type RolloutId, rolloutId } from './domain/ids.ts'
import { day, type Instant } from './domain/instant.ts'
import type { Signing } from './signing.ts'

export type PageLinks = ReturnType<typeof pageLinks>
/** `id`: in the letters in which the rollout is kept, whatever those of the address. */
export type OpenedLink = { id: RolloutId; until: Instant }
/** `formerly made`: by a version of Firstpass whose links did not expire. */
export type LinkFault = 'expired' | 'formerly made' | 'not its key'

/** Links expire at the turn of weeks, so that a card that is drawn again shows the one that it showed before. */
const turnMs = 7 * day

/** @param deps.now in real time: links live as long as Slack shows them, whatever a simulated factory's clock says. */
export function pageLinks({
  publicUrl,
  signing,
  now,
}: {
  publicUrl: () => string
  signing: Signing
  now: () => Instant
}) {
  return {
    /** Opens its page for one to two weeks from now. */
    rollout(id: RolloutId): string {
      const until = ((Math.floor(now() / turnMs) + 2) * turnMs).toString(36)
      // The moment is under the signature: a later one cannot be written into an old link.
      const signed = signing.sign('page/rollout', `${id}/${until}`)
      return `${publicUrl()}/rollouts/${id}?key=${until}.${signed}`
    },
    /** @param given the `id` of the address, and every `key` that it carries. */
    open(given: { id: string; keys: string[] }): OpenedLink | LinkFault {
      const id = rolloutId.safeParse(given.id).data
      const [key, second] = given.keys
      if (id === undefined || key === undefined || second !== undefined) return 'not its key'
      if (formerKey.test(key)) return 'formerly made'
      const [, until, signed] = expiringKey.exec(key) ?? []
      if (until === undefined || signed === undefined) return 'not its key'
      if (!signing.isSigned('page/rollout', `${id}/${until}`, signed)) return 'not its key'
      const ends = Number.parseInt(until, 36)
      return now() < ends ? { id, until: ends } : 'expired'
    },
  }
}

const expiringKey = /^([0-9a-z]{6,9})\.([\w-]{32})$/
const formerKey = /^[\w-]{24}$/

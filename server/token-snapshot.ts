// What this process knows of API tokens: kept as stations are, forgotten when the database announces a change, and read
// anew after two seconds, because an announcement can be lost with the connection that it comes by.
import {
  type KeyedToken,
  keyedTokens,
  noteTokensUsed,
  type TokenUse,
  tokensChannel,
} from '../db/api-tokens.ts'
import type { Database } from '../db/client.ts'
import { type Instant, minute } from './domain/instant.ts'
import { gathered } from './gathered.ts'
import { remembered } from './remembered.ts'

export type TokenSnapshot = Awaited<ReturnType<typeof tokenSnapshot>>

const most = 10_000
/** Real milliseconds. People and programs ask the database anyway: what a token may do costs them one row more, now and then. */
const believedForMs = 2_000
/** When a token was last used need not be known more closely. */
const usedEveryMs = 3 * minute

type Deps = {
  database: Pick<Database, 'db' | 'listen'>
  now: () => Instant
  log: { warn: (fault: unknown, said: string) => void }
}

/** @param present real milliseconds, counted from any moment. */
export async function tokenSnapshot({ database, now, log }: Deps, present = () => performance.now()) {
  const { db } = database
  const tokens = remembered<KeyedToken>({
    read: async (hashes) => new Map((await keyedTokens(db, hashes)).map((found) => [found.hash, found])),
    ownerOf: ({ id }) => id,
    believedSince: () => present() - believedForMs,
    now: present,
    most,
    mostAbsent: most,
  })
  const unlisten = await database.listen(tokensChannel, tokens.forget)

  const noteUse = gathered<TokenUse, null>(
    async (uses) => {
      await noteTokensUsed(db, uses)
      return () => null
    },
    { most: 1_000, atOnce: 1 },
  )
  /** By hash, for as long as the process lives: what is known of a token is forgotten sooner. */
  const usedAt = new Map<string, Instant>()
  const underWay = new Set<Promise<unknown>>()

  return {
    /** The token that a secret of that hash opens, or opened until it ended. Null: nobody's. */
    byHash: tokens.get,
    /** Nobody waits for it: one that is lost comes again with a later use. */
    used(token: KeyedToken): void {
      const at = now()
      const before = Math.max(usedAt.get(token.hash) ?? 0, token.usedAt ?? 0)
      if (at - before < usedEveryMs) return
      if (usedAt.size >= most) usedAt.clear()
      usedAt.set(token.hash, at)
      const note = noteUse({ hash: token.hash, at })
        .catch((fault: unknown) => log.warn(fault, 'that tokens are used could not be noted'))
        .finally(() => underWay.delete(note))
      underWay.add(note)
    },
    async settled(): Promise<void> {
      await Promise.all(underWay)
    },
    async stop(): Promise<void> {
      await unlisten()
      await Promise.all(underWay)
    },
  }
}

// Sessions of browsers, shared by replicas: the browser has the token, the database its hash.
import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../db/client.ts'
import {
  endSession,
  endSessionsOf,
  forgetExpiredSessions,
  keepSession,
  liveSession,
  type Session,
} from '../db/sessions.ts'
import type { Instant } from './domain/instant.ts'
import type { SlackPerson } from './page-people.ts'

export type Sessions = ReturnType<typeof sessions>

/** @param deps.now in real time, as cookies are. */
export function sessions({ db, now }: { db: Db; now: () => Instant }) {
  return {
    /** The token, which nothing but the cookie of this one browser may hold. */
    async begin(session: Omit<Session, 'createdAt'>): Promise<string> {
      const token = randomBytes(32).toString('base64url')
      await forgetExpiredSessions(db, now())
      await keepSession(db, hashOf(token), { ...session, createdAt: now() })
      return token
    },
    /** Null: unknown, expired or signed out of. */
    of: (token: string): Promise<Session | null> => liveSession(db, hashOf(token), now()),
    end: (token: string): Promise<void> => endSession(db, hashOf(token), now()),
    endAllOf: (person: SlackPerson): Promise<void> => endSessionsOf(db, person, now()),
  }
}

/** Tokens are random: a hash without salt or stretching gives none of them away. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

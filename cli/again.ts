// Asks again where the service was lost or busy for a moment. Only for what may be asked twice: looks, and commands with an id.
import { setTimeout as after } from 'node:timers/promises'
import { Refused } from '../clients/api/client.ts'
import type { Session } from './command.ts'

const longestMs = 30_000
const mostTries = 5

/** A command with an id is one, however often it is sent. @throws what the last try was answered */
export async function again<Result>(work: () => Promise<Result>, session: Session): Promise<Result> {
  for (let tries = 1; ; tries++)
    try {
      return await work()
    } catch (error) {
      const waitMs = comeAgainMs(error, tries)
      if (waitMs === null || tries === mostTries) throw error
      await waited(error, waitMs, session)
    }
}

/** How long to wait before it is asked again, after so many tries; null: it was a real no. */
export function comeAgainMs(error: unknown, tries: number): number | null {
  if (!(error instanceof Refused)) return null
  const { retryAfterSeconds, body } = error
  if (retryAfterSeconds !== null) return Math.min(retryAfterSeconds * 1_000, longestMs)
  // A proxy in between says so while the service starts anew.
  const isAway = ['not_reached', '502', '503', '504'].includes(body.code)
  return isAway ? Math.min(500 * 2 ** (tries - 1), longestMs) : null
}

/** Says what it waits for. */
export async function waited(
  error: unknown,
  ms: number,
  { stderr, signal }: Pick<Session, 'stderr' | 'signal'>,
): Promise<void> {
  const why = error instanceof Error ? error.message : String(error)
  stderr.write(`${why} Asking again in ${Number((ms / 1_000).toFixed(1))} s.\n`)
  await after(ms, undefined, { signal })
}

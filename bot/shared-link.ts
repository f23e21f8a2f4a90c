// Whether an address that somebody shared is the page of a rollout: its whole address, key included.
import { type RolloutId, rolloutId } from '../server/domain/ids.ts'
import { unescaped } from './commands/words.ts'

/** The rollout that an address names, whether or not it leads to it. */
export function rolloutIn(shared: string): RolloutId | null {
  const id = urlOf(shared)?.pathname.split('/').at(-1)
  const parsed = rolloutId.safeParse(id)
  return parsed.success ? parsed.data : null
}

/**
 * True for the page's own address with something added at most: a place on the page, another parameter. Compared by its
 * parts: an address that only begins like ours may lead elsewhere, or carry another key.
 * @param opens whether another key than the present one still opens it: links are renewed before they expire.
 */
export function leadsTo(
  shared: string,
  page: string,
  opens: (key: string) => boolean = () => false,
): boolean {
  const given = urlOf(shared)
  const own = urlOf(page)
  if (!given || !own) return false
  if (given.origin !== own.origin || given.pathname !== own.pathname) return false
  if (given.username !== '' || given.password !== '') return false
  return [...own.searchParams.keys()].every((name) => {
    const values = given.searchParams.getAll(name)
    const [value, second] = values
    if (value === undefined || second !== undefined) return false
    return value === own.searchParams.get(name) || (name === 'key' && opens(value))
  })
}

/** Slack writes an `&` of a link as `&amp;` in some of its events. */
function urlOf(address: string): URL | null {
  return URL.parse(unescaped(address))
}

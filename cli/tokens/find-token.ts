// Finds an API token by its id or its name.
import { answerOf } from '../../clients/api/client.ts'
import type { Session } from '../command.ts'
import { Misuse } from '../misuse.ts'

/** @returns its id. Of tokens with one name the one that is not revoked. */
export async function findToken(named: string | undefined, { api }: Session): Promise<string> {
  if (named === undefined) throw new Misuse('expected a token: its id or its name')
  const all = (await answerOf(api.GET('/api/v1/tokens'))).data
  const byId = all.find(({ id }) => id === named.toLowerCase())
  const byName = all.filter(({ name }) => name.toLowerCase() === named.toLowerCase())
  const found = byId ?? byName.find(({ state }) => state !== 'revoked') ?? byName[0]
  if (found) return found.id
  throw new Misuse(`there is no token "${named}". firstpass tokens list shows them`)
}

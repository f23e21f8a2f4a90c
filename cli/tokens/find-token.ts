// Finds an API token by its id or its name.
import { Misuse, type Session } from '../command.ts'
import { list, text } from '../read-json.ts'

/** @returns its id. Of tokens with one name the one that is not revoked. */
export async function findToken(named: string | undefined, session: Session): Promise<string> {
  if (named === undefined) throw new Misuse('expected a token: its id or its name')
  const all = list(await session.ask('GET', '/api/v1/tokens'), 'data')
  const same = (field: string) =>
    all.filter((each) => text(each, field).toLowerCase() === named.toLowerCase())
  const byName = same('name')
  const found = same('id')[0] ?? byName.find((each) => text(each, 'state') !== 'revoked') ?? byName[0]
  if (found) return text(found, 'id')
  throw new Misuse(`there is no token "${named}". firstpass tokens list shows them`)
}

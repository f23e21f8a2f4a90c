// Finds stations by name or id; a part of a name that several have lists them.
import { answerOf } from '../../clients/api/client.ts'
import type { Session } from '../command.ts'
import { uuid } from '../find.ts'
import { Misuse } from '../misuse.ts'

/** @returns its id */
export async function stationNamed(named: string | undefined, { api }: Session): Promise<string> {
  if (named === undefined) throw new Misuse('expected a station: its name or its id')
  if (uuid.test(named)) return named
  const query = { search: named, limit: 200 }
  const { data } = await answerOf(api.GET('/api/v1/stations', { params: { query } }))
  const found = data.find(({ name }) => name.toLowerCase() === named.toLowerCase())
  if (found) return found.id
  const alike = data.slice(0, 10).map(({ name, site, line }) => [name, site, line].filter(Boolean).join(', '))
  const hint = alike.length === 0 ? 'firstpass stations list shows them' : `Do you mean\n${alike.join('\n')}`
  throw new Misuse(`no station is called "${named}". ${hint}`)
}

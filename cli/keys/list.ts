// firstpass keys list: the keys of a station, by their first characters.
import { answerOf } from '../../clients/api/client.ts'
import type { Command } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { stationNamed } from '../stations/find-station.ts'
import { table } from '../table.ts'
import { minuteText } from '../times.ts'

export const list: Command = {
  name: 'keys list',
  summary: 'list the keys of a station by their first characters, newest first',
  operands: 'STATION',
  options: {},
  example: 'FCT-07',
  async run(_values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one station, got "${rest[0]}" too`)
    const path = { id: await stationNamed(named, session) }
    const answer = await answerOf(session.api.GET('/api/v1/stations/{id}/keys', { params: { path } }))
    const rows = answer.data.map((key) => [
      key.prefix,
      key.state,
      minuteText(key.created_at),
      key.last_used_at === null ? 'never' : minuteText(key.last_used_at),
      key.ends_at === null ? '' : minuteText(key.ends_at),
      key.why ?? '',
    ])
    const heads = ['KEY', 'STATE', 'MADE (UTC)', 'USED', 'ENDS', 'WHY']
    return { json: answer, text: rows.length === 0 ? 'it has no key' : table(rows, heads) }
  },
}

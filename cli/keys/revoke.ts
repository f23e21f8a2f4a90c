// firstpass keys revoke: a key of a station opens nothing from now on.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, textOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { stationNamed } from '../stations/find-station.ts'

export const revoke: Command = {
  name: 'keys revoke',
  summary: 'revoke a key of a station at once',
  operands: 'STATION KEY',
  options: { reason: { type: 'string', short: 'm', value: 'TEXT', help: 'why; it stands in the record' } },
  example: 'FCT-07 fps_8a1b --reason "the disk was stolen"',
  async run(values, [named, prefix, ...rest], session) {
    if (prefix === undefined || rest.length > 0)
      throw new Misuse(
        'expected a station and the first characters of its key, as firstpass keys list shows them',
      )
    const reason = textOf(values, 'reason')
    if (reason === undefined) throw new Misuse('expected --reason, got nothing')
    const path = { id: await stationNamed(named, session), prefix: prefix.replace(/…$/, '') }
    const key = await answerOf(
      session.api.POST('/api/v1/stations/{id}/keys/{prefix}/revoke', { params: { path }, body: { reason } }),
    )
    return { json: key, text: `${key.prefix}… of ${named} is ${key.state}` }
  },
}

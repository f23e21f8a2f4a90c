// firstpass tokens rotate: a new secret of an API token, printed once; the former one goes on for a while.
import { type Command, given, Misuse, textOf } from '../command.ts'
import { text } from '../read-json.ts'
import { findToken } from './find-token.ts'
import { newSecret } from './token-text.ts'

export const rotate: Command = {
  name: 'tokens rotate',
  summary: 'give an API token a new secret; it is printed once',
  operands: 'TOKEN',
  options: {
    'grace-minutes': { type: 'string', value: 'MINUTES', help: 'how long the former one goes on; 60' },
  },
  example: '"CI of FCT" --grace-minutes 1440',
  async run(values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one token, got "${rest[0]}" too`)
    const grace = textOf(values, 'grace-minutes')
    if (grace !== undefined && !/^\d+$/.test(grace))
      throw new Misuse(`--grace-minutes: expected a number of minutes, got "${grace}"`)
    const id = await findToken(named, session)
    const body = given({ grace_minutes: grace === undefined ? undefined : Number(grace) })
    const token = await session.ask('POST', `/api/v1/tokens/${id}/rotate`, body)
    return {
      json: token,
      text: `${newSecret(token)} The former one ends at ${text(token, 'former_ends_at')}.`,
    }
  },
}

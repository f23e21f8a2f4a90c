// firstpass tokens rotate: a new secret of an API token, printed once; the former one goes on for a while.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given, wholeOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
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
    const body = given({ grace_minutes: wholeOf(values, 'grace-minutes') })
    const path = { id: await findToken(named, session) }
    const token = await answerOf(session.api.POST('/api/v1/tokens/{id}/rotate', { params: { path }, body }))
    return {
      json: token,
      text: `${newSecret(token)} The former one ends at ${token.former_ends_at}.`,
    }
  },
}

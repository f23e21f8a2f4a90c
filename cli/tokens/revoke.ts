// firstpass tokens revoke: an API token opens nothing from now on.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, textOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { findToken } from './find-token.ts'
import { tokenLine } from './token-text.ts'

export const revoke: Command = {
  name: 'tokens revoke',
  summary: 'revoke an API token at once',
  operands: 'TOKEN',
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; it stands in the record' } },
  example: '"CI of FCT" --reason "was printed in a build log"',
  async run(values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one token, got "${rest[0]}" too`)
    const reason = textOf(values, 'reason')
    if (reason === undefined) throw new Misuse('expected --reason, got nothing')
    const path = { id: await findToken(named, session) }
    const token = await answerOf(
      session.api.POST('/api/v1/tokens/{id}/revoke', { params: { path }, body: { reason } }),
    )
    return { json: token, text: tokenLine(token) }
  },
}

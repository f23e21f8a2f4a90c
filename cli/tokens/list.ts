// firstpass tokens list: API tokens, newest first, with what each may do.
import { answerOf } from '../../clients/api/client.ts'
import type { Command } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { tokenLine } from './token-text.ts'

export const list: Command = {
  name: 'tokens list',
  summary: 'list API tokens, with what each may do and when it was last used',
  operands: '',
  options: {},
  example: '--json',
  async run(_values, operands, session) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const answer = await answerOf(session.api.GET('/api/v1/tokens'))
    return { json: answer, text: answer.data.map(tokenLine).join('\n') || 'there is no token yet' }
  },
}

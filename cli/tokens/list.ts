// firstpass tokens list: API tokens, newest first, with what each may do.
import { type Command, Misuse } from '../command.ts'
import { list as listOf } from '../read-json.ts'
import { tokenLine } from './token-text.ts'

export const list: Command = {
  name: 'tokens list',
  summary: 'list API tokens, with what each may do and when it was last used',
  operands: '',
  options: {},
  example: '--json',
  async run(_values, operands, session) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const answer = await session.ask('GET', '/api/v1/tokens')
    const tokens = listOf(answer, 'data')
    return { json: answer, text: tokens.map(tokenLine).join('\n') || 'there is no token yet' }
  },
}

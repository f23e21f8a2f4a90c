// firstpass tokens create: a new API token, printed once.
import { type Command, given, Misuse, textOf, textsOf } from '../command.ts'
import { newSecret } from './token-text.ts'

export const create: Command = {
  name: 'tokens create',
  summary: 'make an API token; it is printed once',
  operands: 'NAME',
  options: {
    scope: {
      type: 'string',
      multiple: true,
      value: 'SCOPE',
      help: 'read, report, deploy, rollout, configure or admin; may be repeated',
    },
    'expires-at': { type: 'string', value: 'TIME', help: 'ISO 8601; without it, until it is revoked' },
    'only-procedure': {
      type: 'string',
      multiple: true,
      value: 'ID',
      help: 'limits it to the procedure; may be repeated',
    },
  },
  example: '"CI of FCT" --scope read --scope deploy --expires-at 2027-01-01T00:00:00Z',
  async run(values, [name, ...rest], session) {
    if (name === undefined || rest.length > 0)
      throw new Misuse('expected one name, in quotes when it has spaces')
    const scopes = textsOf(values, 'scope')
    if (scopes === undefined) throw new Misuse('expected --scope, got nothing')
    const token = await session.ask(
      'POST',
      '/api/v1/tokens',
      given({
        name,
        scopes,
        expires_at: textOf(values, 'expires-at'),
        procedures: textsOf(values, 'only-procedure'),
      }),
    )
    return { json: token, text: newSecret(token) }
  },
}

// firstpass tokens create: a new API token, printed once.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given, textOf, textsOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { newSecret } from './token-text.ts'

const scopes = ['read', 'report', 'deploy', 'rollout', 'configure', 'admin'] as const

export const create: Command = {
  name: 'tokens create',
  summary: 'make an API token; it is printed once',
  operands: 'NAME',
  options: {
    scope: {
      type: 'string',
      multiple: true,
      value: 'SCOPE',
      words: scopes,
      help: 'may be repeated',
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
    const asked = textsOf(values, 'scope')
    if (asked === undefined) throw new Misuse('expected --scope, got nothing')
    const more = given({
      expires_at: textOf(values, 'expires-at'),
      procedures: textsOf(values, 'only-procedure'),
    })
    const body = { name, scopes: asked.map(scopeOf), ...more }
    const token = await answerOf(session.api.POST('/api/v1/tokens', { body }))
    return { json: token, text: newSecret(token) }
  },
}

function scopeOf(text: string) {
  const found = scopes.find((each) => each === text)
  if (found) return found
  throw new Misuse(`--scope: expected ${scopes.join(', ')}, got "${text}"`)
}

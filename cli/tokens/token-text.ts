// Tokens as the command line prints them.
import { minuteText } from '../times.ts'

type Token = {
  id: string
  name: string
  scopes: string[]
  state: string
  secrets: { prefix: string }[]
  last_used_at: string | null
}

export function tokenLine({ id, name, scopes, state, secrets, last_used_at }: Token): string {
  return [
    id,
    name,
    `[${scopes.join(', ')}]`,
    state,
    secrets.map(({ prefix }) => prefix).join(' '),
    last_used_at === null ? 'never used' : `used ${minuteText(last_used_at)}`,
  ].join('  ')
}

export function newSecret(token: Token & { token: string }): string {
  return `${tokenLine(token)}\n\n${token.token}\n\nThis is shown once: keep it now.`
}

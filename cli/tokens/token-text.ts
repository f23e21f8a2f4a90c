// Tokens as the command line prints them.
import type { Json } from '../api.ts'
import { list, text } from '../read-json.ts'

export function tokenLine(token: Json): string {
  const used = text(token, 'last_used_at')
  return [
    text(token, 'id'),
    text(token, 'name'),
    `[${words(token, 'scopes')}]`,
    text(token, 'state'),
    list(token, 'secrets')
      .map((secret) => text(secret, 'prefix'))
      .join(' '),
    used === '' ? 'never used' : `used ${used.slice(0, 16).replace('T', ' ')}`,
  ].join('  ')
}

export function newSecret(token: Json): string {
  return `${tokenLine(token)}\n\n${text(token, 'token')}\n\nThis is shown once: keep it now.`
}

function words(token: Json, field: string): string {
  const value = token[field]
  return Array.isArray(value) ? value.join(', ') : ''
}

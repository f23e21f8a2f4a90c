// Firstpass over HTTP, as the command line speaks to it: in whose name, and with which token.
import { type ApiClient, apiClient } from '../clients/api/client.ts'
import { Misuse } from './misuse.ts'

/** @throws Misuse when there is no token, or the address is none. */
export function api({
  url,
  token,
  as,
  signal,
}: {
  url: string
  token: string
  as: string
  signal: AbortSignal
}): ApiClient {
  if (token === '')
    throw new Misuse(
      'expected the token of Firstpass as FIRSTPASS_TOKEN, --token or by firstpass login, got nothing',
    )
  const address = URL.canParse(url) ? new URL(url) : null
  if (address === null || !/^https?:$/.test(address.protocol))
    throw new Misuse(`expected the address of Firstpass, such as https://firstpass.example, got "${url}"`)
  return apiClient({
    url: url.replace(/\/+$/, ''),
    signal,
    headers: {
      authorization: `Bearer ${token}`,
      'x-actor-door': 'command line',
      ...(as === '' ? {} : { 'x-actor-name': headerText(as) }),
    },
  })
}

/** A header holds Latin letters alone: others lose their accents, or become question marks. */
function headerText(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, 100)
}

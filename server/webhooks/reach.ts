// Whether an address that somebody names may be connected to: looked at when it is named, and again at each connection, by
// the very look-up that the connection is made with. What a name led to before is not relied on.
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { AllowedAddresses } from './allowed-addresses.ts'

/** Somebody named an address that is not to be connected to; the message is for them. */
export class NotReachable extends Error {}

/** What a URL may be connected to: in the clear only what the settings name. */
function mayConnect({ protocol }: URL, { allows, isNamed }: AllowedAddresses): (address: string) => boolean {
  return protocol === 'https:' ? allows : isNamed
}

/** Resolves names as `net.connect` does, and leaves only allowed addresses. */
export function guardedLookup(url: URL, allowed: AllowedAddresses): LookupFunction {
  const may = mayConnect(url, allowed)
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const usable = error ? [] : found.filter(({ address }) => may(address))
      const [first] = usable
      if (error) callback(error, '', 0)
      else if (first === undefined) callback(new NotReachable(notAllowed(url)), '', 0)
      else if (options.all === true) callback(null, usable)
      else callback(null, first.address, first.family)
    })
  }
}

/** An address in digits is resolved by nobody: it is looked at by itself. @throws NotReachable */
export function refuseDigits(url: URL, allowed: AllowedAddresses): void {
  const host = bare(url)
  if (isIP(host) !== 0 && !mayConnect(url, allowed)(host)) throw new NotReachable(notAllowed(url))
}

/**
 * For whoever names an address. @returns what is wrong with it; null: it may be sent to as things are now.
 * @param patienceMs for the resolver.
 */
export async function faultOf(
  text: string,
  allowed: AllowedAddresses,
  patienceMs = 5_000,
): Promise<string | null> {
  const url = URL.parse(text)
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    return 'expected an address that starts with https://'
  if (url.username !== '' || url.password !== '')
    return 'expected an address without a name and password in it: receivers check the signature'
  if (url.hash !== '') return 'expected an address without #'
  const host = bare(url)
  const found = isIP(host) === 0 ? await resolved(host, patienceMs) : [host]
  if (found === null) return `${host} cannot be resolved: expected the name of a machine that there is`
  return found.some(mayConnect(url, allowed)) ? null : notAllowed(url)
}

/** Null: nobody knows the name, or nobody says in time. */
function resolved(host: string, patienceMs: number): Promise<string[] | null> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), patienceMs)
    lookup(host, { all: true }, (error, found) => {
      clearTimeout(late)
      resolve(error ? null : found.map(({ address }) => address))
    })
  })
}

/** Without the brackets that an address of version 6 has in a URL. */
function bare(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function notAllowed(url: URL): string {
  return url.protocol === 'https:'
    ? `${bare(url)} leads to this machine or into a network that is not public: expected a public address, or one of a network that WEBHOOK_ALLOW names`
    : `${bare(url)} is to be sent to in the clear: expected https://, or an address of a network that WEBHOOK_ALLOW names`
}

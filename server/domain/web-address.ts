// Addresses that come from outside, such as where a build's artifact is: people and stations open them, the service never does.
import { z } from 'zod'

/**
 * Only http and https, without a name or password in it, which would be shown to everybody, and without characters that
 * no address has and that end one in HTML, in Slack or in a log.
 */
export function isWebAddress(text: string): boolean {
  if (text.length > 2000 || /[\s\p{C}<>"\\^`{|}]/u.test(text)) return false
  const address = URL.parse(text)
  if (address === null || !/^https?:\/\//i.test(text)) return false
  return address.username === '' && address.password === '' && address.hostname !== ''
}

export const webAddress = z
  .string()
  .refine(
    isWebAddress,
    'expected an address that starts with http:// or https://, of at most 2,000 characters, without blanks, and without a name or password in it',
  )

// Which addresses a webhook may be sent to: those of the public internet, and networks that the settings name. Nothing else is
// ever connected to, so that nobody can make the service speak to itself, its neighbours or the machine it runs on.
import { BlockList, isIP, isIPv6 } from 'node:net'

export type AllowedAddresses = { allows(address: string): boolean; isNamed(address: string): boolean }

/** IANA's special-purpose registry for version 4: private, loopback, link-local with the metadata of clouds, and the rest. */
const notPublic4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Of version 6 only global unicast is public, and of that not what leads to version 4 or nowhere. */
const global6: [string, number] = ['2000::', 3]
const notPublic6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

/** @param named addresses and networks such as 10.1.0.0/16, of either version. */
export function allowedAddresses(named: readonly string[]): AllowedAddresses {
  const [own, closed, global] = [new BlockList(), new BlockList(), new BlockList()]
  for (const each of named) addNetwork(own, each)
  for (const [address, bits] of notPublic4) closed.addSubnet(address, bits, 'ipv4')
  for (const [address, bits] of notPublic6) closed.addSubnet(address, bits, 'ipv6')
  global.addSubnet(...global6, 'ipv6')
  // An IPv4 address written as one of version 6 is looked up by node as what it is.
  const isIn = (list: BlockList, address: string) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  const isMapped = (address: string) => /^::ffff:/i.test(address)
  const isNamed = (address: string) => isIP(address) !== 0 && isIn(own, address)
  return {
    isNamed,
    allows(address) {
      if (isIP(address) === 0) return false
      if (isNamed(address)) return true
      if (isIPv6(address) && !isMapped(address) && !isIn(global, address)) return false
      return !isIn(closed, address)
    },
  }
}

/** An address, or a network with at least one bit: everything at once is named by nobody who knows what it means. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
  )
}

function addNetwork(list: BlockList, text: string): void {
  const [address = '', bits] = text.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(bits), family)
}

// Whose limit it counts against: an address of version 4, or a network of version 6, of which one client has 2^64 addresses.
import { isIPv6 } from 'node:net'

export function clientAddress(ip: string): string {
  if (!isIPv6(ip)) return ip
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const [bare = ''] = ip.split('%')
  const [before = '', after] = bare.toLowerCase().split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const [first, last] = [groups(before), groups(after ?? '')]
  const missing = after === undefined ? 0 : 8 - first.length - last.length
  const network = [...first, ...Array<string>(Math.max(0, missing)).fill('0'), ...last].slice(0, 4)
  return `${network.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}

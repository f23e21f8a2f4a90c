// Threat: somebody has the service send to itself, to its neighbours, or to the metadata of the machine it runs on.
import { lookup } from 'node:dns'
import { createServer } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { allowedAddresses } from '../../server/webhooks/allowed-addresses.ts'
import { poster } from '../../server/webhooks/post.ts'
import { faultOf, guardedLookup } from '../../server/webhooks/reach.ts'

const nobody = allowedAddresses([])
const own = allowedAddresses(['127.0.0.0/8', '::1', '10.1.0.0/16', 'fd00:1::/32'])

describe('an address', () => {
  test.each([
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...[
      '169.254.169.254',
      '100.64.0.1',
      '100.100.100.200',
      '192.0.0.192',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:a9fe:a9fe',
      '::127.0.0.1',
      '64:ff9b::a9fe:a9fe',
      'fe80::1',
      'fc00::1',
    ],
    ...[
      'fd00:ec2::254',
      'ff02::1',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '3fff::1',
      'not-an-address',
      '',
    ],
  ])('%s is not public', (address) => {
    expect(nobody.allows(address)).toBe(false)
  })

  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '::ffff:8.8.8.8', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => {
      expect(nobody.allows(address)).toBe(true)
    },
  )

  test('of a named network is allowed, one beside it is not', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.255.255', 'fd00:1::7'])
      expect([address, own.allows(address)]).toEqual([address, true])
    for (const address of ['10.2.0.1', 'fd00:2::7', '169.254.169.254'])
      expect([address, own.allows(address)]).toEqual([address, false])
  })
})

describe('what somebody names', () => {
  test.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost/',
    'https://LOCALHOST/',
  ])('%s is refused, however it is written', async (url) => {
    expect(await faultOf(url, nobody)).toContain('not public')
  })

  test.each(['ftp://8.8.8.8/', 'file:///etc/passwd', 'gopher://8.8.8.8/', 'javascript:1', 'nonsense'])(
    '%s is no address to send to',
    async (url) => {
      expect(await faultOf(url, own)).toContain('https://')
    },
  )

  test('is sent to in the clear only where it was named', async () => {
    expect(await faultOf('http://8.8.8.8/', own)).toContain('expected https://')
    expect(await faultOf('http://127.0.0.1:9/', own)).toBeNull()
    expect(await faultOf('https://8.8.8.8/', own)).toBeNull()
  })

  test('is a name that nobody knows', async () => {
    expect(await faultOf('https://firstpass.invalid/', own)).toContain('cannot be resolved')
  })
})

describe('at the moment of connecting', () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n')
  })
  afterAll(() => server.close())
  const listening = new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  const never = new AbortController().signal

  test('a name is resolved anew, and what it leads to by then is not connected to', async () => {
    const port = await listening
    for (const url of [
      `https://localhost:${port}/`,
      `http://localhost:${port}/`,
      `http://127.0.0.1:${port}/`,
    ]) {
      const posted = await poster(nobody)(url, '{}', {}, never)
      expect(posted).toMatchObject({
        status: null,
        error: expect.stringMatching(/expected (a public address|https)/),
      })
    }
    expect(connections).toBe(0)
    expect(await poster(own)(`http://localhost:${port}/`, '{}', {}, never)).toMatchObject({ status: 204 })
    expect(connections).toBe(1)
  })

  test('of several addresses those that are not public are left out', async () => {
    const found = await new Promise((resolve) => {
      const only = allowedAddresses(['127.0.0.1'])
      guardedLookup(new URL('https://localhost/'), only)('localhost', { all: true }, (_, addresses) =>
        resolve(addresses),
      )
    })
    const all = await new Promise<{ address: string }[]>((resolve) =>
      lookup('localhost', { all: true }, (_, each) => resolve(each)),
    )
    expect(found).toEqual(all.filter(({ address }) => address === '127.0.0.1'))
  })
})

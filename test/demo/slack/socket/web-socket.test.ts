// An open connection, byte by byte: a test plays the client on the other end of a pair of streams.
import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { opcodes } from '../../../../demo/slack/socket/frame.ts'
import { serverWebSocket } from '../../../../demo/slack/socket/web-socket.ts'
import { clientFrame } from '../support/client-frame.ts'

function connected() {
  const [server, client] = duplexPair()
  const heard: string[] = []
  const closed = Promise.withResolvers<void>()
  let received = Buffer.alloc(0)
  client.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
  })
  client.on('end', () => client.end())
  const ws = serverWebSocket(server, Buffer.alloc(0), {
    text: (message) => heard.push(message),
    pong: () => heard.push('(pong)'),
    closed: closed.resolve,
  })
  const passed = () => new Promise((resolve) => setImmediate(resolve))
  return {
    ws,
    heard,
    closed: closed.promise,
    received: () => received,
    /** Sends these bytes and lets them arrive. */
    send: async (...parts: Buffer[]) => {
      for (const part of parts) {
        client.write(part)
        await passed()
      }
    },
  }
}

const text = (words: string, isFinal = true, opcode: number = opcodes.text) =>
  clientFrame(opcode, Buffer.from(words), { isFinal })

test('a message comes through whole when its bytes come one by one', async () => {
  const { send, heard } = connected()
  await send(...[...text('grüße')].map((byte) => Buffer.from([byte])))
  expect(heard).toEqual(['grüße'])
})

test('several messages in one chunk all come through, in order', async () => {
  const { send, heard } = connected()
  await send(Buffer.concat([text('one'), text('two')]))
  expect(heard).toEqual(['one', 'two'])
})

test('fragments make one message, also with a ping between them and a letter cut in two', async () => {
  const { send, heard, received } = connected()
  const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)]
  await send(
    clientFrame(opcodes.text, first, { isFinal: false }),
    clientFrame(opcodes.ping, Buffer.from('still there?')),
    clientFrame(opcodes.continuation, second),
  )
  expect(heard).toEqual(['ü'])
  expect(received()).toEqual(Buffer.concat([Buffer.from([0x8a, 12]), Buffer.from('still there?')]))
})

test.each([
  ['text that is no UTF-8', clientFrame(opcodes.text, Buffer.from([0xff])), 1007],
  ['binary', clientFrame(opcodes.binary, Buffer.from('x')), 1003],
  ['a continuation of nothing', text('x', true, opcodes.continuation), 1002],
  ['a new message within another', Buffer.concat([text('x', false), text('y')]), 1002],
  ['an unmasked frame', Buffer.from('810161', 'hex'), 1002],
])('%s is answered with a close frame that says so, and the end', async (_what, bytes, code) => {
  const { send, heard, received, closed } = connected()
  await send(bytes)
  await closed
  expect(heard).toEqual([])
  expect(received()[0]).toBe(0x88)
  expect(received().readUInt16BE(2)).toBe(code)
})

test('a close frame is answered with its own code', async () => {
  const { send, received, closed } = connected()
  await send(clientFrame(opcodes.close, Buffer.from([0x03, 0xe8])))
  await closed
  expect(received()).toEqual(Buffer.from([0x88, 2, 0x03, 0xe8]))
})

test('nothing is written after a close frame', async () => {
  const { ws, received, send } = connected()
  ws.close(1000)
  ws.send('too late')
  await send()
  await send(Buffer.alloc(0))
  expect(received()).toEqual(Buffer.from([0x88, 2, 0x03, 0xe8]))
})

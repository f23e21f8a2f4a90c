// Frames as RFC 6455 defines them; the examples are those of its section 5.7.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { opcodes, readFrame, writeFrame } from '../../../../demo/slack/socket/frame.ts'
import { clientFrame } from '../support/client-frame.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('reading a frame', () => {
  test('the masked Hello of the standard is understood', () => {
    const reading = readFrame(hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'))
    expect(reading).toMatchObject({ frame: { opcode: opcodes.text, isFinal: true } })
    expect('frame' in Object(reading) && String(Object(reading).frame.payload)).toBe('Hello')
  })

  test('any text comes back, however long, and what follows it is left over', () => {
    fc.assert(
      fc.property(fc.nat(70_000), fc.uint8Array({ minLength: 4, maxLength: 4 }), (length, mask) => {
        const payload = Buffer.alloc(length, 'ab')
        const bytes = Buffer.concat([clientFrame(opcodes.text, payload, { mask }), Buffer.from('next')])
        const reading = readFrame(bytes)
        if (reading === 'incomplete' || 'fault' in reading) throw new Error(JSON.stringify(reading))
        expect(reading.frame.payload.equals(payload)).toBe(true)
        expect(reading.rest.toString()).toBe('next')
      }),
      {
        numRuns: 30,
        examples: [
          [125, Uint8Array.of(1, 2, 3, 4)],
          [126, Uint8Array.of(0, 0, 0, 0)],
          [65_535, Uint8Array.of(9, 8, 7, 6)],
          [65_536, Uint8Array.of(255, 0, 255, 0)],
        ],
      },
    )
  })

  test('every beginning of a frame is incomplete, not a fault', () => {
    for (const size of [3, 300, 66_000]) {
      const whole = clientFrame(opcodes.text, Buffer.alloc(size, 'x'))
      for (let end = 0; end < Math.min(whole.length, 20); end += 1)
        expect(readFrame(whole.subarray(0, end))).toBe('incomplete')
    }
  })

  test.each([
    ['an unmasked frame', hex('81 05 48 65 6c 6c 6f'), 1002],
    ['a reserved bit', hex('c1 80 00 00 00 00'), 1002],
    ['an unknown opcode', hex('83 80 00 00 00 00'), 1002],
    ['a fragmented ping', hex('09 80 00 00 00 00'), 1002],
    ['a ping of 126 bytes', hex('89 fe 00 7e 00 00 00 00'), 1002],
    ['a length that has a shorter form', hex('81 fe 00 7d 00 00 00 00'), 1002],
    ['more than anybody may send', hex('81 ff 00 00 00 00 10 00 00 00 00 00 00 00'), 1009],
  ])('%s ends the connection', (_what, bytes, code) => {
    expect(readFrame(bytes)).toMatchObject({ fault: { code } })
  })
})

test.each([
  [125, '81 7d'],
  [126, '81 7e 00 7e'],
  [65_535, '81 7e ff ff'],
  [65_536, '81 7f 00 00 00 00 00 01 00 00'],
])('a server writes %i bytes unmasked, with the shortest length field', (size, head) => {
  const bytes = writeFrame(opcodes.text, Buffer.alloc(size, 'x'))
  const length = hex(head).length
  expect(bytes.subarray(0, length)).toEqual(hex(head))
  expect(bytes.length).toBe(length + size)
})

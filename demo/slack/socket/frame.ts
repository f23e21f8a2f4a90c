// One frame of the WebSocket protocol, as a server reads and writes it. Source: RFC 6455, section 5.

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const known: number[] = Object.values(opcodes)

export type Frame = { opcode: number; isFinal: boolean; payload: Buffer }
/** A status code of section 7.4.1 and why the connection ends. */
export type ProtocolFault = { code: number; why: string }
export type Reading = { frame: Frame; rest: Buffer } | { fault: ProtocolFault } | 'incomplete'

const maxPayloadBytes = 4_000_000
const maxControlBytes = 125

/** The first frame in these bytes; a client masks every one of its frames. */
export function readFrame(bytes: Buffer): Reading {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return 'incomplete'
  const opcode = first & 0x0f
  const isFinal = (first & 0x80) !== 0
  if ((first & 0x70) !== 0) return fault('a reserved bit is set, and no extension was agreed on')
  if (!known.includes(opcode)) return fault(`opcode ${opcode} is not known`)
  if ((second & 0x80) === 0) return fault('a client has to mask its frames')
  const short = second & 0x7f
  if (opcode >= opcodes.close && (!isFinal || short > maxControlBytes))
    return fault(`a control frame has at most ${maxControlBytes} bytes and is never fragmented`)
  const length = readLength(bytes, short)
  if (length === 'incomplete' || 'fault' in length) return length
  const { maskAt, size } = length
  const start = maskAt + 4
  if (bytes.length < start + size) return 'incomplete'
  const payload = unmasked(bytes.subarray(start, start + size), bytes.subarray(maskAt, start))
  return { frame: { opcode, isFinal, payload }, rest: bytes.subarray(start + size) }
}

/** A server's frame: whole and unmasked. */
export function writeFrame(opcode: number, payload: Buffer): Buffer {
  const first = 0x80 | opcode
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload])
  if (payload.length < 65_536) {
    const head = Buffer.from([first, 126, 0, 0])
    head.writeUInt16BE(payload.length, 2)
    return Buffer.concat([head, payload])
  }
  const head = Buffer.alloc(10)
  head[0] = first
  head[1] = 127
  head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}

function readLength(
  bytes: Buffer,
  short: number,
): { maskAt: number; size: number } | { fault: ProtocolFault } | 'incomplete' {
  if (short < 126) return { maskAt: 2, size: short }
  const maskAt = short === 126 ? 4 : 10
  if (bytes.length < maskAt) return 'incomplete'
  const size = short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (size < (short === 126 ? 126 : 65_536)) return fault(`${size} bytes need a shorter length field`)
  if (size > maxPayloadBytes)
    return {
      fault: { code: 1009, why: `a frame has at most ${maxPayloadBytes} bytes, ${size} were announced` },
    }
  return { maskAt, size }
}

function unmasked(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
}

function fault(why: string): { fault: ProtocolFault } {
  return { fault: { code: 1002, why } }
}

// A frame as a WebSocket client sends it: masked, and in fragments where a test wants them.

export function clientFrame(
  opcode: number,
  payload: Buffer,
  { mask = Uint8Array.of(1, 2, 3, 4), isFinal = true }: { mask?: Uint8Array; isFinal?: boolean } = {},
): Buffer {
  const first = (isFinal ? 0x80 : 0) | opcode
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Buffer.concat([Buffer.from([first]), lengthField(payload.length), mask, masked])
}

function lengthField(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length])
  const field = Buffer.alloc(length < 65_536 ? 3 : 9)
  field[0] = 0x80 | (length < 65_536 ? 126 : 127)
  if (length < 65_536) field.writeUInt16BE(length, 1)
  else field.writeBigUInt64BE(BigInt(length), 1)
  return field
}

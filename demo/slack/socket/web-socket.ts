// The server's side of an open WebSocket: whole messages in, frames out, pings answered, closing agreed on.
import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { type Frame, opcodes, type ProtocolFault, readFrame, writeFrame } from './frame.ts'

export type WebSocketHandlers = {
  text(message: string): void
  pong(): void
  /** Once, however the connection ended. */
  closed(): void
}
export type ServerWebSocket = ReturnType<typeof serverWebSocket>

type Message = { opcode: number; parts: Buffer[] }

const maxMessageBytes = 4_000_000
/** A client that does not answer a close frame loses its connection then. */
const closingMs = 5000

/** `head` are the bytes that came with the opening request. */
export function serverWebSocket(socket: Duplex, head: Buffer, handlers: WebSocketHandlers) {
  let unread: Buffer = Buffer.alloc(0)
  let fragments: Message | null = null
  let isClosing = false

  if (head.length > 0) socket.unshift(head)
  socket.on('data', read)
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.destroy())
  socket.once('close', handlers.closed)

  function read(chunk: Buffer): void {
    unread = Buffer.concat([unread, chunk])
    while (!socket.destroyed) {
      const reading = readFrame(unread)
      if (reading === 'incomplete') return
      if ('fault' in reading) {
        fail(reading.fault)
        return
      }
      unread = reading.rest
      take(reading.frame)
    }
  }

  function take(frame: Frame): void {
    switch (frame.opcode) {
      case opcodes.ping:
        write(opcodes.pong, frame.payload)
        return
      case opcodes.pong:
        handlers.pong()
        return
      case opcodes.close:
        answerClose(frame.payload)
        return
      default:
        takeData(frame)
    }
  }

  function takeData({ opcode, isFinal, payload }: Frame): void {
    const goesOn = opcode === opcodes.continuation
    const expectsMore = fragments !== null
    const message = fragments ?? { opcode, parts: [] }
    message.parts.push(payload)
    fragments = isFinal ? null : message
    const whole = isFinal ? Buffer.concat(message.parts) : null
    const fault = messageFault(goesOn, expectsMore, message, whole)
    if (fault) fail(fault)
    else if (whole) handlers.text(whole.toString())
  }

  /** Section 5.5.1: a close frame is answered with one, then the server ends the connection. */
  function answerClose(payload: Buffer): void {
    // One byte is half a status code.
    if (payload.length === 1) write(opcodes.close, Buffer.from([0x03, 0xea]))
    else if (!isClosing) write(opcodes.close, payload.subarray(0, 2))
    isClosing = true
    socket.end()
  }

  function fail({ code, why }: ProtocolFault): void {
    close(code, why)
    socket.end()
  }

  /** Asks the client to close; it ends the connection when it answers. */
  function close(code = 1000, reason = ''): void {
    if (isClosing) return
    const status = Buffer.alloc(2)
    status.writeUInt16BE(code)
    write(opcodes.close, Buffer.concat([status, Buffer.from(reason).subarray(0, 123)]))
    isClosing = true
    setTimeout(() => socket.destroy(), closingMs).unref()
  }

  function write(opcode: number, payload: Buffer): void {
    if (!isClosing && socket.writable) socket.write(writeFrame(opcode, payload))
  }

  return {
    send: (text: string) => write(opcodes.text, Buffer.from(text)),
    ping: () => write(opcodes.ping, Buffer.alloc(0)),
    close,
    /** As a cable that is cut. */
    terminate: () => socket.destroy(),
  }
}

/** `whole` once the last fragment is there. */
function messageFault(
  goesOn: boolean,
  expectsMore: boolean,
  message: Message,
  whole: Buffer | null,
): ProtocolFault | undefined {
  if (goesOn && !expectsMore) return { code: 1002, why: 'there is no message to continue' }
  if (!goesOn && expectsMore) return { code: 1002, why: 'the message before this one is not complete' }
  if (message.parts.reduce((sum, part) => sum + part.length, 0) > maxMessageBytes)
    return { code: 1009, why: `a message has at most ${maxMessageBytes} bytes` }
  if (whole === null) return undefined
  if (message.opcode === opcodes.binary) return { code: 1003, why: 'expected text, binary came' }
  return isUtf8(whole) ? undefined : { code: 1007, why: 'expected text in UTF-8' }
}

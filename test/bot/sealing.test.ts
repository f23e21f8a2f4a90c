// Tokens in the database: readable with the secret alone, and only in their own place.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sealing } from '../../bot/workspaces/sealing.ts'

const first = 'first-secret-of-thirty-two-chars'
const second = 'second-secret-of-thirty-two-char'

describe('what is sealed', () => {
  it('opens with its secret, for its owner', () => {
    const { seal, open } = sealing([first])
    const sealed = seal('xoxb-très-secret', 'T1')
    expect(sealed).not.toContain('xoxb')
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString()).not.toContain('xoxb')
    expect(open(sealed, 'T1')).toEqual({ text: 'xoxb-très-secret', isNewest: true })
  })

  it('looks different each time, so that equal tokens cannot be told', () => {
    const { seal } = sealing([first])
    expect(new Set([1, 2, 3].map(() => seal('same', 'T1'))).size).toBe(3)
  })

  it('does not open in the place of another owner, with another secret, or altered', () => {
    const sealed = sealing([first]).seal('text', 'T1')
    expect(sealing([first]).open(sealed, 'T2')).toBeNull()
    expect(sealing([second]).open(sealed, 'T1')).toBeNull()
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = sealed.charAt(at) === 'A' ? 'B' : 'A'
      const altered = sealed.slice(0, at) + flipped + sealed.slice(at + 1)
      // The last character of base64 holds bits that stand for nothing.
      if (decoded(altered) === decoded(sealed)) continue
      expect(sealing([first]).open(altered, 'T1')).toBeNull()
    }
  })

  it.each(['', 'v1', 'v1.a.b', 'v2.a.b.c', 'v1.a.b.c.d', 'v1...'])('does not open from %j', (sealed) => {
    expect(sealing([first]).open(sealed, 'T1')).toBeNull()
  })

  it('does not open with a tag cut short', () => {
    const { seal, open } = sealing([first])
    const parts = seal('text', 'T1').split('.')
    const short = Buffer.from(parts[3] ?? '', 'base64url')
      .subarray(0, 4)
      .toString('base64url')
    expect(open([...parts.slice(0, 3), short].join('.'), 'T1')).toBeNull()
  })

  it('goes on to open when a new secret is put in front, and says that it is not sealed with it', () => {
    const sealed = sealing([first]).seal('text', 'T1')
    const rotated = sealing([second, first])
    expect(rotated.open(sealed, 'T1')).toEqual({ text: 'text', isNewest: false })
    expect(sealing([first]).open(rotated.seal('text', 'T1'), 'T1')).toBeNull()
  })
})

function decoded(sealed: string): string {
  const parts = sealed
    .split('.')
    .map((part, index) => (index === 0 ? part : Buffer.from(part, 'base64url').toString('hex')))
  return createHash('sha256').update(parts.join('.')).digest('hex')
}

// What the service signs for itself: links, forms, uploads, cookies; nothing that is signed for one purpose is worth anything
// for another.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** The first signs, all verify: a new one is put in front, and the old one removed when nothing signed with it is in use. */
export type SigningSecrets = readonly [string, ...string[]]
export type SigningPurpose = 'page/rollout' | 'page/form' | 'upload'
export type Signing = ReturnType<typeof signing>

export function signing(secrets: SigningSecrets) {
  return {
    /** @param text may be read by whoever gets the signature, and cannot be changed. */
    sign: (purpose: SigningPurpose, text: string): string => signature(secrets[0], purpose, text),
    isSigned: (purpose: SigningPurpose, text: string, given: string): boolean =>
      secrets.some((secret) => isSame(given, signature(secret, purpose, text))),
    /** Keys for a library that signs by itself, of no use for anything else. */
    keysFor: (purpose: 'page/cookies'): string[] =>
      secrets.map((secret) => createHmac('sha256', secret).update(purpose).digest('base64url')),
  }
}

/** 192 bits. */
function signature(secret: string, purpose: SigningPurpose, text: string): string {
  return createHmac('sha256', secret).update(`${purpose}/${text}`).digest('base64url').slice(0, 32)
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}

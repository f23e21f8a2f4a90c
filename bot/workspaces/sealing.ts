// Encrypts what must not be readable in a copy of the database, and opens it again.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export type Sealing = ReturnType<typeof sealing>

const version = 'v1'

/**
 * AES-256-GCM with a random nonce for each sealing; `owner` is authenticated with it, so that what was sealed for one
 * cannot be put in the place of another's.
 * @param secrets the first seals, all open: a new one is put in front, and the old one removed when nothing needs it.
 * @param purpose what is sealed for one is not opened for another, whatever the secrets.
 */
export function sealing(secrets: [string, ...string[]], purpose = 'firstpass slack installations') {
  const [newest, ...older] = secrets.map((secret) => keyOf(secret, purpose))

  function seal(text: string, owner: string): string {
    if (!newest) throw new Error('a secret is needed to seal with')
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', newest, nonce)
    cipher.setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return [version, nonce, sealed, cipher.getAuthTag()]
      .map((part) => (typeof part === 'string' ? part : part.toString('base64url')))
      .join('.')
  }

  /** Null when no secret opens it: made with another one, for another owner, or altered. */
  function open(sealed: string, owner: string): { text: string; isNewest: boolean } | null {
    for (const key of newest ? [newest, ...older] : []) {
      const text = opened(sealed, owner, key)
      if (text !== null) return { text, isNewest: key === newest }
    }
    return null
  }

  return { seal, open }
}

function opened(sealed: string, owner: string, key: Buffer): string | null {
  const [mark, nonce, text, tag, ...rest] = sealed.split('.')
  if (mark !== version || nonce === undefined || text === undefined || tag === undefined || rest.length > 0)
    return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(owner))
    decipher.setAuthTag(Buffer.from(tag, 'base64url'))
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function keyOf(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32))
}

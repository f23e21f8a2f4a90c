// People who sign in elsewhere with this Slack: codes on their way, and the key that signs who they are.
import { createHash, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export type SignIn = {
  clientId: string
  teamId: string
  teamName: string
  user: { id: string; name: string; email: string }
  nonce: string | undefined
  redirectUri: string
}
/** What a test makes wrong of the next token: other claims, or a signature by a key that is not Slack's. */
export type Forgery = { claims?: JWTPayload; foreignKey?: boolean }

const codeLifetimeMs = 10 * 60_000
const tokenLifetimeSeconds = 300
const keyId = 'local-slack'

export type SignIns = ReturnType<typeof signIns>

export function signIns({ now }: { now: () => number }) {
  const codes = new Map<string, SignIn & { issuedAt: number }>()
  // Made when the first one is needed: most workspaces sign nobody in.
  let pair: ReturnType<typeof generateKeyPair> | null = null
  let forgery: Forgery = {}
  const keys = () => {
    pair ??= generateKeyPair('RS256')
    return pair
  }

  function issueCode(signIn: SignIn): string {
    const code = `${randomBytes(6).toString('hex')}.${randomBytes(16).toString('hex')}`
    codes.set(code, { ...signIn, issuedAt: now() })
    return code
  }

  /** A code is good once, for ten minutes, for the app and the address it was sent to. */
  function redeem(code: string, clientId: string, redirectUri: string | undefined): SignIn | null {
    const found = codes.get(code)
    if (!found || found.clientId !== clientId || found.redirectUri !== redirectUri) return null
    codes.delete(code)
    return now() - found.issuedAt > codeLifetimeMs ? null : found
  }

  async function idToken(signIn: SignIn, issuer: string, accessToken: string): Promise<string> {
    const { claims = {}, foreignKey = false } = forgery
    forgery = {}
    const at = Math.floor(now() / 1000)
    const { privateKey } = await (foreignKey ? generateKeyPair('RS256') : keys())
    return new SignJWT({
      iss: issuer,
      sub: signIn.user.id,
      aud: signIn.clientId,
      iat: at,
      exp: at + tokenLifetimeSeconds,
      auth_time: at,
      ...(signIn.nonce === undefined ? {} : { nonce: signIn.nonce }),
      at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
      'https://slack.com/team_id': signIn.teamId,
      'https://slack.com/user_id': signIn.user.id,
      'https://slack.com/team_name': signIn.teamName,
      name: signIn.user.name,
      email: signIn.user.email,
      email_verified: true,
      locale: 'en-US',
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
      .sign(privateKey)
  }

  return {
    issueCode,
    redeem,
    idToken,
    publicKeys: async () => ({
      keys: [{ ...(await exportJWK((await keys()).publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }],
    }),
    forgeNext: (how: Forgery) => {
      forgery = how
    },
  }
}

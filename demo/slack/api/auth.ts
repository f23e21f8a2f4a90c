// auth.*, apps.uninstall: who a token is, and its end.
import { z } from 'zod'
import { flag, type Method, method, refuse } from './answer.ts'

/** What an app's owner knows of it, to install it and to take it away. */
export type Credentials = { clientId: string; clientSecret: string; redirectUrls: string[] }

export function authMethods(credentials: Credentials | undefined): Record<string, Method> {
  return {
    'auth.test': (_args, { team, baseUrl }) => ({
      ok: true,
      url: `${baseUrl()}/`,
      team: team.name,
      user: team.botHandle,
      team_id: team.teamId,
      user_id: team.botUserId,
      bot_id: team.botId,
      is_enterprise_install: false,
    }),

    'auth.revoke': method(z.object({ test: flag }), (args, world, { installation }) => {
      if (args.test) return { ok: true, revoked: false }
      world.installations.end(installation, 'token_revoked')
      return { ok: true, revoked: true }
    }),

    'apps.uninstall': method(
      z.object({ client_id: z.string(), client_secret: z.string() }),
      (args, world, { installation }) => {
        const wrong = wrongCredentials(args, credentials)
        if (wrong) return refuse(wrong)
        world.installations.end(installation, 'account_inactive')
        return { ok: true }
      },
    ),
  }
}

export function wrongCredentials(
  given: { client_id?: string | undefined; client_secret?: string | undefined },
  credentials: Credentials | undefined,
): 'invalid_client_id' | 'bad_client_secret' | undefined {
  if (!credentials || given.client_id !== credentials.clientId) return 'invalid_client_id'
  return given.client_secret === credentials.clientSecret ? undefined : 'bad_client_secret'
}

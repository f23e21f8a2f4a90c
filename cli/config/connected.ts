// Which service a command speaks to, with which token and in whose name: options, then the environment, then the profile.
import type { ApiClient } from '../../clients/api/client.ts'
import { api } from '../api.ts'
import { type Session, textOf, type Values } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { type Profile, readConfig } from './config-file.ts'

export const usualUrl = 'http://127.0.0.1:3000'

/** @throws Misuse when there is no token, or no such profile. */
export function connected(values: Values, { env, signal }: Pick<Session, 'env' | 'signal'>): ApiClient {
  const given = {
    url: textOf(values, 'url') ?? env.FIRSTPASS_URL,
    token: textOf(values, 'token') ?? env.FIRSTPASS_TOKEN,
  }
  // A token goes nowhere but to the address that it was kept with.
  const profile = given.token === undefined ? chosen(values, env) : null
  const url = given.url ?? profile?.url ?? usualUrl
  if (profile && given.token === undefined && url !== profile.url)
    throw new Misuse(
      `expected the token of ${url} as FIRSTPASS_TOKEN or --token: the profile keeps that of ${profile.url}`,
    )
  const who =
    textOf(values, 'as') ?? env.FIRSTPASS_ACTOR ?? env.GITHUB_ACTOR ?? env.GITLAB_USER_NAME ?? env.USER
  return api({ url, token: given.token ?? profile?.token ?? '', as: who ?? '', signal })
}

/** The profile that was named, or the one in use; null when there is none and none was named. */
function chosen(values: Values, env: Session['env']): Profile | null {
  const named = textOf(values, 'profile') ?? env.FIRSTPASS_PROFILE
  const { current, profiles } = readConfig(env)
  const name = named ?? current
  const found = name === null || !Object.hasOwn(profiles, name) ? null : (profiles[name] ?? null)
  if (found || named === undefined) return found
  const names = Object.keys(profiles).join(', ')
  throw new Misuse(
    `there is no profile "${named}". There are: ${names || 'none yet, firstpass login makes one'}`,
  )
}

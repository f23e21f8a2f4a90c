// firstpass login: keeps the address and the token of a service, once it has answered.
import { text as readAll } from 'node:stream/consumers'
import { answerOf, Refused } from '../../clients/api/client.ts'
import { api } from '../api.ts'
import { type Command, type Session, textOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { readConfig, writeConfig } from './config-file.ts'
import { usualUrl } from './connected.ts'
import { readHidden } from './read-hidden.ts'

export const login: Command = {
  name: 'login',
  summary: 'keep the address and the token of a service as a profile, for you alone',
  operands: '[PROFILE]',
  options: {},
  example: '--url https://firstpass.example < token.txt',
  async run(values, [name = 'default', ...rest], session) {
    const { env, signal } = session
    if (rest.length > 0) throw new Misuse(`expected one name of a profile, got "${rest[0]}" too`)
    if (!/^[\w.-]{1,50}$/.test(name))
      throw new Misuse(`expected a name of letters, digits, dots and hyphens for the profile, got "${name}"`)
    const config = readConfig(env)
    const url = textOf(values, 'url') ?? env.FIRSTPASS_URL ?? usualUrl
    const token = textOf(values, 'token') ?? (await askedFor(session))
    const may = await allowed(api({ url, token, as: '', signal }))
    const path = writeConfig(env, {
      current: name,
      profiles: { ...config.profiles, [name]: { url, token } },
    })
    const said = `${url} is kept as the profile ${name}, which is in use now: ${path}`
    return { json: { profile: name, url, path }, text: may === null ? said : `${said}\n${may}` }
  },
}

/** Not by an option where it can be helped: other people of the machine see those. */
async function askedFor({ stdin, stderr }: Session): Promise<string> {
  const text = stdin.isTTY ? await readHidden(stdin, stderr, 'Token: ') : await readAll(stdin)
  if (text.trim() !== '') return text.trim()
  throw new Misuse('expected the token on the standard input or as --token, got nothing')
}

/** What the token lacks, in words; null when it may look. @throws Refused when it opens nothing. */
async function allowed(client: Session['api']): Promise<string | null> {
  try {
    await answerOf(client.GET('/api/v1/procedures'))
    return null
  } catch (error) {
    if (error instanceof Refused && error.body.code === 'not_allowed') return error.message
    throw error
  }
}

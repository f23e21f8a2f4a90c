// firstpass logout: forgets the address and the token of a profile.
import type { Command } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { readConfig, writeConfig } from './config-file.ts'

export const logout: Command = {
  name: 'logout',
  summary: 'forget a profile; the token itself goes on until it is revoked',
  operands: '[PROFILE]',
  options: {},
  example: 'lyon',
  async run(_values, [named, ...rest], { env }) {
    const { current, profiles } = readConfig(env)
    const name = named ?? current
    if (rest.length > 0) throw new Misuse(`expected one name of a profile, got "${rest[0]}" too`)
    if (name === null || !Object.hasOwn(profiles, name))
      throw new Misuse(`there is no profile "${name ?? ''}". firstpass config show lists them`)
    const kept = Object.fromEntries(Object.entries(profiles).filter(([each]) => each !== name))
    writeConfig(env, { current: current === name ? null : current, profiles: kept })
    return { json: { forgotten: name }, text: `${name} is forgotten` }
  },
}

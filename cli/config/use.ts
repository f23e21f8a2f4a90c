// firstpass config use: which profile commands take when none is named.
import type { Command } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { readConfig, writeConfig } from './config-file.ts'

export const use: Command = {
  name: 'config use',
  summary: 'take this profile from now on',
  operands: 'PROFILE',
  options: {},
  example: 'lyon',
  async run(_values, [name, ...rest], { env }) {
    const { profiles } = readConfig(env)
    if (name === undefined || rest.length > 0) throw new Misuse('expected the name of one profile')
    const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
    if (!found)
      throw new Misuse(
        `there is no profile "${name}". There are: ${Object.keys(profiles).join(', ') || 'none yet'}`,
      )
    writeConfig(env, { current: name, profiles })
    return { json: { profile: name, url: found.url }, text: `${name} is in use now: ${found.url}` }
  },
}

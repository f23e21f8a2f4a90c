// firstpass config show: the profiles of firstpass login, without their tokens.
import type { Command } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { table } from '../table.ts'
import { configPath, readConfig } from './config-file.ts'

export const show: Command = {
  name: 'config show',
  summary: 'list the profiles of firstpass login, and where they are kept',
  operands: '',
  options: {},
  example: '',
  async run(_values, operands, { env }) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const { current, profiles } = readConfig(env)
    const all = Object.entries(profiles).map(([name, { url, token }]) => ({
      name,
      url,
      token: `${token.slice(0, 10)}…`,
      in_use: name === current,
    }))
    const rows = all.map(({ name, url, token, in_use }) => [in_use ? '*' : '', name, url, token])
    const path = configPath(env)
    return {
      json: { path, profiles: all },
      text: [path ?? 'no home to keep them in', table(rows) || 'there is no profile yet'].join('\n'),
    }
  },
}

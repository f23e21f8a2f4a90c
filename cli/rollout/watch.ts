// firstpass rollout watch: follows a rollout to its end.
import type { Command } from '../command.ts'
import { onlyOne } from './decide.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'
import { followed, followOptions } from './follow.ts'

export const watch: Command = {
  name: 'rollout watch',
  summary: 'follow a rollout to its end; Ctrl-C leaves it as it is',
  operands: '[ROLLOUT]',
  options: { ...rolloutOptions, ...followOptions },
  example: 'FCT --timeout 8h',
  async run(values, operands, session) {
    return followed(await findRollout(onlyOne(operands), values, session, { ended: true }), values, session)
  },
}

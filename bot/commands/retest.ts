// `/rollout retest`: failed units of both builds are listed to be tested again, each on the other build.

import type { Actor } from '../../server/domain/actor.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { Service } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { retestList } from '../blocks/retest-list.ts'
import { type Answer, no, refusalText, type Subcommand } from './answer.ts'
import { findRollout } from './find-rollout.ts'
import { takeFlags } from './flags.ts'
import { textOf } from './words.ts'

/** As many as a shelf of failed units usually holds, and enough for a first word on which build is right. */
export const usualPairs = 10
const mostPairs = 200

export const retest: Subcommand = {
  kind: 'Settle',
  verb: 'retest',
  usage: 'retest [PROCEDURE] [PAIRS] [--with-errors]',
  example: 'retest PCBA-FCT 10',
  summary: 'list failed units of both builds to be tested again on the other one',
  run: async ({ words, by, commandId, refused }, service) => {
    const flags = takeFlags(words, { switches: ['with-errors'] })
    if ('error' in flags) return no(markup`${flags.error}`)
    const found = await findRollout(service, 'retest', flags.rest)
    if ('problem' in found) return no(found.problem)
    const notAllowed = await refused('retest', found.rollout.procedure.id)
    if (notAllowed) return notAllowed
    const count = pairsOf(textOf(found.rest))
    if (count === null)
      return no(
        markup`Expected how many pairs, a whole number from 1 to ${mostPairs}, got *${textOf(found.rest)}*. For example: \`/rollout retest PCBA-FCT 10\``,
      )
    const asked = { count, withErrors: flags.values['with-errors'] !== undefined }
    return askedAnswer(service, found.rollout, asked, by, commandId)
  },
}

/** The same from a command and from a button. */
export async function askedAnswer(
  service: Pick<Service, 'askRetests'>,
  rollout: Pick<RolloutLine, 'id' | 'url' | 'procedure' | 'deployment'>,
  asked: { count: number; withErrors?: boolean },
  by: Actor,
  commandId: string,
): Promise<Answer> {
  const done = await service.askRetests(rollout.id, asked, by, commandId)
  return isRefusal(done) ? no(refusalText(done)) : { done: true, text: retestList(rollout, done) }
}

function pairsOf(text: string): number | null {
  if (text === '') return usualPairs
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= mostPairs ? count : null
}

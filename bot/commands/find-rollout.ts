// Which rollout a typed command means: the one named, or the only live one; never a guess between several.
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { Service } from '../../server/service.ts'
import { join, type Markup, markup } from '../blocks/markup.ts'
import { commandLine, slipProblem } from './find-procedure.ts'
import { leadingName } from './leading-name.ts'
import { typed, type Word } from './words.ts'

export type Found = { rollout: RolloutLine; rest: Word[] } | { problem: Markup }

export async function findRollout(
  service: Pick<Service, 'procedures' | 'list'>,
  verb: string,
  words: Word[],
): Promise<Found> {
  const [procedures, live] = await Promise.all([service.procedures(), service.list({ live: true })])
  const named = leadingName(words, procedures)
  if (named) {
    const rollout = live.find((line) => line.procedure.id === named.match.id)
    if (rollout) return { rollout, rest: named.rest }
    const name = typed(named.match.name)
    return {
      problem: markup`No rollout of *${named.match.name}* is live. Start one with \`/rollout start ${name} VERSION\`, or see \`/rollout list\`.`,
    }
  }
  const slip = slipProblem(verb, words, procedures)
  if (slip) return { problem: slip }
  const [only] = live
  if (!only) return { problem: markup`No rollout is live. Start one with \`/rollout start\`.` }
  if (live.length === 1) return { rollout: only, rest: words }
  const commands = live.map(
    (line) => markup`\`${commandLine(verb, line.procedure.name, words)}\` (${line.deployment.version})`,
  )
  return {
    problem: markup`${live.length} rollouts are live: name the one you mean.\n${join(commands, '\n')}`,
  }
}

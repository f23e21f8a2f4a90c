// `/rollout retry`: the same build again as a new rollout, linked to the one that ended.
import { join, markup } from '../blocks/markup.ts'
import { missing, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { slipProblem } from './find-procedure.ts'
import { leadingName } from './leading-name.ts'
import { textOf, typed } from './words.ts'

export const retry: Subcommand = {
  kind: 'Begin',
  verb: 'retry',
  usage: 'retry [PROCEDURE] reason',
  example: 'retry PCBA-FCT fixture repaired',
  summary: 'roll the same build out again after an abort',
  run: async ({ words, by, commandId, refused }, service) => {
    const procedures = await service.procedures()
    const named = leadingName(words, procedures)
    const slip = named ? null : slipProblem('retry', words, procedures)
    if (slip) return no(slip)
    const recent = await service.list(named ? { procedureId: named.match.id, limit: 1 } : { limit: 20 })
    const ended = recent.filter((line) => line.status === 'aborted' || line.status === 'completed')
    const aborted = named ? ended : ended.filter((line) => line.status === 'aborted')
    const candidates = [...new Set(aborted.map((line) => line.procedure.id))]
    const [latest] = aborted.toSorted((a, b) => b.createdAt - a.createdAt)
    if (!latest)
      return no(
        markup`There is no ended rollout${named ? markup` of *${named.match.name}*` : ''} to retry. See \`/rollout list\`.`,
      )
    if (candidates.length > 1) {
      const names = [...new Set(aborted.map((line) => line.procedure.name))]
      const commands = names.map((name) => markup`\`/rollout retry ${typed(name)} ${textOf(words)}\``)
      return no(
        markup`Rollouts of ${names.length} procedures were aborted: name the one you mean.\n${join(commands, '\n')}`,
      )
    }
    const notAllowed = await refused('retry', latest.procedure.id)
    if (notAllowed) return notAllowed
    const why = textOf(named?.rest ?? words)
    if (why === '') return missing('A retry needs a reason.', retry.example)
    return outcomeAnswer(await service.retry(latest.id, why, by, commandId))
  },
}

// `/rollout supersede`: another build in place of the one that is being rolled out, in one step.
import { link, markup } from '../blocks/markup.ts'
import { buildName } from '../blocks/wording.ts'
import { type Answer, missing, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { findRollout } from './find-rollout.ts'
import { takeFlags } from './flags.ts'
import { leadingName } from './leading-name.ts'
import { planFlags, readStart } from './read-start.ts'

export const supersede: Subcommand = {
  kind: 'Begin',
  verb: 'supersede',
  usage: 'supersede [PROCEDURE] VERSION [--preset NAME] [--group WORDS] [--stages …] reason',
  example: 'supersede PCBA-FCT 2.4.2 fixes the limits of 2.4.1',
  summary: 'replace the live rollout by one of another build; without a version a form opens',
  form: async (words, service) => {
    const named = leadingName(words, await service.procedures())
    if (words.length > 0 && named?.rest.length !== 0) return null
    const found = await findRollout(service, 'supersede', words)
    if ('problem' in found) return no(found.problem)
    const { id, procedure } = found.rollout
    return { opens: 'start', procedureId: procedure.id, supersedes: id }
  },
  run: async ({ words, by, commandId, refused }, service): Promise<Answer> => {
    const flags = takeFlags(words, planFlags)
    if ('error' in flags) return no(markup`${flags.error}`)
    const found = await findRollout(service, 'supersede', flags.rest)
    if ('problem' in found) return no(found.problem)
    const { rollout, rest } = found
    const notAllowed = await refused('supersede', rollout.procedure.id)
    if (notAllowed) return notAllowed
    const procedure = await service.procedure(rollout.procedure.id)
    if (!procedure) return no(markup`That procedure is gone.`)
    const input = await readStart(service, 'supersede', procedure, rest, flags.values)
    if ('done' in input) return input
    if (input.deploymentId === rollout.deployment.id)
      return no(
        markup`*${rollout.deployment.version}* is the build that is being rolled out. Name the one that replaces it.`,
      )
    if (input.reason === null) return missing('It needs a reason.', supersede.example)
    const answer = outcomeAnswer(await service.supersede(rollout.id, input, by, commandId))
    const replaced = markup`${answer.text}\nIt takes the place of ${link(rollout.url, buildName(rollout))}.`
    return answer.done ? { ...answer, text: replaced } : answer
  },
}

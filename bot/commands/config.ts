// `/rollout config`: a form with the settings of one procedure or of all; who may not change them only reads them.
import { markup } from '../blocks/markup.ts'
import { no, type Subcommand } from './answer.ts'
import { namedProblem } from './find-procedure.ts'
import { leadingName } from './leading-name.ts'

export const config: Subcommand = {
  kind: 'Look',
  // Everybody may look; the form asks for the right to change.
  verb: null,
  usage: 'config [PROCEDURE]',
  example: 'config PCBA-FCT',
  summary: 'channels, who may do what, approvals, who is called; without a procedure those of all',
  form: async (words, service) => {
    const procedures = await service.procedures()
    const problem = namedProblem('config', words, procedures)
    if (problem) return no(problem)
    return { opens: 'config', procedureId: leadingName(words, procedures)?.match.id ?? null }
  },
  run: async () => no(markup`The settings open as a form: \`/rollout config\`.`),
}

// `/rollout history`: what became of a procedure's builds, newest first, and who decided.
import type { HistoryLine } from '../../server/service.ts'
import { link, type Markup, markup, moment, said } from '../blocks/markup.ts'
import { named, statusWords } from '../blocks/wording.ts'
import { linesAnswer, no, type Subcommand } from './answer.ts'
import { findProcedure, namedProblem } from './find-procedure.ts'
import { typed } from './words.ts'

/** What a phone shows before people stop reading. */
const most = 12

export const history: Subcommand = {
  kind: 'Look',
  verb: null,
  usage: 'history [PROCEDURE]',
  example: 'history PCBA-FCT',
  summary: 'rollouts and rollbacks of a procedure, and who decided',
  run: async ({ words }, service) => {
    const problem = namedProblem('history', words, await service.procedures())
    if (problem) return no(problem)
    const found = await findProcedure(service, 'history', words)
    if ('problem' in found) return no(found.problem)
    const { id, name } = found.procedure
    const lines = await service.history(id, most)
    const start = `/rollout start ${typed(name)}`
    if (lines.length === 0)
      return {
        done: true,
        text: markup`Nothing has been rolled out of *${name}* yet. Begin with \`${start}\`.`,
      }
    return linesAnswer([markup`*${name}*, newest first:`, ...lines.map(lineText)])
  },
}

function lineText({ at, by, what, why, rollout }: HistoryLine): Markup {
  const reason = why === null || why === '' ? markup`` : markup`: ${said(why, 160)}`
  const page = rollout === null ? markup`` : markup` · ${link(rollout.url, statusWords[rollout.status])}`
  return markup`${moment(at)} ${named(by)} ${said(what, 160)}${reason}${page}`
}
